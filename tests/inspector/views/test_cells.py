"""Texts are as wide as rich says, whichever of us says it."""

from __future__ import annotations

import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich import cells as theirs

from inspector.views.cells import _NARROW, cell_len, set_cell_size

_TEXTS = st.text(st.characters() | st.sampled_from("a…→─求é😀\x07"), max_size=12)


def test_what_is_taken_for_narrow_has_one_cell() -> None:
    assert {theirs.cell_len(each) for each in _NARROW} == {1}
    assert not any(unicodedata.combining(each) for each in _NARROW)
    assert len(_NARROW) < sys.maxunicode >> 8


@given(_TEXTS)
def test_a_text_takes_the_cells_that_rich_counts(text: str) -> None:
    assert cell_len(text) == theirs.cell_len(text)


@given(_TEXTS, st.integers(0, 20))
def test_a_text_is_cut_and_padded_as_by_rich(text: str, width: int) -> None:
    assert set_cell_size(text, width) == theirs.set_cell_size(text, width)
