"""A command that asks, at a terminal of its own."""

from __future__ import annotations

import os
import pty
import select
import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tests.inspector.command import PROGRAM
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INTERRUPT, END = "\x03", "\x04"
_AGAIN = 0.5  # seconds


class Asked:
    """A command at a terminal of its own.

    Attributes:
        process: The command.
        shown: What the terminal was given.
    """

    def __init__(self, ours: int, process: subprocess.Popen[bytes]) -> None:
        self._ours = ours
        self.process = process
        self.shown = ""

    def answer(self, question: str, keys: str) -> None:
        """Type keys once a question is asked."""
        self._read(question)
        self.shown = ""
        os.write(self._ours, keys.encode())

    def interrupt(self, question: str) -> None:
        """Type Ctrl-C once a question is asked, until the command has ended.

        A signal just before Python waits for a line is seen after the next key alone.
        """
        self.answer(question, INTERRUPT)
        while self.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(_AGAIN)
                return
            os.write(self._ours, INTERRUPT.encode())

    def ended(self) -> tuple[int, str]:
        """Return the exit code, and what was shown since the last answer."""
        self._read(None)
        return self.process.wait(PATIENCE), self.shown

    def _read(self, question: str | None) -> None:
        while question is None or not self.shown.rstrip().endswith(question):
            assert select.select([self._ours], [], [], PATIENCE)[0], self.shown
            try:
                piece = os.read(self._ours, 65_536)
            except OSError:  # Linux says so that the other end is closed
                assert question is None, self.shown
                return
            self.shown += piece.decode().replace("\r\n", "\n")


@contextmanager
def asked(
    folder: Path, *arguments: str, program: str = PROGRAM.name
) -> Iterator[Asked]:
    """Run a command in a folder, at a terminal that it is interrupted from."""
    ours, its = pty.openpty()
    environment = os.environ | {"TERM": "dumb", "SHELL": "/usr/bin/fish"}
    process = subprocess.Popen(
        ["setsid", "--ctty", PROGRAM.parent / program, *arguments],  # noqa: S607
        stdin=its,
        stdout=its,
        stderr=its,
        cwd=folder,
        env=environment,
    )
    os.close(its)
    try:
        yield Asked(ours, process)
    finally:
        process.kill()
        process.wait(PATIENCE)
        os.close(ours)
