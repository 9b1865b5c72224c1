"""Pictures in pixels: every letter is drawn, and none of them is too large."""

from __future__ import annotations

import struct

import pytest
import resvg_py

from inspector.views import raster
from inspector.views.picture import draw
from inspector.views.raster import RasterError, png


def _size(image: bytes) -> tuple[int, int]:
    """Return the width and height that the head of a PNG has."""
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high = struct.unpack(">II", image[16:24])
    return wide, high


def test_letters_are_drawn_on_twice_as_many_pixels_as_units() -> None:
    image, other = png(draw("a word", "title", 20)), png(draw("a sword", "title", 20))

    assert _size(image) == (2 * (34 * 12 // 2 + 2 * 12 + 36), 2 * 76)
    assert image != other
    assert image == png(draw("a word", "title", 20))


def test_a_large_picture_has_fewer_pixels_and_a_larger_one_is_refused() -> None:
    large = '<svg viewBox="0 0 300 1000" xmlns="http://www.w3.org/2000/svg"/>'
    wide, high = _size(png(large, most_pixels=600_000))

    assert 300 < wide < 600
    assert wide * high < 610_000
    with pytest.raises(RasterError, match="too long for a picture in pixels"):
        png(large, most_pixels=299_999)


def test_without_a_font_nothing_is_drawn_that_looks_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = resvg_py.svg_to_bytes
    monkeypatch.setattr(
        resvg_py, "svg_to_bytes", lambda **given: whole(**given, skip_system_fonts=True)
    )
    raster._has_font.cache_clear()  # noqa: SLF001
    try:
        with pytest.raises(RasterError, match="no monospaced font is installed"):
            png(draw("a word", "title", 20))
    finally:
        raster._has_font.cache_clear()  # noqa: SLF001
