"""A picture as PNG, for what shows no SVG: chats, tickets, slides.

It is drawn by resvg, an extra, in light colours and with the fonts of this machine: SVG
names none, and what is drawn needs one. Twice as many pixels as units keep letters
sharp on the screens that people have.
"""

from __future__ import annotations

import math
from functools import cache

from protocol.lazy_regex import lazy_regex

_FAMILIES = (
    "DejaVu Sans Mono", "Liberation Mono", "Noto Sans Mono", "Menlo", "Consolas",
    "Cascadia Mono", "Ubuntu Mono", "Courier New", "FreeMono", "Nimbus Mono PS",
)  # fmt: skip
"""Fonts whose letters are equally wide; one of them is on nearly every machine."""
_MONOSPACE = lazy_regex(r"(?<=px )monospace(?=[;} ])")
_VIEW_BOX = lazy_regex(r'viewBox="0 0 (\d+) (\d+)"')
_SHARP = 2  # pixels of a unit
_MOST_PIXELS = 30_000_000  # with four bytes each, while it is drawn


class RasterError(Exception):
    """A picture cannot be drawn as PNG."""


def png(picture: str, most_pixels: int = _MOST_PIXELS) -> bytes:
    """Return a picture as PNG.

    Args:
        picture: SVG whose texts have the family ``monospace``.
        most_pixels: How many it has at most: a large one has fewer for each unit.

    Raises:
        ImportError: resvg-py is not installed.
        RasterError: It is too large, or no font is installed.
    """
    import resvg_py  # noqa: PLC0415 — an extra

    zoom = _zoom(picture, most_pixels)
    families = ", ".join(f"'{name}'" for name in _FAMILIES)
    if not _has_font():
        raise RasterError(
            f"no monospaced font is installed: {', '.join(_FAMILIES[:3])} or another"
        )
    return resvg_py.svg_to_bytes(
        svg_string=_MONOSPACE.sub(f"{families}, monospace", picture), zoom=zoom
    )


def _zoom(picture: str, most_pixels: int) -> float:
    """Return how many pixels a unit has: fewer in a large picture.

    Raises:
        RasterError: It is too large even so.
    """
    found = _VIEW_BOX.search(picture)
    assert found is not None
    units = int(found[1]) * int(found[2])
    zoom = min(_SHARP, math.sqrt(most_pixels / units))
    if zoom < 1:
        raise RasterError("the view is too long for a picture in pixels; show less")
    return zoom


@cache
def _has_font() -> bool:
    """Whether a letter can be drawn, and not only left out."""
    import resvg_py  # noqa: PLC0415 — an extra

    families = ", ".join(_FAMILIES)
    drawn = {
        resvg_py.svg_to_bytes(
            svg_string='<svg width="20" height="20" xmlns="http://www.w3.org/2000/svg">'
            f'<text y="18" font-family="{families}">{letter}</text></svg>'
        )
        for letter in ("", "M")
    }
    return len(drawn) > 1
