from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING, NamedTuple

import pyte
import pytest

from protocol import UNDEFINED, Json
from servers import RpcError, Service
from servers.calling.addresses import Address
from servers.calling.asking import DONE, REFUSED, UNREACHABLE
from servers.calling.question import Question
from servers.calling.watching import Lines, Screen, watch
from tests.patience import PATIENCE
from tests.servers.calling.terminals import Terminal, served

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _question(port: int, pattern: str = "next") -> Question:
    return Question(
        kind="message",
        server=Address("127.0.0.1", port),
        pattern=pattern,
        data={},
        metadata=UNDEFINED,
        timeout=60.0,
        repeat=1,
        tls=None,
        server_hostname=None,
    )


def _service(*replies: Json) -> Service:
    """Return a service that gives one reply after the other."""
    service, waiting = Service(), iter(replies)

    @service.message("next")
    def following() -> Json:
        reply = next(waiting)
        if isinstance(reply, Exception):
            raise reply
        return reply

    return service


class _Written(NamedTuple):
    code: int
    out: list[bytes]
    said: list[str]
    slept: list[float]


async def _lines(*replies: Json) -> _Written:
    out: list[bytes] = []
    said: list[str] = []
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with _service(*replies).listen("127.0.0.1", 0) as server:
        look = Lines("next", out.append, said.append)
        question = _question(server.port)
        code = await watch(question, 2.0, look, times=len(replies), sleep=sleep)
    return _Written(code, out, said, slept)


async def test_in_a_pipe_every_reply_is_a_line_and_a_change_is_said() -> None:
    written = await _lines(1, 1, {"a": 2}, UNDEFINED)

    assert written.out == [b"1", b"1", b'{"a":2}']
    assert [each.endswith(", changed") for each in written.said] == [
        *(False, False, True, True)
    ]
    assert all(each.startswith("next: reply") for each in written.said)
    assert written.code == DONE


async def test_the_interval_is_from_beginning_to_beginning() -> None:
    written = await _lines(1, 1, 1)

    assert len(written.slept) == 2
    assert all(0 < each < 2.0 for each in written.slept)


async def test_an_error_is_a_change_and_its_code_the_end() -> None:
    written = await _lines(1, RpcError("no"), RpcError("no"), 1)

    assert [each.endswith(", changed") for each in written.said] == [
        *(False, True, False, True)
    ]
    assert written.code == REFUSED


async def test_a_server_that_is_gone_is_called_again() -> None:
    said: list[str] = []
    running = _service(1, 2)
    slept: list[float] = []
    async with running.listen("127.0.0.1", 0, grace=0) as server:

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            if len(slept) == 1:
                await server.stop(0)

        question = _question(server.port)
        look = Lines("next", lambda _: None, said.append)
        code = await watch(question, 1.0, look, times=3, sleep=sleep)

    assert code == UNREACHABLE
    assert len(said) == 3


async def test_patterns_are_seen_and_a_mistake_ends_it() -> None:
    seen: list[Json] = []
    look = Lines("next", lambda _: None, lambda _: None)
    async with _service(1, 2).listen("127.0.0.1", 0) as server:
        question = _question(server.port)
        await watch(question, 0.0, look, times=2, seen=seen.append)
        mistaken = question._replace(data=None)
        await watch(mistaken, 0.0, look, seen=seen.append)

    assert seen == ["next", "next"]


class _Terminal:
    """A terminal of so many columns and lines, and what it shows."""

    def __init__(self, columns: int, rows: int) -> None:
        self.size = (columns, rows)
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self.drawn = ""

    def draw(self, text: str) -> None:
        self.drawn += text
        self._stream.feed(text)

    @property
    def lines(self) -> list[str]:
        shown = [line.rstrip() for line in self._screen.display]
        while shown and not shown[-1]:
            shown.pop()
        return shown


async def _on(
    terminal: _Terminal, *replies: Json, between: Callable[[], None] = lambda: None
) -> list[str]:
    async def sleep(_: float) -> None:
        between()

    async with _service(*replies).listen("127.0.0.1", 0) as server:
        question = _question(server.port)
        look = Screen(
            question,
            2.0,
            terminal.draw,
            size=lambda: terminal.size,
            clock=lambda: "12:34:56",
        )
        await watch(question, 2.0, look, times=len(replies), sleep=sleep)
    return [re.sub(r"[\d.]+ (ns|µs|ms|s)\b", "T", line) for line in terminal.lines]


async def test_a_terminal_shows_the_last_reply_in_place() -> None:
    terminal = _Terminal(80, 12)
    lines = await _on(terminal, 1, {"a": 1}, {"a": 1})

    title = lines.pop(0)
    assert title.startswith("next at 127.0.0.1:")
    assert title.endswith(", every T")
    assert lines[0].startswith("call 3: reply after T, 1 packet out")
    assert lines[1:] == [
        '≠ {"a":1}',
        "fastest T, median T, slowest T; 1 change, last 12:34:56",
    ]


async def test_marks_are_at_the_lines_that_changed() -> None:
    terminal = _Terminal(60, 12)
    before = {"first": "x" * 40, "second": [1], "third": "y" * 20}
    lines = await _on(terminal, before, before | {"second": [1, 2]})

    assert [line for line in lines if line.startswith("≠")] == [
        "≠     1,",
        "≠     2",
    ]
    assert len(lines) == 12 - 1


async def test_a_long_reply_is_cut_and_nothing_wraps() -> None:
    terminal = _Terminal(40, 10)
    lines = await _on(terminal, 1, [*range(50), "z" * 100], "z" * 100)
    assert len(lines) == 4
    assert lines[2] == f'≠ "{"z" * 36}…'

    terminal = _Terminal(40, 10)
    lines = await _on(terminal, 1, [*range(50)])
    assert lines[-2] == "≠ … 47 more lines"
    assert len(lines) == 9
    assert terminal.drawn.endswith("\x1b[?7h")


async def test_an_error_is_shown_in_place_of_the_reply() -> None:
    lines = await _on(_Terminal(80, 10), 1, RpcError("\x1b[2J"))

    assert lines[2].startswith('≠ error {"status":"error","message":"\\u001b[2J"}')


@pytest.mark.parametrize("rows", [1, 3])
async def test_a_tiny_terminal_is_no_error(rows: int) -> None:
    await _on(_Terminal(20, rows), 1, 2, [*range(50)])


def test_the_command_draws_until_it_is_interrupted(tmp_path: Path) -> None:
    with served(tmp_path) as address:
        terminal = Terminal("send", address, "next", "--watch", "0.02", state=tmp_path)
        try:
            terminal.until(lambda lines: re.search("≠ [0-9]{2,}", "".join(lines)))
            assert len(terminal.lines) == 4
            terminal.process.send_signal(signal.SIGINT)
            assert terminal.process.wait(PATIENCE) == 130
        finally:
            terminal.close()
