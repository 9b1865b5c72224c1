"""What of this machine can be used: a line for each thing, and what mends it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from inspector.checkup.check import Check, Mark
from protocol import dumps

from .rendering import safe
from .text import Text
from .theme import PROSE_WIDTH, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

_MARKS = {
    Mark.GOOD: ("✓", "good"),
    Mark.ABSENT: ("–", "warning"),
    Mark.BROKEN: ("✗", "error"),
}
_GUTTER = 2


def print_checkup(console: Console, heading: str, checks: Sequence[Check]) -> None:
    """Print what was looked at, by groups, and how much of it is to be mended.

    Args:
        console: Where.
        heading: What is looked at: program, Python and system.
        checks: What was found, the checks of a group one after another.
    """
    show(console, Text(safe(heading), "title"))
    name_room = max(len(each.name) for each in checks) + _GUTTER
    found_room = max(len(safe(each.found)) for each in checks) + _GUTTER
    for group, members in groupby(checks, key=lambda each: each.group):
        show(console, Text())
        show(console, Text(group.capitalize(), "title"))
        for check in members:
            for line in _lines(check, name_room, found_room, console.width):
                show(console, line, whole=line.plain.lstrip().startswith("fix"))
    show(console, Text())
    show(console, _summary(checks))


def _lines(check: Check, name_room: int, found_room: int, width: int) -> Iterator[Text]:
    """Yield the lines of a check: what was found, what it means, what mends it."""
    mark, style = _MARKS[check.mark]
    head = Text.assemble((f"{mark} ", style), f"{check.name:<{name_room}}")
    head.append(f"{safe(check.found):<{found_room}}")
    indent = _GUTTER + name_room
    room = min(width, PROSE_WIDTH)
    if len(head) + len(check.meaning) <= room:
        yield head.append(safe(check.meaning), "muted")
    else:
        yield head
        for part in _folded(check.meaning, room - indent):
            yield Text(" " * indent) + Text(part, "muted")
    if check.fix:
        yield Text.assemble(
            " " * indent, ("fix  ", "good"), (safe(check.fix), "command")
        )


def _folded(sentence: str, room: int) -> Iterator[str]:
    line = ""
    for word in safe(sentence).split():
        if line and len(line) + 1 + len(word) > room:
            yield line
            line = ""
        line = f"{line} {word}".lstrip()
    if line:
        yield line


def _summary(checks: Sequence[Check]) -> Text:
    broken = sum(each.mark is Mark.BROKEN for each in checks)
    absent = sum(each.mark is Mark.ABSENT for each in checks)
    if broken:
        return Text(f"✗ {broken} of {len(checks)} broken, {absent} absent.", "error")
    if absent:
        words = "Captures can be read; absent:"
        names = ", ".join(each.name for each in checks if each.mark is Mark.ABSENT)
        return Text.assemble(("✓ ", "good"), (f"{words} {names}.", "answer"))
    return Text.assemble(("✓ ", "good"), ("All is here.", "answer"))


def checkup_lines(checks: Sequence[Check]) -> Iterator[bytes]:
    """Yield a JSON line for each check: ``docs/output.md`` describes its keys."""
    for check in checks:
        yield dumps({"type": "check", **check._asdict()}) + b"\n"
