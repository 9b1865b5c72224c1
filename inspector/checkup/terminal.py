"""The terminal: its width, its colours, its characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .check import Check, Mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_GROUP = "terminal"
_COMFORTABLE = 80  # columns; below that tables shorten patterns and values early


class Screen(NamedTuple):
    """Where output goes.

    Attributes:
        is_terminal: Whether it is a terminal, and not a pipe or a file.
        width: Its columns.
        colours: Which colours it has, as rich names it; empty for none.
        encoding: That of stdout.
    """

    is_terminal: bool
    width: int
    colours: str
    encoding: str


def terminal(screen: Screen, environment: Mapping[str, str]) -> Iterator[Check]:
    """Yield what a screen can show.

    Args:
        screen: The screen.
        environment: The variables of the process.
    """
    yield _width(screen)
    yield _colour(screen, environment)
    yield _characters(screen.encoding)


def _width(screen: Screen) -> Check:
    if not screen.is_terminal:
        found, meaning = "not a terminal", "tables in a pipe or a file are not cut"
        return Check(_GROUP, "width", Mark.GOOD, found, meaning)
    found = f"{screen.width} columns"
    if screen.width >= _COMFORTABLE:
        return Check(_GROUP, "width", Mark.GOOD, found, "room for every table")
    meaning = f"tables shorten what is long; {_COMFORTABLE} columns are comfortable"
    return Check(_GROUP, "width", Mark.ABSENT, found, meaning)


def _colour(screen: Screen, environment: Mapping[str, str]) -> Check:
    if screen.colours or not screen.is_terminal:
        found = screen.colours or "not a terminal"
        meaning = "words say all that colours say"
        return Check(_GROUP, "colour", Mark.GOOD, found, meaning)
    if environment.get("NO_COLOR"):
        found, fix = "NO_COLOR is set", "unset NO_COLOR"
    else:
        found, fix = f"TERM is {environment.get('TERM', '')!r}", "export TERM=xterm"
    return Check(_GROUP, "colour", Mark.ABSENT, found, "output is without colour", fix)


def _characters(encoding: str) -> Check:
    if encoding.lower().replace("-", "").replace("_", "").startswith("utf"):
        meaning = "arrows and bars are drawn"
        return Check(_GROUP, "characters", Mark.GOOD, encoding, meaning)
    meaning = "-> replaces arrows, and ? characters without a substitute"
    fix = "export PYTHONUTF8=1"
    return Check(_GROUP, "characters", Mark.ABSENT, encoding, meaning, fix)
