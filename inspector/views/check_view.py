"""Where traffic is not as a contract says: a line for each place, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.contracts.checking import Repeats
from inspector.shorthand import short
from inspector.words import plural, verb
from protocol import dumps

from .rendering import safe
from .text import Text
from .theme import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from inspector.contracts.checking import Checking, Violation


def print_check(console: Console, checking: Checking, items: Iterable[object]) -> None:
    """Print violations as they come, and in the end whether there were any."""
    repeats = Repeats()
    for violation in checking.violations_in(items):
        if repeats.take(violation):
            for line in violation_lines(violation):
                show(console, line)
    for line in _more_lines(repeats):
        show(console, line)
    if checking.violations:
        show(console, Text())
    show(console, _answer(checking))


def violation_words(violation: Violation) -> str:
    """Return a violation in one sentence."""
    return (
        f"#{violation.exchange} {safe(short(violation.route))}: "
        f"{safe(violation.path)} is {safe(violation.came)}, "
        f"not {safe(violation.expected)}"
    )


def _more_lines(repeats: Repeats) -> Iterator[Text]:
    """Yield how many more violations there were of places that were shown."""
    for (route, path), count in repeats.more.most_common():
        line = Text(f"  and {count:,} more of ", "muted")
        line.append(safe(short(route)) + " " if route else "", "route")
        yield line.append(safe(path))


def violation_lines(violation: Violation) -> list[Text]:
    """Return a violation for people: where it is, and below what was expected."""
    head = Text.assemble(("✗ ", "error"), f"#{violation.exchange} ")
    head.append(safe(short(violation.route)), "route")
    head.append(f"  {safe(violation.path)}")
    if violation.packet is not None:
        head.append(f"  packet {violation.packet}", "muted")
    body = Text.assemble(("    expected ", "muted"), safe(violation.expected))
    body.append(", came ", "muted")
    return [head, body.append(safe(violation.came))]


def violation_line(violation: Violation) -> bytes:
    """Return the JSON line of a violation."""
    return dumps(msgspec.to_builtins(violation))


def checked_line(checking: Checking) -> bytes:
    """Return the JSON line of the totals."""
    return dumps(
        {
            "type": "checked",
            "contract": checking.name,
            "exchanges": checking.checked,
            "violating": checking.violating,
            "violations": checking.violations,
        }
    )


def _answer(checking: Checking) -> Text:
    count = plural(checking.checked, "exchange")
    if not checking.checked:
        return Text(f"No exchange to check against {safe(checking.name)}.", "answer")
    if not checking.violating:
        words = f"{count} checked: all are as {safe(checking.name)} says."
        return Text.assemble(("✓ ", "good"), (words, "answer"))
    violating = checking.violating
    places = plural(checking.violations, "place")
    words = f"{violating:,} of {count} {verb(violating, 'violates')} the contract in"
    return Text.assemble(("✗ ", "error"), (f"{words} {places}.", "answer"))
