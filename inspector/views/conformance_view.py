"""A card of conformance: what failed with its evidence, the rest in a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.conformance.card import Card, Outcome, Result
from inspector.words import plural
from protocol import dumps

from .prose import wrapped
from .rendering import safe
from .text import Text
from .theme import PROSE_WIDTH, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

_MARKS = {
    Outcome.FAILED: ("✗", "error"),
    Outcome.ADVISED: ("!", "warning"),
    Outcome.UNTRIED: ("–", "muted"),
    Outcome.PASSED: ("✓", "good"),
}
_HEADINGS = {
    Outcome.FAILED: "Failed",
    Outcome.ADVISED: "Advice",
    Outcome.UNTRIED: "Not tried",
    Outcome.PASSED: "Passed",
}
_GUTTER = 2
_LABEL = 6  # cells of sent, came, Nest, spec, and two blanks


def print_card(console: Console, card: Card) -> None:
    """Print a card, the worst first.

    Args:
        console: Where.
        card: What was found.
    """
    title = f"{card.side.capitalize()} {safe(card.subject)}"
    show(console, Text.assemble((title, "title"), f"   {_count(card)}"))
    room = max((len(each.check.name) for each in card.results), default=0) + _GUTTER
    heading = None
    for result in card.worst_first():
        if result.outcome is not heading:
            heading = result.outcome
            show(console, Text())
            show(console, Text(_HEADINGS[heading], "title"))
        for line in _lines(result, room, min(console.width, PROSE_WIDTH)):
            show(console, line)
    show(console, Text())
    show(console, _summary(card))


def _count(card: Card) -> str:
    return plural(len(card.results), "check")


def _lines(result: Result, room: int, width: int) -> Iterator[Text]:
    mark, style = _MARKS[result.outcome]
    head = Text.assemble((f"{mark} ", style), f"{result.check.name:<{room}}")
    bad = result.outcome in {Outcome.FAILED, Outcome.ADVISED}
    said = result.reason or result.check.claim
    margin = _GUTTER + room
    first, *others = wrapped(Text(safe(said), "" if bad else "muted"), width, margin)
    yield head + Text(first.plain[margin:], "" if bad else "muted")
    yield from others
    if bad:
        yield from _evidence(result, width)


def _evidence(result: Result, width: int) -> Iterator[Text]:
    """Yield what was asked, sent and came, and what Nest does, below its name."""
    found = {
        "claim": result.check.claim,
        "sent": result.sent,
        "came": result.came or "nothing",
        "Nest": result.check.nest,
        "see": result.check.specification,
    }
    margin = 2 * _GUTTER
    for label, text in found.items():
        if not text:
            continue
        for number, line in enumerate(_folded(safe(text), width - margin - _LABEL - 1)):
            begin = f"{label if number == 0 else '':<{_LABEL + 1}}"
            yield Text(" " * margin) + Text(begin, "muted") + Text(line)


def _folded(text: str, room: int) -> Iterator[str]:
    """Yield the lines of a text, which may have no blanks to fold at."""
    line = ""
    for word in text.split(" "):
        rest = word
        if line and len(line) + 1 + len(rest) > room:
            yield line
            line = ""
        line = f"{line} {rest}" if line else rest
        while len(line) > room:
            yield line[:room]
            line = line[room:]
    yield line


def _summary(card: Card) -> Text:
    counts = {each: card.count(each) for each in Outcome}
    words = [f"{number} {each.value}" for each, number in counts.items() if number]
    if counts[Outcome.FAILED]:
        return Text.assemble(("✗ ", "error"), (f"{', '.join(words)}.", "answer"))
    if counts[Outcome.PASSED]:
        return Text.assemble(("✓ ", "good"), (f"{', '.join(words)}.", "answer"))
    return Text.assemble(("– ", "warning"), ("Nothing was tried.", "answer"))


def card_lines(card: Card) -> Iterator[bytes]:
    """Yield a JSON line for each check: ``docs/output.md`` describes its keys."""
    for result in card.results:
        yield (
            dumps(
                {
                    "type": "conformance",
                    "side": card.side,
                    "check": result.check.name,
                    "outcome": result.outcome.value,
                    "advice": result.check.advice,
                    "claim": result.check.claim,
                    "reason": result.reason or None,
                    "sent": result.sent or None,
                    "came": result.came or None,
                    "nest": result.check.nest,
                    "specification": result.check.specification,
                }
            )
            + b"\n"
        )
