"""Record what gateways of Nest and their clients say: no broker is between them.

A scenario (``gateway_scenarios``) is a function: which gateway runs, of
``applications/ws`` or ``applications/socketio``, and what its clients do. Its capture
and its manifest land in ``captures/ws`` or ``captures/socketio``. The manifest is put
together from what each process wrote when it ended; nothing in it comes from the
capture. See ``applications/gateways/ledger.ts``.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from .broker_stage import library_version
from .brokers import HOST
from .processes import (
    NEST,
    await_end,
    await_truth,
    capturing,
    check_tcpdump,
    listening_ports,
    nest_version,
    output_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .broker_stage import Scenario, Step


Sent: TypeAlias = tuple[str, object]
"""An event: its name and its data."""
_EVENT = re.compile(rb'\x81[\x00-\x7d](\{"event":[^\x80-\x8f]*\})')


@dataclass
class GatewayStage:
    """Where a scenario is played.

    Attributes:
        carrier: Its applications, in ``applications/``, and its captures are there.
        library: The package of npm with its client.
        node: The Node executable.
        nest: The folder of ``nest/``.
        folder: For the capture and the ledgers.
        secrets: What redaction must remove from the capture.
    """

    carrier: ClassVar[str]
    library: ClassVar[str]
    node: Path
    nest: str
    folder: Path
    secrets: list[str] = field(default_factory=list)
    port: int = 0
    _started: str = ""
    _filter: str = ""
    _tcpdump: list[str] = field(default_factory=list)
    _ledgers: list[Path | dict[str, Any]] = field(default_factory=list)

    @property
    def pcap(self) -> Path:
        """Where the capture goes."""
        return self.folder / "capture.pcap"

    @contextmanager
    def gateway(self, **environment: str) -> Iterator[None]:
        """Let a gateway run on a free port, and record what passes there."""
        self.port = free_port()
        self._started = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._filter = f"tcp port {self.port}"
        with capturing(self._filter, self.pcap) as self._tcpdump:
            process = self.start("gateway", "gateway", **environment)
            try:
                await_truth(lambda: self.port in listening_ports(), "gateway")
                yield
                process.terminate()
                await_end(process, "gateway")
            finally:
                process.kill()
                process.wait()
        check_tcpdump(self._tcpdump)

    def clients(self, *steps: Step, role: str = "client", **environment: str) -> None:
        """Let a process of clients take some steps, and close its connections."""
        await_end(self.start_clients(*steps, role=role, **environment), role)

    def start_clients(
        self, *steps: Step, role: str = "client", **environment: str
    ) -> subprocess.Popen[bytes]:
        """Let a process of clients begin, beside others."""
        words = json.dumps(steps)
        return self.start(role, "client", STEPS=words, **environment)

    def raw(
        self,
        *pieces: bytes,
        sent: tuple[Sent, ...] = (),
        wait: float = 0.3,
    ) -> None:
        """Send bytes on a connection of their own, and take what comes back.

        Args:
            pieces: What is sent, each piece once nothing more comes.
            sent: The events in them, for the manifest.
            wait: How long nothing has to come, in seconds.
        """
        got = b""
        with socket.create_connection((HOST, self.port), timeout=wait) as link:
            for piece in pieces:
                link.sendall(piece)
                got += _heard(link)
        calls = [
            {"event": event, "data": data, "asked": False, "end": "sent"}
            for event, data in sent
        ]
        client = {"namespace": "/", "calls": calls, "received": _events_in(got)}
        self._ledgers.append({"role": "raw", "clients": [client], "handled": []})

    def start(
        self, role: str, program: str, **environment: str
    ) -> subprocess.Popen[bytes]:
        """Start a program of the carrier's applications."""
        ledger = self.folder / f"{role}.json"
        self._ledgers.append(ledger)
        main = NEST / self.nest / "build" / self.carrier / program / "main.js"
        told = {
            "NO_COLOR": "1",
            "PORT": str(self.port),
            "ROLE": role,
            "PROGRAM": program,
            "TALLY": str(ledger),
        }
        return subprocess.Popen(
            [self.node, main],
            env=os.environ | told | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # Nest logs the errors that are provoked
        )

    def manifest(self, scenario: Scenario[Any]) -> dict[str, object]:
        """Return what the applications counted, and what they ran on."""
        return {
            "name": scenario.name,
            "description": scenario.description,
            "started": self._started,
            "nest_version": nest_version(self.nest),
            "node": output_of(self.node, "--version"),
            "client_library": library_version(self.nest, (self.library,)),
            "filter": self._filter,
            "port": self.port,
            "applications": [_ledger(each) for each in self._ledgers],
            "secrets": self.secrets,
            "tcpdump": self._tcpdump,
        }


class WsStage(GatewayStage):
    """A stage with Nest's adapter for ``ws``."""

    carrier = "ws"
    library = "ws"


class SocketIoStage(GatewayStage):
    """A stage with Nest's adapter for Socket.IO."""

    carrier = "socketio"
    library = "socket.io-client"


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server((HOST, 0)) as taken:
        return int(taken.getsockname()[1])


def _heard(link: socket.socket) -> bytes:
    """Return what comes until nothing has for a while."""
    got = b""
    try:
        while more := link.recv(1 << 16):
            got += more
    except TimeoutError:
        pass
    return got


def _events_in(got: bytes) -> list[dict[str, object]]:
    """Return the events in what a gateway over ``ws`` sent, if they are short."""
    return list(map(json.loads, _EVENT.findall(got)))


def _ledger(source: Path | dict[str, Any]) -> dict[str, Any]:
    if not isinstance(source, Path):
        return source
    ledger: dict[str, Any] = json.loads(source.read_bytes())
    return ledger
