"""A call made again and again: what changes in its reply, and how long it takes.

At a terminal it is drawn in place, and a line of the reply that has changed is marked
until the next change. Elsewhere every reply is a line of its own.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import time
from collections import deque
from difflib import SequenceMatcher
from itertools import count
from typing import TYPE_CHECKING, NamedTuple, Protocol

from protocol import duration, escape_controls

from .asking import DONE, USAGE, Answer, Asker, name_of
from .output import ERROR, MUTED, NOTE, STRONG, cut, laid_out, styled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from protocol import Json

    from .question import Question

_KEPT = 1_000  # latencies that the figures are of
_MARK = "≠ "  # before a line that has changed
_AROUND = 4  # lines of the screen that are not of the reply
_UP, _ERASE_LINE, _ERASE_BELOW = "\x1b[%dA", "\x1b[K", "\x1b[J"
_WRAP, _NO_WRAP = "\x1b[?7h", "\x1b[?7l"
"""Source: ECMA-48 (CUU, EL, ED); DEC's VT100 manual (DECAWM)."""


class Glance(NamedTuple):
    """What one call has shown.

    Attributes:
        number: Of the call, from 1.
        reply: The JSON text; empty if there is none.
        answer: How the call ended.
        changed: Whether it differs from the call before it.
    """

    number: int
    reply: bytes
    answer: Answer
    changed: bool


class Look(Protocol):
    """Where glances are shown."""

    def show(self, glance: Glance) -> None:
        """Show what a call has shown."""

    def end(self) -> None:
        """Leave what is shown in order."""


async def watch(  # noqa: PLR0913 — the last two have their defaults
    question: Question,
    seconds: float,
    look: Look,
    *,
    times: int | None = None,
    seen: Callable[[Json], None] = lambda _: None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> int:
    """Make a call at an interval; return the exit code of the first that failed.

    Args:
        question: The call.
        seconds: From the beginning of a call to that of the next.
        look: Where it is shown.
        times: How many calls; None for no end.
        seen: Receives the pattern once a handler has answered.
        sleep: Waits until the next call.
    """
    code, before = DONE, None
    asker = Asker(question)
    try:
        async with asker.client:
            for number in count(1):
                values: list[bytes] = []
                answer = await asker.ask(question, values.append)
                if answer.known:
                    seen(question.pattern)
                now = (values, "" if values else answer.words)
                changed = before not in {None, str(now)}
                look.show(Glance(number, b"".join(values), answer, changed))
                code, before = code or answer.code, str(now)
                if number == times or answer.code == USAGE:
                    break
                await sleep(max(seconds - answer.elapsed_ns / 1e9, 0.0))
    finally:
        look.end()
    return code


class Lines:
    """Replies as lines, for what is no terminal.

    Args:
        name: Of the call.
        write: Receives each reply.
        say: Receives what happened, a line at a time.
    """

    def __init__(
        self, name: str, write: Callable[[bytes], None], say: Callable[[str], None]
    ) -> None:
        self._name, self._write, self._say = name, write, say

    def show(self, glance: Glance) -> None:
        """Write the reply, and say what happened and whether that is new."""
        if glance.reply:
            self._write(glance.reply)
        changed = ", changed" if glance.changed else ""
        self._say(f"{self._name}: {glance.answer}{changed}")

    def end(self) -> None:
        """Do nothing: every line is complete."""


class Screen:
    """The last reply, drawn in place on a terminal.

    Args:
        question: The call.
        seconds: Its interval.
        draw: Writes to the terminal.
        size: Returns columns and lines of the terminal.
        clock: Returns the time of day.
    """

    def __init__(
        self,
        question: Question,
        seconds: float,
        draw: Callable[[str], None],
        *,
        size: Callable[[], tuple[int, int]] = shutil.get_terminal_size,
        clock: Callable[[], str] = lambda: time.strftime("%H:%M:%S"),
    ) -> None:
        self._title = f"{name_of(question)} at {question.server}, every {seconds:g} s"
        self._draw, self._size, self._clock = draw, size, clock
        self._height = 0  # lines drawn
        self._lines: list[str] = []  # of the reply
        self._marked: set[int] = set()
        self._changes, self._changed_at = 0, ""
        self._times: deque[int] = deque(maxlen=_KEPT)

    def show(self, glance: Glance) -> None:
        """Draw the reply over the one before it."""
        columns, rows = self._size()
        self._times.append(glance.answer.elapsed_ns)
        lines = self._reply(glance, columns, max(rows - _AROUND, 1))
        if glance.changed:
            self._marked = set(_changed(self._lines, lines))
            self._changes, self._changed_at = self._changes + 1, self._clock()
        self._lines = lines
        self._redraw(
            [
                *self._head(glance, columns),
                *self._body(columns - len(_MARK)),
                self._foot(columns),
            ],
            rows,
        )

    def end(self) -> None:
        """Leave the last reply, and let the terminal wrap lines again."""
        if self._height:
            self._draw(_WRAP)

    def _reply(self, glance: Glance, columns: int, most: int) -> list[str]:
        if not glance.reply:
            return [escape_controls(glance.answer.words)]
        text = laid_out(glance.reply, columns - len(_MARK)).decode("utf-8", "replace")
        lines = [escape_controls(line) for line in text.split("\n")]
        if len(lines) > most:
            more = len(lines) - most + 1
            lines = [*lines[: most - 1], f"… {more:,} more lines"]
        return lines

    def _head(self, glance: Glance, columns: int) -> Iterator[str]:
        how = f"call {glance.number:,}: {glance.answer}"
        style = MUTED if glance.answer.code == DONE else ERROR
        for each, words in ((STRONG, self._title), (style, how)):
            yield styled(cut(escape_controls(words), columns), each)

    def _body(self, columns: int) -> Iterator[str]:
        for number, line in enumerate(self._lines):
            shown = cut(line, columns)
            marked = styled(_MARK, NOTE) + styled(shown, STRONG)
            yield marked if number in self._marked else " " * len(_MARK) + shown

    def _foot(self, columns: int) -> str:
        times = self._times
        median = round(statistics.median(times))
        figures = (
            f"fastest {duration(min(times))}, median {duration(median)}, "
            f"slowest {duration(max(times))}"
        )
        plural = "s" * (self._changes != 1)
        last = f", last {self._changed_at}" if self._changes else ""
        words = f"{figures}; {self._changes:,} change{plural}{last}"
        return styled(cut(words, columns), MUTED)

    def _redraw(self, lines: list[str], rows: int) -> None:
        up = min(self._height, rows - 1)
        start = _NO_WRAP + (_UP % up if up else "") + "\r"
        text = "".join(f"{line}{_ERASE_LINE}\r\n" for line in lines)
        self._draw(f"{start}{text}{_ERASE_BELOW}")
        self._height = len(lines)


def _changed(before: list[str], after: list[str]) -> Iterator[int]:
    """Yield the numbers of the lines that are new, from 0."""
    for kind, _, _, start, end in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if kind != "equal":
            yield from range(start, end)
