"""The live table on a real terminal of a fixed size: what a person sees."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import struct
import subprocess
import termios
import threading
import time
from contextlib import contextmanager, suppress
from fcntl import ioctl
from typing import TYPE_CHECKING

import pyte
from rich.console import Console

from inspector.views.keyboard import Keyboard
from inspector.views.live_status import LiveStatus
from inspector.views.live_view import LiveTable
from tests.inspector.captures import ROOT, SHOWCASE
from tests.inspector.command import PROGRAM
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_COLOUR = re.compile(rb"\x1b\[[0-9;]*3[0-7][0-9;]*m")
_DRAWN = b"\x1b[K\x1b[J"  # with which a picture ends
_STEADY = 68  # columns whose figures stay as they are while a clock goes on
_EXPECTED = """\
pattern               count      /s  in flight  errors  p50 ms  p99 ms
square                  200    20.0          0       0    18.1    21.0
"""


class Terminal:
    """A terminal of its own in which the command reads a pipe, and who looks at it."""

    def __init__(self, pipe: Path, width: int, height: int, environment: str) -> None:
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        self.written = b""
        self._picture = [""] * height
        self._ours, its = pty.openpty()
        self._set_size(width, height)
        inherited = {
            key: value
            for key, value in os.environ.items()
            if key not in {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"}
        }
        program = f"exec env {environment} {PROGRAM} live - --slow 1h < {pipe}"
        # A session of its own, whose terminal this is, so that keys arrive.
        self.process = subprocess.Popen(
            ["setsid", "--ctty", "--wait", "sh", "-c", program],  # noqa: S607
            stdin=its,
            stdout=its,
            stderr=its,
            cwd=ROOT,
            env={**inherited, "TERM": "xterm-256color"},
        )
        os.close(its)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self._ours, 65_536)
            except OSError:  # Linux says that the other end is closed
                return
            with self._lock:
                self.written += piece
                self._stream.feed(piece)
                if self.written.endswith(_DRAWN):
                    self._picture = [line.rstrip() for line in self._screen.display]

    def _set_size(self, width: int, height: int) -> None:
        size = struct.pack("HHHH", height, width, 0, 0)
        ioctl(self._ours, termios.TIOCSWINSZ, size)

    @property
    def lines(self) -> list[str]:
        """What it shows now, though it may be a part of a picture."""
        with self._lock:
            return [line.rstrip() for line in self._screen.display]

    @property
    def picture(self) -> list[str]:
        """The last picture that was drawn to its end; empty lines before the first."""
        with self._lock:
            return self._picture

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def resize(self, width: int, height: int) -> None:
        with self._lock:
            self._screen.resize(height, width)
            self._screen.reset()
            self._picture = [""] * height
        self._set_size(width, height)

    def until(self, condition: Callable[[], object]) -> None:
        """Look until something is to be seen; fail if it takes too long."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, "\n".join(self.lines)
            time.sleep(0.01)

    def until_whole(self, words: str) -> list[str]:
        """Look until a whole picture is there, with some words in its heading."""
        return self._until_picture(
            lambda lines: words in lines[0] and lines[-1].startswith("q quit")
        )

    def until_shows(self, words: str) -> list[str]:
        """Look until a picture has some words."""
        return self._until_picture(lambda lines: any(words in line for line in lines))

    def _until_picture(self, condition: Callable[[list[str]], bool]) -> list[str]:
        found: list[str] = []

        def is_there() -> bool:
            found[:] = self.picture
            return condition(found)

        self.until(is_there)
        return found

    def until_reported(self) -> list[str]:
        """Look until the report is there, down to its findings."""
        self.until(lambda: any(line.startswith("Findings") for line in self.lines))
        return self.lines

    def close(self) -> int:
        """Wait for the end of the command, and return its exit code."""
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        os.close(self._ours)
        return code


