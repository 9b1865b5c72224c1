"""What a terminal can show, and what mends it."""

from __future__ import annotations

import pytest

from inspector.checkup.check import Check, Mark
from inspector.checkup.terminal import Screen, terminal

_GOOD = Screen(is_terminal=True, width=120, colours="256", encoding="utf-8")


def _looked(screen: Screen, **environment: str) -> dict[str, Check]:
    return {check.name: check for check in terminal(screen, environment)}


def test_a_wide_coloured_terminal_needs_nothing() -> None:
    assert {each.mark for each in _looked(_GOOD).values()} == {Mark.GOOD}


def test_a_narrow_one_shortens_tables() -> None:
    narrow = _looked(_GOOD._replace(width=79))["width"]

    assert (narrow.mark, narrow.found) == (Mark.ABSENT, "79 columns")


def test_a_pipe_is_not_narrow_and_not_without_colours() -> None:
    piped = _GOOD._replace(is_terminal=False, width=40, colours="")

    assert {each.mark for each in _looked(piped).values()} == {Mark.GOOD}


@pytest.mark.parametrize(
    ("environment", "fix"),
    [
        ({"NO_COLOR": "1", "TERM": "xterm"}, "unset NO_COLOR"),
        ({"TERM": "dumb"}, "export TERM=xterm"),
    ],
)
def test_no_colours_have_a_reason(environment: dict[str, str], fix: str) -> None:
    colour = _looked(_GOOD._replace(colours=""), **environment)["colour"]

    assert (colour.mark, colour.fix) == (Mark.ABSENT, fix)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", Mark.GOOD), ("UTF8", Mark.GOOD), ("ascii", Mark.ABSENT)],
)
def test_characters_are_utf_8_or_have_stand_ins(encoding: str, mark: Mark) -> None:
    assert _looked(_GOOD._replace(encoding=encoding))["characters"].mark is mark
