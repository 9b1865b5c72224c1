"""A service in a process of its own, and the command at a terminal of its own."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pyte

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_SERVICE = """
import asyncio, itertools, logging
from servers import Service
logging.basicConfig(level="INFO", format="%(message)s")
service = Service()
numbers = itertools.count(1)
service.message("sum")(lambda data: sum(data))
service.message("next")(lambda: next(numbers))
service.message("echo")(lambda data: data)
asyncio.run(service.serve("127.0.0.1", 0, grace=0))
"""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Let a service run in a process of its own; give its address."""
    program = folder / "service.py"
    program.write_text(_SERVICE, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, program], stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            assert process.stderr is not None
            yield process.stderr.readline().split()[2]  # after "listening on"
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


class Terminal:
    """The command at a terminal of its own.

    Attributes:
        process: The command.
    """

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
            [sys.executable, "-m", "servers.cli", *arguments],
            stdin=its,
            stdout=its,
            stderr=its,
            env=environment,
            start_new_session=True,
        )
        os.close(its)

    def type(self, keys: str) -> None:
        """Type keys."""
        os.write(self._ours, keys.encode())

    def until(self, awaited: Callable[[list[str]], object]) -> None:
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
        """The lines that are not empty."""
        return [line.rstrip() for line in self._screen.display if line.strip()]

    def close(self) -> None:
        """End the command, if it has not ended."""
        self.process.kill()
        self.process.wait(PATIENCE)
        os.close(self._ours)
