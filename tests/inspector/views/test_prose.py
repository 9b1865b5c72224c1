"""Sentences fit their width, and lose no word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inspector.views.prose import wrapped
from inspector.views.text import Text


@given(
    st.lists(st.text("abc", min_size=1, max_size=9), min_size=1), st.integers(16, 60)
)
def test_a_sentence_is_wrapped_after_its_margin(words: list[str], width: int) -> None:
    lines = [line.plain for line in wrapped(Text(" ".join(words)), width, 4, 2)]

    assert " ".join(lines).split() == words
    assert all(len(line) <= width for line in lines)
    assert lines[0].startswith("    ")
    assert all(line.startswith("      ") for line in lines[1:])