@contextmanager
def showing(
    folder: Path, width: int = 80, height: int = 24, environment: str = ""
) -> Iterator[Terminal]:
    """Show the showcase to a person; the pipe stays open until the end."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    terminal = Terminal(pipe, width, height, environment)
    with pipe.open("wb", buffering=0) as writer:
        writer.write(SHOWCASE.read_bytes())
        try:
            terminal.until_whole("211 exchanges")
            yield terminal
        finally:
            with suppress(OSError):  # it has ended
                terminal.press("q")
            assert terminal.close() == 0


def test_a_person_sees_the_table(tmp_path: Path) -> None:
    with showing(tmp_path) as terminal:
        lines = terminal.until_whole("211 exchanges")

    assert re.fullmatch(
        r"stdin   \d\d:\d\d:\d\d   \S+ \S+   211 exchanges, 0 in flight", lines[0]
    )
    shown = [line[:_STEADY].rstrip() for line in lines[2:4]]
    expected = [line[:_STEADY].rstrip() for line in _EXPECTED.splitlines()]
    assert shown[0] == expected[0]
    assert shown[1].split()[:5] == expected[1].split()[:5]
    assert lines[12] == "and 2 more patterns"
    assert lines[14].startswith("Last exchanges  pattern ")
    assert lines[20].split()[1:4] == ["square", "199", "39601"]
    assert lines[23] == "q quit  p pause  s sort: rate  / filter  ? help"
    assert _COLOUR.search(terminal.written)


def test_after_the_table_the_report_stands_where_the_command_was_typed(
    tmp_path: Path,
) -> None:
    with showing(tmp_path, height=60) as terminal:
        assert b"\x1b[?1049h" in terminal.written
        terminal.press("q")
        lines = terminal.until_reported()

    assert b"\x1b[?1049l" in terminal.written
    assert any(line.startswith("Packets on the wire") for line in lines)
    assert any("message calls took 2 packets" in line for line in lines)


def test_keys_sort_filter_pause_and_explain(tmp_path: Path) -> None:
    with showing(tmp_path) as terminal:
        terminal.press("s")
        terminal.until_shows("sort: count")
        terminal.press("/squ")
        lines = terminal.until_shows("/ squ█")
        assert [bool(line) for line in lines[3:6]] == [True, False, False]
        terminal.press("\r")
        terminal.until_shows("filter: squ")
        terminal.press("p")
        terminal.until_shows("   paused")
        terminal.press("?")
        assert terminal.until_shows("Keys")[1].startswith("q  end")
        terminal.press("\x1b")
        terminal.until_shows("   paused")


def test_it_survives_being_resized(tmp_path: Path) -> None:
    with showing(tmp_path) as terminal:
        for width, height in ((40, 24), (120, 40), (30, 5), (80, 24)):
            terminal.resize(width, height)
            lines = terminal.until_whole("stdin")
            assert len(lines) == height
        assert terminal.process.poll() is None


def test_a_terminal_of_40_columns_has_what_matters_most(tmp_path: Path) -> None:
    with showing(tmp_path, width=40) as terminal:
        lines = terminal.picture

    assert lines[2].split() == ["pattern", "/s", "errors", "p99", "ms"]
    assert lines[3].split()[:3] == ["square", "20.0", "0"]
    assert all(len(line) <= 40 for line in lines)


def test_without_colour_the_words_are_the_same(tmp_path: Path) -> None:
    with showing(tmp_path, environment="NO_COLOR=1") as terminal:
        lines = terminal.picture

    assert not _COLOUR.search(terminal.written)
    assert lines[3].startswith("square ")


def test_ctrl_c_ends_it_with_the_report(tmp_path: Path) -> None:
    with showing(tmp_path, height=60) as terminal:
        terminal.press("\x03")
        lines = terminal.until_reported()

    assert any(line.startswith("Packets on the wire") for line in lines)


class _Clock:
    """A time that passes when a test says so."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def _table(
    clock: _Clock,
) -> Iterator[tuple[LiveTable, io.StringIO, Callable[[str], None]]]:
    """Give a table on a screen that is kept, and a way to press its keys."""
    person, terminal = pty.openpty()
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=80, height=24)
    table = LiveTable(console, "eth0", 10**9, Keyboard(os.dup(terminal)), clock)

    def press(keys: str) -> None:
        os.write(person, keys.encode())
        assert select.select([terminal], [], [], PATIENCE)[0]

    try:
        yield table, screen, press
    finally:
        table.close()
        os.close(person)
        os.close(terminal)


def _pictures(table: LiveTable, screen: io.StringIO) -> int:
    """Let the table draw if it wants to; return how many pictures there are."""
    assert table.tick(lambda: LiveStatus(0, 0, None, []))
    return screen.getvalue().count("\x1b[H")


def test_a_picture_is_drawn_when_it_is_due_or_a_key_is_pressed() -> None:
    clock = _Clock()
    with _table(clock) as (table, screen, press):
        assert _pictures(table, screen) == 1
        clock.now += 0.4
        assert _pictures(table, screen) == 1
        clock.now += 0.1
        assert _pictures(table, screen) == 2
        press("s")
        assert _pictures(table, screen) == 3


def test_what_is_paused_stays_as_it_is_until_it_goes_on() -> None:
    clock = _Clock()
    with _table(clock) as (table, screen, press):
        press("p")
        assert _pictures(table, screen) == 1
        assert "   paused" in screen.getvalue()
        clock.now += 3_600
        assert _pictures(table, screen) == 1
        press("p")
        assert _pictures(table, screen) == 2
        clock.now += 0.5
        assert _pictures(table, screen) == 3
