"""What the commands do, each with its options, up to the exit code."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from servers.running import run

from .asking import DONE, Answer, ask, name_of
from .conversing import Conversation, Ways
from .history import History
from .options import configuration_of, is_typed, question_at, question_of
from .output import ERROR, MUTED, draw, draws_in_place, remark, say, write
from .prompt import (
    converse_at_terminal,
    converse_in_lines,
    is_at_terminal,
    line_editor,
)
from .watching import Lines, Look, Screen
from .watching import watch as watch_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol import Json
    from servers.hooks import Kind

    from .question import Question


def call(kind: Kind, options: dict[str, Json]) -> None:
    """Make a call, or several one after the other.

    Raises:
        click.UsageError: The options contradict each other, or what the file says.
        SystemExit: With the exit code.
    """
    question = question_of(kind, options)
    code = run(ask(question, write, say, _seen(question, options)))
    sys.stdout.flush()
    raise SystemExit(code)


def watch(seconds: float, options: dict[str, Json]) -> None:
    """Repeat a call until it is interrupted.

    Args:
        seconds: Between two calls.
        options: As they were given.

    Raises:
        click.UsageError: The options contradict each other, or what the file says.
        SystemExit: With the exit code.
    """
    question = question_of("message", options)
    look: Look = Lines(name_of(question), write, say)
    if draws_in_place():
        look = Screen(question, seconds, draw)
    times = question.repeat if is_typed("repeat") else None
    seen = _seen(question, options)
    raise SystemExit(run(watch_call(question, seconds, look, times=times, seen=seen)))


def converse(address: str, options: dict[str, Json]) -> None:
    """Make the calls that are typed, or those in the lines of stdin.

    Raises:
        click.UsageError: The options contradict each other, or what the file says.
        SystemExit: With the exit code.
    """
    configuration = configuration_of(options)
    at_terminal = is_at_terminal()
    ways = Ways(
        question_at=partial(question_at, options, configuration),
        names=[*configuration.servers],
        write=write,
        say=remark if at_terminal else say,
        report=_remark_on if at_terminal else lambda name, how: say(f"{name}: {how}"),
    )
    history = History.of_user(os.environ, wanted=not options["no_history"])
    start = partial(Conversation, address, options["metadata"], ways, history)
    raise SystemExit(run(_converse(start, at_terminal=at_terminal)))


async def _converse(start: Callable[[], Conversation], *, at_terminal: bool) -> int:
    conversation = start()
    if not at_terminal:
        return await converse_in_lines(conversation, sys.stdin.buffer, say)
    return await converse_at_terminal(conversation, line_editor(conversation), remark)


def _remark_on(name: str, answer: Answer) -> None:
    remark(f"{name}: {answer}", MUTED if answer.code == DONE else ERROR)


def _seen(question: Question, options: dict[str, Json]) -> Callable[[Json], None]:
    """Return what keeps the patterns that are called."""
    history = History.of_user(os.environ, wanted=not options["no_history"])
    return partial(history.add, question.server)
