"""A text does what rich's does, of what views ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.text import Text as Theirs

from inspector.views.text import Span, Text

if TYPE_CHECKING:
    from collections.abc import Callable

_Either: TypeAlias = Any  # a text of ours or of theirs, or its class
_WORDS = st.text("ab …求\x07", max_size=8)
_STYLES = st.sampled_from(["", "bold", "red", "dim"])
_PARTS = st.lists(st.tuples(_WORDS, _STYLES) | _WORDS, max_size=5)


def _parts(text: _Either) -> tuple[str, str, list[tuple[int, int, str]]]:
    return (
        text.plain,
        str(text.style),
        [(s[0], s[1], str(s[2])) for s in text.spans if s[0] < s[1]],
    )


def _both(parts: list[Any], do: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    """Return what is done with our text and theirs, and with the classes of both."""
    return do(Text.assemble(*parts), Text), do(Theirs.assemble(*parts), Theirs)


def _same(parts: list[Any], do: Callable[[Any, Any], Any]) -> None:
    ours, theirs = _both(parts, do)
    assert list(map(_parts, ours)) == list(map(_parts, theirs))


@given(_PARTS, _WORDS, _STYLES)
def test_texts_are_put_together_as_by_rich(
    parts: list[Any], word: str, style: str
) -> None:
    def add(text: _Either, kind: _Either) -> list[Any]:
        other = kind(word, style)
        return [
            text + other,
            text + word,
            kind(word, style).append_text(text),
            other.join([text, text]),
            text.copy().append(word, style),
            text.append(other),
        ]

    _same(parts, add)


@given(_PARTS, st.integers(0, 12), st.integers(0, 12))
def test_texts_are_parted_as_by_rich(parts: list[Any], one: int, two: int) -> None:
    places = sorted((one, two))

    def part(text: _Either, _: _Either) -> list[Any]:
        within = [min(each, len(text)) for each in places]
        return [*text.split(" "), *text.divide(within)]

    _same(parts, part)


@given(_PARTS, st.integers(1, 12), *[st.sampled_from([False, True])] * 2)
def test_texts_are_cut_as_by_rich(
    parts: list[Any], width: int, ellipsis: object, pad: object
) -> None:
    def cut(text: _Either, kind: _Either) -> list[Any]:
        text.rstrip()
        stripped = text.copy()
        how = {"ellipsis": ellipsis}
        if kind is Theirs:
            how = {"overflow": "ellipsis" if ellipsis else "crop"}
        text.truncate(width, pad=pad, **how)
        return [stripped, text]

    _same(parts, cut)


@given(_PARTS, st.integers(0, 9), st.integers(0, 9))
def test_parts_are_given_a_style_as_by_rich(
    parts: list[Any], start: int, end: int
) -> None:
    def give(text: _Either, _: _Either) -> list[Any]:
        text.stylize("red", start, end)
        text.highlight_words(["ab"], "bold")
        return [text]

    _same(parts, give)


@given(_PARTS, _STYLES)
def test_rich_prints_it_as_its_own(parts: list[Any], style: str) -> None:
    def printed(text: _Either, _: _Either) -> list[Segment]:
        console = Console(width=200, force_terminal=True, color_system="standard")
        text.style = style
        options = console.options.update(no_wrap=True, overflow="ignore")
        # Theirs keeps the style of nothing and begins anew there, which nobody sees.
        seen = [each for each in console.render(text, options) if each.text]
        styled = (Segment(each.text, each.style or None) for each in seen)
        return list(Segment.simplify(styled))

    ours, theirs = _both(parts, printed)
    assert ours == theirs


def test_it_is_what_it_has() -> None:
    text = Text.assemble("a", ("b", "bold"))

    assert (str(text), len(text), bool(Text())) == ("ab", 2, False)
    assert text.spans == [Span(1, 2, "bold")]
    assert text == Text.assemble("a", ("b", "bold")) != Text("ab")
    assert text != "ab"
    assert "bold" in repr(text)
    assert Text("用").cell_len == 2
    with pytest.raises(TypeError):
        hash(text)
