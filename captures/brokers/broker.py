"""What brokers have in common: how one starts, ends, and is waited for."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from captures.processes import listening_ports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds for a broker to start or to end
SYSTEM = "/usr/sbin"
"""Where Debian puts programs of servers, which not every PATH has."""
Settings: TypeAlias = "Mapping[str, object]"


class BrokerError(Exception):
    """A broker is not installed, or does not start, end or do as it was to."""


class Broker(ABC):
    """A broker that runs as long as its ``with`` block.

    Args:
        settings: More of its configuration, by the names of its configuration file.

    Attributes:
        port: Where clients connect; the same after a restart.
        folder: Its own, where its data, its configuration and its log are.

    Raises:
        BrokerError: It is not installed, or does not start (on entering the block).
    """

    program: ClassVar[str]
    """The command that runs it, which is how it is called."""
    scheme: ClassVar[str]
    """What the addresses of its clients begin with."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = dict(settings or {})
        self.port = -1
        self._stack = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.folder = Path(self._stack.enter_context(TemporaryDirectory()))
        self._stack.callback(self.stop)
        try:
            self.start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        """Where clients connect, as they are given it."""
        return f"{self.scheme}://{HOST}:{self.port}"

    @property
    def process_id(self) -> int:
        """The number of its process.

        Raises:
            BrokerError: It does not run.
        """
        if self._process is None:
            raise BrokerError(f"{self.program} does not run")
        return self._process.pid

    @abstractmethod
    def start(self) -> None:
        """Start it, on the ports that it had before.

        Raises:
            BrokerError: It ended at once; the error has what it said.
        """

    @abstractmethod
    def version(self) -> str:
        """Return its version, by its own word."""

    @abstractmethod
    def await_subscriptions(self, name: str) -> None:
        """Return when a client of that name has subscribed to all it will.

        Raises:
            BrokerError: It never did.
        """

    def stop(self) -> None:
        """End it as its own users do; it is not an error if it has ended."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE)
            finally:
                self._process.kill()
                self._process = None

    def restart(self) -> None:
        """End it and start it again; its clients find it where it was."""
        self.stop()
        self.start()

    def kill(self) -> None:
        """End it at once, without a word to its clients."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def log(self) -> str:
        """Return what it said since it started."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def await_truth(self, condition: Callable[[], bool], what: str) -> None:
        """Return when a condition holds, which says what the broker is to do.

        Raises:
            BrokerError: It never did, or the broker has ended.
        """
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if self._process is None or self._process.poll() is not None:
                raise BrokerError(f"{self.program} has ended\n{self.log()}".strip())
            if time.monotonic() > deadline:
                raise BrokerError(f"{self.program} does not {what}")
            time.sleep(0.05)

    def await_settled(self, asked: Callable[[], Sequence[str]], what: str) -> None:
        """Return when what is asked for is something, and the same as a moment ago.

        Raises:
            BrokerError: It never was.
        """
        before: Sequence[str] = ()

        def settled() -> bool:
            nonlocal before
            now = asked()
            same, before = bool(now) and now == before, now
            return same

        self.await_truth(settled, what)

    def run(
        self, *words: str | Path, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start its program with some words, its output to the log."""
        with (self.folder / "log").open("wb") as said:
            self._process = subprocess.Popen(
                [find(self.program), *words],
                cwd=self.folder,
                env=os.environ | (environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        return self._process

    def await_port(self, *ports: int) -> None:
        """Return when somebody listens on all of these ports, by the kernel's word.

        Raises:
            BrokerError: Nobody does, or the broker has ended.
        """
        self.await_truth(lambda: listening_ports().issuperset(ports), "start")


def find(program: str) -> str:
    """Return the path of a program.

    Raises:
        BrokerError: It is not installed.
    """
    found = shutil.which(program, path=f"{os.environ['PATH']}:{SYSTEM}")
    if found is None:
        raise BrokerError(f"there is no {program}: run tests/tools.sh")
    return found


def free_port() -> int:
    """Return a port on which nobody listens.

    For a broker that cannot choose one itself. The kernel does not give it to another
    soon: it goes through its range before it comes back.
    """
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port
