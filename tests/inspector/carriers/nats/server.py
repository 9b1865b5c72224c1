"""A nats-server of its own on a port of the loopback, and connections to it."""

from __future__ import annotations

import json
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from inspector.carriers.testing import Turn
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

GREETING = b'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n'
_PAUSE = 0.01  # seconds


@contextmanager
def nats_server() -> Iterator[int]:
    """Run a server, and give its port."""
    with tempfile.TemporaryDirectory() as folder, _run(folder) as process:
        try:
            yield _port(Path(folder), process)
        finally:
            process.terminate()


def _run(folder: str) -> subprocess.Popen[bytes]:
    """Start it on any port that is free; it writes down in a folder which one."""
    program = which("nats-server")
    assert program, "nats-server is not installed; see tests/tools.sh"
    return subprocess.Popen(
        [program, "-a", "127.0.0.1", "-p", "-1", "--ports_file_dir", folder],
        stderr=subprocess.DEVNULL,
    )


def _port(folder: Path, process: subprocess.Popen[bytes]) -> int:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        for file in folder.glob("*.ports"):
            try:
                (place,) = json.loads(file.read_text(encoding="utf-8"))["nats"]
            except ValueError:  # it is being written
                continue
            return int(place.rpartition(":")[2])
        time.sleep(_PAUSE)
    raise AssertionError("nats-server did not start")


class Peer:
    """A connection to a server that remembers what both sides say.

    Args:
        port: The server's.
        greeting: What is said first.
    """

    def __init__(self, port: int, greeting: bytes = GREETING) -> None:
        self.turns: list[Turn] = []
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.receive_until(b"\r\n")
        self.say(greeting)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def say(self, data: bytes) -> None:
        """Send some bytes."""
        self._socket.sendall(data)
        self.turns.append(Turn(1, data))

    def receive_until(self, end: bytes) -> bytes:
        """Return what comes, until it ends so, or the server closes."""
        received = b""
        while not received.endswith(end):
            try:
                data = self._socket.recv(1 << 16)
            except ConnectionError:
                data = b""
            if not data:
                break
            self.turns.append(Turn(0, data))
            received += data
        return received

    def ask(self, data: bytes) -> bytes:
        """Send some bytes, and return all that the server says to them."""
        self.say(data + b"PING\r\n")
        return self.receive_until(b"PONG\r\n")
