from __future__ import annotations

import pytest

from inspector.page.embedding import clipped, embedded, embedded_size

_TEXT = 'a<>&\u2028\u2029"\\\n\x01é求😀\ud800'


@pytest.mark.parametrize("text", [*_TEXT, _TEXT, ""])
def test_the_size_is_that_of_what_is_embedded(text: str) -> None:
    assert embedded_size({text: [text]}) == len(embedded({text: [text]}).encode())


@pytest.mark.parametrize("letter", _TEXT)
def test_a_text_is_clipped_to_its_bytes_in_a_page(letter: str) -> None:
    short = clipped(letter * 100, 50)

    assert len(embedded(short).encode()) - 2 <= 50
    assert short == "…" or short.rstrip("…").strip(letter) == ""
    assert len(short) > 50 // 6 - 1
    assert clipped(letter * 8, 50) == letter * 8
