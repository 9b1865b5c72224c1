"""The command that shows what a finding is about, under its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.finding import Severity
from protocol.lazy_regex import lazy_regex

from .shell_words import program
from .text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup

_SEE = "see  "
_OPTION = lazy_regex(" (?=--)")
_OF_CONNECTION = {"follow": "{}", "ladder": "--connection {}"}
"""Command that shows one connection → how that is named."""


def see_words(finding: Finding, names: str, called: str = "") -> list[str]:
    """Return the words of a command, those that belong together in one; or none.

    Args:
        finding: What it shows.
        names: The captures, with the options that a command needs as well; empty where
            nobody can read them again.
        called: What the program is called; empty for as it was called here.
    """
    see = finding.rule.see
    if not see or not names:
        return []
    command, *options = _OPTION.split(see)
    if command == see and command in _OF_CONNECTION:
        number = finding.connection.number
        options = [_OF_CONNECTION[command].format(number)]
    return [f"{called or program()} {command} {names}", *options]


def see_lines(words: Sequence[str], width: int, margin: int) -> Iterator[Text]:
    """Yield a command, in several lines that a shell takes for one if it is too wide.

    Args:
        words: The words; of none nothing is yielded.
        width: Cells of a line.
        margin: Cells before each of them.
    """
    head, room = Text.assemble(" " * margin, (_SEE, "muted")), width - margin - 7
    lines: list[str] = []
    for word in words:
        if lines and len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    for place, line in enumerate(lines, start=1):
        yield head + Text(line + " \\" * (place < len(lines)), "command")
        head = Text(" " * (margin + len(_SEE)))


def is_command(line: Text) -> bool:
    """Whether a line is one to be copied, and so is never cut."""
    return any(span.style == "command" for span in line.spans)


def worth_a_command(groups: Sequence[FindingGroup]) -> list[FindingGroup]:
    """Return the findings of a report that have a command of their own.

    One alone has the command that the report ends with; notes are read, not looked up.
    """
    grave = [each for each in groups if each.first.severity is not Severity.NOTE]
    return grave if len(grave) > 1 else []
