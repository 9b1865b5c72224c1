"""Runs of ``live`` and ``proxy`` that go on until they are told to end."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import threading
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from tests.inspector.command import PROGRAM, ROOT
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_EXCHANGE = b'{"type":"exchange"'
_PORT = re.compile(r"(\d+) →")


class Watched:
    """A command that watches; what it writes is read while it goes on.

    Attributes:
        exchange_count: JSON lines of exchanges so far.
    """

    def __init__(self, *arguments: str | Path, stdin: IO[bytes] | int | None) -> None:
        self._changed = threading.Condition()
        self.exchange_count = 0
        self._out: list[bytes] = []
        self._err: list[bytes] = []
        self.process = subprocess.Popen(
            [PROGRAM, *map(str, arguments)],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
        )
        streams = (self.process.stdout, self._out), (self.process.stderr, self._err)
        self._readers = [
            threading.Thread(target=self._read, args=each, daemon=True)
            for each in streams
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: IO[bytes], lines: list[bytes]) -> None:
        for line in stream:
            with self._changed:
                lines.append(line)
                self.exchange_count += line.startswith(_EXCHANGE)
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    @property
    def out(self) -> str:
        """What it has written so far."""
        return b"".join(self._out).decode()

    @property
    def err(self) -> str:
        """What it has said so far."""
        return b"".join(self._err).decode()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines so far."""
        return [json.loads(line) for line in list(self._out)]

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """Return the JSON lines of one type."""
        return [line for line in self.lines if line["type"] == kind]

    def waiting_for(self, route: str) -> list[dict[str, Any]]:
        """Return the lines of calls of one route that wait.

        Beside other work any call may take so long that it is told of.
        """
        return [line for line in self.of_type("waiting") if line["route"] == route]

    @property
    def exchanges(self) -> list[dict[str, Any]]:
        """The exchanges so far."""
        return self.of_type("exchange")

    @property
    def summary(self) -> dict[str, Any]:
        """The last line."""
        return self.lines[-1]

    @property
    def ports(self) -> list[int]:
        """Where a proxy listens."""
        return [int(port) for port in _PORT.findall(self.err)]

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so; fail if it takes too long."""
        with self._changed:
            happened = self._changed.wait_for(condition, PATIENCE)
        assert happened, f"it never came:\n{self.out[-2000:]}\n{self.err}"

    def interrupt(self) -> int:
        """End it as Ctrl-C does, and return its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.wait()

    def wait(self) -> int:
        """Wait for its end, and return its exit code."""
        code = self.process.wait(timeout=PATIENCE)
        for reader in self._readers:
            reader.join(timeout=PATIENCE)
        return code


@contextmanager
def watched(
    *arguments: str | Path,
    stdin: IO[bytes] | int | None = subprocess.DEVNULL,
    says: str = "listening",
) -> Iterator[Watched]:
    """Run a command that watches, from the moment that it says that it does."""
    command = Watched(*arguments, stdin=stdin)
    try:
        command.until(lambda: says in command.err or command.process.poll() is not None)
        yield command
    finally:
        command.process.kill()
        command.wait()
        for stream in (command.process.stdout, command.process.stderr):
            assert stream is not None
            stream.close()
