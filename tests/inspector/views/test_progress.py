from __future__ import annotations

import io
import os
from threading import Event, Thread
from typing import TYPE_CHECKING

from rich.console import Console

from inspector.views.progress import ProgressBar
from tests.inspector.captures import SEED
from tests.inspector.test_terminal import plain, show
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path


_PIECE = 20  # bytes that are written to a pipe at a time


def _console(*, terminal: bool) -> tuple[Console, io.StringIO]:
    shown = io.StringIO()
    return Console(file=shown, force_terminal=terminal, width=60), shown


class _Clock:
    """A time that passes when a test says so."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_what_takes_no_longer_than_a_second_shows_nothing() -> None:
    console, shown = _console(terminal=True)
    clock = _Clock()
    with ProgressBar(console, 100, clock) as bar:
        for done in range(100):
            bar.update(done)
            clock.now += 0.01

    assert shown.getvalue() == ""


def test_what_takes_long_shows_how_far_it_is_and_goes_away() -> None:
    console, shown = _console(terminal=True)
    clock = _Clock()
    with ProgressBar(console, 2_000_000, clock) as bar:
        clock.now += 1
        bar.update(1_000_000)
        during = shown.getvalue()
        clock.now += 0.05  # no person sees so many pictures
        bar.update(1_500_000)
        assert shown.getvalue() == during
        clock.now += 0.06
        bar.update(1_700_000)
        assert "1.7/2.0 MB" in shown.getvalue()

    assert "1.0/2.0 MB" in during
    assert shown.getvalue().endswith("\x1b[2K")


def test_what_is_no_terminal_shows_nothing() -> None:
    console, shown = _console(terminal=False)
    clock = _Clock()
    with ProgressBar(console, 100, clock) as bar:
        clock.now += 1
        bar.update(50)

    assert shown.getvalue() == ""


def test_the_command_shows_a_bar_while_a_pipe_is_slow(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    capture = SEED.read_bytes()
    bar = Event()

    def feed() -> None:
        """Write a little at a time, until the bar is there."""
        with pipe.open("wb", buffering=0) as file:
            for start in range(0, len(capture), _PIECE):
                file.write(capture[start : start + _PIECE])
                bar.wait(0.1)

    def look(shown: bytes) -> None:
        if "━" in shown.decode(errors="replace"):
            bar.set()

    feeder = Thread(target=feed)
    feeder.start()
    slow = show(pipe, width=80, seen=look)
    feeder.join(timeout=PATIENCE)
    quick = show(SEED, width=80)

    assert bar.is_set()
    assert "━" not in quick
    # Once the bar is gone the report stands there as ever, but for the name.
    assert plain(slow)[-len(plain(quick)) + 1 : -1] == plain(quick)[1:-1]
