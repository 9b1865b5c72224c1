"""What differs between two captures as Markdown, for a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.comparing.measures import Verdict
from inspector.words import plural

from .diff_words import (
    answer,
    change_words,
    error_words,
    figure_cells,
    judged_words,
    mark_of,
    name_of,
    patterns_words,
    size_words,
    tail_words,
    title,
)
from .markdown_text import code, header, table_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.comparing.comparison import Comparison, PatternDiff

_FIGURES = ("count", "failed", "p50 ms", "p99 ms")
_MOST_ROWS, _MOST_CHANGES = 30, 20


def diff_lines(comparison: Comparison) -> Iterator[str]:
    """Yield the lines."""
    yield f"### protocol-inspect diff: {code(title(comparison))}"
    good, words = answer(comparison)
    yield from ["", f"- {'✓' if good else '✗'} {words}"]
    yield f"- {patterns_words(comparison)}"
    for word, codes in (
        ("before", comparison.gone_findings),
        ("after", comparison.new_findings),
    ):
        if codes:
            yield f"- findings only {word}: {', '.join(map(code, codes))}"
    yield from _table(comparison)
    yield from _one_sided(comparison)
    for pattern in comparison.both:
        yield from _details(pattern)
    yield from ["", judged_words(comparison)]


def _table(comparison: Comparison) -> Iterator[str]:
    differing = [each for each in comparison.both if each.differs]
    shown = (differing or comparison.both)[:_MOST_ROWS]
    if shown:
        yield from ["", *header("pattern", *_FIGURES)]
    for pattern in shown:
        cells = [_emphasized(*cell) for cell in figure_cells(pattern)]
        yield table_row(code(name_of(pattern.key)), *cells)
    rest = len(comparison.both) - len(shown)
    if rest:
        yield from ["", f"and {plural(rest, 'more pattern')}"]


def _emphasized(text: str, verdict: Verdict) -> str:
    return f"**{text}**" if verdict in {Verdict.MORE, Verdict.LESS} else text


def _one_sided(comparison: Comparison) -> Iterator[str]:
    for keys, word in ((comparison.new, "new"), (comparison.gone, "gone")):
        if keys:
            names = ", ".join(code(name_of(key)) for key in keys[:_MOST_ROWS])
            more = len(keys) - _MOST_ROWS
            rest = f" and {more} more" if more > 0 else ""
            yield from ["", f"{word}: {names}{rest}"]


def _details(pattern: PatternDiff) -> Iterator[str]:
    lines = [
        f"- {mark_of(change)[0]} {code(change_words(change))}"
        for change in pattern.changes[:_MOST_CHANGES]
    ]
    more = len(pattern.changes) - _MOST_CHANGES
    lines += [f"- and {more} more"] if more > 0 else []
    found = (*error_words(pattern), *tail_words(pattern), *size_words(pattern))
    lines += [f"- {code(words)}" for words in found]
    if lines:
        yield from ["", f"**{code(name_of(pattern.key))}**", "", *lines]
