"""Statements from stdin, and from a terminal, by the installed command."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from servers.calling.asking import DONE, REFUSED, USAGE
from servers.calling.prompt import (
    converse_at_terminal,
    converse_in_lines,
    line_editor,
)
from tests.patience import PATIENCE
from tests.servers.calling.conversations import conversing
from tests.servers.calling.terminals import Terminal, served

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
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


def test_a_terminal_has_a_prompt_with_completion(tmp_path: Path) -> None:
    pytest.importorskip("prompt_toolkit")
    with served(tmp_path) as address:
        terminal = Terminal("prompt", address, state=tmp_path)
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
    with served(tmp_path) as address:
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
