"""A screen answers as rich's console does, and is one where that is needed."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from io import BytesIO, StringIO, TextIOWrapper
from itertools import product

import pytest

from inspector.views.console import RoleConsole
from inspector.views.screen import Screen
from tests.patience import PATIENCE

_LOADED = """
import sys
from inspector.views.theme import make_console, show
from inspector.views.text import Text
show(make_console(), Text("a line", "error"))
print(any(each.partition(".")[0] == "rich" for each in sys.modules))
"""


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


_SETTINGS = {
    "COLUMNS": [None, "70", "wide"],
    "LINES": [None, "12"],
    "TERM": [None, "xterm", "dumb"],
    "FORCE_COLOR": [None, "", "1"],
    "TTY_COMPATIBLE": [None, "0", "1"],
}
_FILES = [StringIO, _Terminal, lambda: TextIOWrapper(BytesIO(), "latin-1")]


@pytest.mark.parametrize("make", _FILES)
@pytest.mark.parametrize("terminal", [None, False, True])
def test_it_answers_as_the_console_does(
    monkeypatch: pytest.MonkeyPatch,
    make: type[StringIO],
    terminal: bool | None,  # noqa: FBT001
) -> None:
    for values in product(*_SETTINGS.values()):
        for name, value in zip(_SETTINGS, values, strict=True):
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        screen, console = Screen(make(), terminal), RoleConsole(make(), terminal)
        assert screen.size == tuple(console.size)
        for part in ("is_terminal", "is_dumb_terminal", "width", "height", "encoding"):
            assert getattr(screen, part) == getattr(console, part), (part, values)


def test_a_terminal_around_says_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("LINES", raising=False)
    sizes = {1: os.terminal_size((0, 0)), 2: os.terminal_size((90, 30))}

    def measure(descriptor: int) -> os.terminal_size:
        if descriptor in sizes:
            return sizes[descriptor]
        raise OSError

    monkeypatch.setattr(os, "get_terminal_size", measure)

    assert Screen(StringIO()).size == tuple(RoleConsole(StringIO()).size) == (80, 25)
    del sizes[1]
    assert Screen(StringIO()).size == tuple(RoleConsole(StringIO()).size) == (90, 30)


def test_all_else_is_the_consoles() -> None:
    screen = Screen(StringIO())
    screen.record = True
    screen.print("kept")

    assert screen.record
    assert screen.export_text() == screen.file.getvalue() == "kept\n"  # type: ignore[attr-defined]


def _printed(stdout: int | None = None) -> bytes:
    return subprocess.run(
        [sys.executable, "-c", _LOADED],
        check=True,
        stdout=subprocess.PIPE if stdout is None else stdout,
        env={**os.environ, "TERM": "xterm"},
        timeout=PATIENCE,
    ).stdout


def test_rich_is_loaded_where_colours_are_seen() -> None:
    assert _printed() == b"a line\nFalse\n"
    ours, theirs = pty.openpty()
    try:
        _printed(theirs)
        shown = os.read(ours, 1_000)
    finally:
        os.close(ours)
        os.close(theirs)

    assert shown == b"\x1b[1;31ma line\x1b[0m\r\nTrue\r\n"
