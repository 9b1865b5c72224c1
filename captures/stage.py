"""What takes part in the captures of cases: Nest, HAProxy, Redis, and bare sockets.

Each is started for the length of a ``with`` block, listens on the loopback interface
before that begins, and is gone after it. What has ended is never waited for by the
clock, but by what it was to do.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from .processes import (
    PATIENCE,
    RecordingError,
    await_end,
    await_truth,
    capturing,
    check_tcpdump,
    listening_ports,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

HOST = "127.0.0.1"
FIRST, SECOND, THIRD, FRONT = 42_410, 42_411, 42_413, 42_412
"""Ports: of services, and of what stands before them."""
SNAP_LENGTH = 8_192  # bytes, more than any packet of a case has
Step: TypeAlias = "Mapping[str, object]"
"""What a client does next; see ``applications/cases/client``."""


SUM: Step = {"send": "sum", "data": [1, 2, 3]}
ONE = {"pattern": "sum", "data": [1], "id": "1"}
PLAYS: dict[str, Callable[[Stage], None]] = {}
"""Name → who plays it."""


def case(play: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """Register a case by the name of its function."""
    PLAYS[play.__name__.rstrip("_").replace("_", "-")] = play
    return play


@dataclass(frozen=True)
class Stage:
    """Where a case is played.

    Attributes:
        node: The Node executable.
        build: Where the compiled applications lie.
        folder: For the files of whoever takes part.
        pcap: Where the capture goes.
    """

    node: Path
    build: Path
    folder: Path
    pcap: Path

    @contextmanager
    def recorded(
        self, *ports: int, packets: str = "", snap_length: int = SNAP_LENGTH
    ) -> Iterator[None]:
        """Record what passes on some ports meanwhile, or what a filter chooses."""
        packets = packets or " or ".join(f"tcp port {port}" for port in ports)
        with capturing(packets, self.pcap, snap_length) as closing_lines:
            yield
        check_tcpdump(closing_lines)

    @contextmanager
    def service(
        self, port: int, *, ends_with: int = 0, **environment: str
    ) -> Iterator[None]:
        """Let a microservice listen on a port."""
        process = self._nest("service", port, environment)
        with _listening(process, port, "service", ends_with=ends_with):
            yield

    def client(self, port: int, *steps: Step, **environment: str) -> None:
        """Let a client of Nest take some steps, and close its connection."""
        await_end(self.started_client(port, *steps, **environment), "client")

    def started_client(
        self, port: int, *steps: Step, **environment: str
    ) -> subprocess.Popen[bytes]:
        """Let a client of Nest begin, beside others."""
        return self._nest("client", port, environment | {"STEPS": json.dumps(steps)})

    def _nest(
        self, program: str, port: int, environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [self.node, self.build / "cases" / program / "main.js"],
            env=os.environ | {"NO_COLOR": "1", "PORT": str(port)} | dict(environment),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # many cases are about errors
        )

    @contextmanager
    def haproxy(self, port: int, *servers: int, options: str = "") -> Iterator[None]:
        """Let HAProxy take turns between servers, without any check of them."""
        lines = [
            "defaults",
            *(f"timeout {each} 30s" for each in ("connect", "client", "server")),
            "listen front",
            f"bind {HOST}:{port}",
            "balance roundrobin",
            *(f"server s{each} {HOST}:{each} {options}" for each in servers),
        ]
        config = self.folder / "haproxy.cfg"
        config.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
        process = subprocess.Popen(["haproxy", "-db", "-q", "-f", config])
        with _listening(process, port, "haproxy", ends_with=128 + signal.SIGTERM):
            yield

    @contextmanager
    def redis(self, port: int) -> Iterator[None]:
        """Let a Redis server listen that keeps nothing."""
        command = ["redis-server", "--port", str(port), "--bind", HOST, "--save", ""]
        process = subprocess.Popen(
            [*command, "--dir", str(self.folder)], stdout=subprocess.DEVNULL
        )
        with _listening(process, port, "redis-server"):
            yield


@contextmanager
def _listening(
    process: subprocess.Popen[bytes], port: int, name: str, *, ends_with: int = 0
) -> Iterator[None]:
    """Wait until a program listens, and see it end when it is told to."""
    try:
        await_truth(lambda: port in listening_ports(), name)
        yield
        process.terminate()
        if process.wait(PATIENCE) not in {0, ends_with, -signal.SIGTERM}:
            raise RecordingError(f"{name} ended with {process.returncode}")
    finally:
        process.kill()


@contextmanager
def serving(port: int, serve: Callable[[socket.socket], None]) -> Iterator[None]:
    """Let a function serve the one connection that is made to a port."""
    with socket.create_server((HOST, port)) as listener:

        def accept() -> None:
            connection, _ = listener.accept()
            with connection:
                serve(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        yield
        thread.join(PATIENCE)


def connected(port: int) -> socket.socket:
    """Return a connection to a port that sends each write in a packet of its own."""
    connection = socket.create_connection((HOST, port), timeout=PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def send(port: int, *writes: bytes, replies: int = 0) -> None:
    """Write to a port, and close when it has closed or replied often enough.

    Args:
        port: Where somebody listens.
        writes: Each goes out in a packet of its own.
        replies: Frames of Nest's to wait for; 0 to wait for the end.
    """
    with connected(port) as connection:
        for data in writes:
            connection.sendall(data)
        received = b""
        while not replies or received.count(b"#{") < replies:
            data = connection.recv(65_536)
            if not data:
                return
            received += data


def drain(connection: socket.socket) -> None:
    """Read until the other side has closed."""
    while connection.recv(65_536):
        pass


def framed(*bodies: object) -> bytes:
    """Return frames of ASCII texts, or of values as JSON."""
    texts = [each if isinstance(each, str) else json.dumps(each) for each in bodies]
    return b"".join(f"{len(text)}#{text}".encode() for text in texts)


def exchange(connection: socket.socket, commands: Sequence[bytes]) -> None:
    """Send commands one after another, each after the reply to the one before."""
    for command in commands:
        connection.sendall(command)
        if not connection.recv(65_536):
            raise RecordingError("the connection was closed")
