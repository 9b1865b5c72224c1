"""Statements from stdin, and from a terminal, by the installed command."""

from __future__ import annotations

import asyncio
import io
import os
import pty
import select
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
import pyte
import pytest

from servers.calling.asking import DONE, REFUSED, USAGE
from servers.calling.prompt import (
    converse_at_terminal,
    converse_in_lines,
    line_editor,
)
from tests.patience import PATIENCE
from tests.servers.calling.conversations import conversing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path


async def test_lines_are_obeyed_until_they_end() -> None:
    text = b'send sum [1,\n2]\n\nsend fail\nsend "sum" [4]\nexit\nsend sum [9]\n'
    async with conversing() as (conversation, heard):
        code = await converse_in_lines(conversation, io.BytesIO(text), print)

    assert heard.written == [b"3", b"4"]
    assert code == REFUSED


async def test_an_open_statement_at_the_end_is_a_mistake() -> None:
    said: list[str] = []
    async with conversing() as (conversation, heard):
        source = io.BytesIO(b"send sum [1]\nsend sum [1,")
        assert await converse_in_lines(conversation, source, said.append) == USAGE

    assert heard.written == [b"1"]
    assert said == ["the input ends inside a statement"]


def _typing(*typed: str | type[BaseException]) -> Callable[[], Awaitable[str]]:
    """Return what reads these statements, then Ctrl-D."""
    waiting = iter(typed)

    async def read() -> str:
        text = next(waiting, EOFError)
        if isinstance(text, str):
            return text
        raise text

    return read


async def test_ctrl_c_drops_a_line_and_ctrl_d_leaves() -> None:
    async with conversing() as (conversation, heard):
        read = _typing("send sum [1]", KeyboardInterrupt, "send sum [2]")
        assert await converse_at_terminal(conversation, read, print) == DONE

    assert heard.written == [b"1", b"2"]


async def test_ctrl_c_cancels_a_call_and_the_next_is_made() -> None:
    said: list[str] = []
    async with conversing() as (conversation, heard):

        async def interrupt() -> None:
            await heard.begun.wait()
            os.kill(os.getpid(), signal.SIGINT)

        interrupting = asyncio.create_task(interrupt())
        read = _typing("send never", "send sum [2]")
        assert await converse_at_terminal(conversation, read, said.append) == DONE
        await interrupting

    assert said == ["cancelled; the handler may still run"]
    assert heard.written == [b"2"]


async def test_without_its_library_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "servers.calling.line_editor", raising=False)
    monkeypatch.setitem(sys.modules, "prompt_toolkit", None)
    async with conversing() as (conversation, _):
        with pytest.raises(click.UsageError) as refused:
            line_editor(conversation)

    assert refused.value.message == (
        "the prompt needs prompt_toolkit: pip install 'protocol-inspect[prompt]'"
    )


_SERVICE = """
import asyncio, logging
from servers import Service
logging.basicConfig(level="INFO", format="%(message)s")
service = Service()
service.message("sum")(lambda data: sum(data))
service.message("echo")(lambda data: data)
asyncio.run(service.serve("127.0.0.1", 0, grace=0))
"""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """Let a service run in a process of its own; give its address."""
    program = folder / "service.py"
    program.write_text(_SERVICE, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, program], stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            assert process.stderr is not None
            yield process.stderr.readline().split()[-1]
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


class _Terminal:
    """The command at a terminal of its own."""

    def __init__(self, *arguments: str, state: Path) -> None:
        self._ours, its = pty.openpty()
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "PROMPT_TOOLKIT_NO_CPR": "1",
            "XDG_STATE_HOME": str(state),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "servers.cli", "prompt", *arguments],
            stdin=its,
            stdout=its,
            stderr=its,
            env=environment,
            start_new_session=True,
        )
        os.close(its)

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def until(self, awaited: Callable[[list[str]], bool]) -> None:
        """Wait until what is shown is as awaited."""
        end = time.monotonic() + PATIENCE
        while not awaited(self.lines):
            assert time.monotonic() < end, self.lines
            if select.select([self._ours], [], [], 1)[0]:
                self._stream.feed(os.read(self._ours, 65_536))

    def until_line(self, last: str) -> None:
        """Wait until this is the last line, as where keys are awaited."""
        self.until(lambda lines: lines[-1:] == [last])

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self._screen.display if line.strip()]

    def close(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self._ours)


def test_a_terminal_has_a_prompt_with_completion(tmp_path: Path) -> None:
    pytest.importorskip("prompt_toolkit")
    with _served(tmp_path) as address:
        terminal = _Terminal(address, state=tmp_path)
        try:
            terminal.until_line(f"{address}>")
            terminal.type("send sum [1,\r")
            terminal.until(lambda lines: lines[-1].strip() == "…")
            terminal.type("2]\r")
            terminal.until_line(f"{address}>")
            assert "3" in terminal.lines
            terminal.type("send su\t")  # which is completed beside what is typed
            terminal.until_line(f"{address}> send sum")
            terminal.type(" [40,2]\r")
            terminal.until_line(f"{address}>")
            assert "42" in terminal.lines
            terminal.type("\x04")
            assert terminal.process.wait(PATIENCE) == 0
        finally:
            terminal.close()

    kept = (tmp_path / "protocol-call" / "patterns.jsonl").read_text(encoding="utf-8")
    assert kept == f'["{address}","sum"]\n'


def test_stdin_that_is_no_terminal_is_read(tmp_path: Path) -> None:
    with _served(tmp_path) as address:
        done = subprocess.run(
            [sys.executable, "-m", "servers.cli", "prompt", address],
            check=False,
            input='send sum [1,\n2]\nsend echo "\u202e"\nnonsense\n',
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
        )

    assert done.stdout == '3\n"\u202e"\n'
    assert done.returncode == 2
    assert all(line.startswith("protocol-call: ") for line in done.stderr.splitlines())
    assert "no command 'nonsense'; try help" in done.stderr
