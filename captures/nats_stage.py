"""Record what Nest does over NATS, and what takes part in it.

A scenario (``nats_scenarios``) is a function: which servers of NATS run, which
applications of ``applications/nats`` use them, and what those do. Its capture and its
manifest land in ``captures/nats``. The manifest is put together from what each process
wrote when it ended (``applications/nats/ledger.ts``), what a ``RawClient`` counted, and
which servers there were; nothing in it comes from the capture.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias

from .brokers import HOST, NatsServer
from .nats_raw import RawClient
from .processes import (
    HERE,
    NEST,
    await_end,
    capturing,
    check_tcpdump,
    nest_version,
    output_of,
    write_manifest,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FOLDER = HERE / "nats"
LARGE = 100_000  # bytes from which on a capture is kept compressed
LIBRARIES = ("@nats-io/transport-node", "nats")
"""Packages of npm with the client; each Nest loads one of them."""
Step: TypeAlias = "Mapping[str, object]"
"""What a caller does next; see ``applications/nats/steps.ts``."""


@dataclass(frozen=True)
class Scenario:
    """A capture to make.

    Attributes:
        nest: The folder of ``nest/`` it runs on.
        play: What happens.
    """

    name: str
    nest: str
    play: Callable[[NatsStage], None]

    @property
    def description(self) -> str:
        """What happens, by its function's docstring."""
        return " ".join((self.play.__doc__ or "").split())


def record_scenario(scenario: Scenario, node: Path) -> None:
    """Make a capture and its manifest."""
    with TemporaryDirectory() as made:
        stage = NatsStage(node, scenario.nest, Path(made))
        scenario.play(stage)
        data = stage.pcap.read_bytes()
        manifest = stage.manifest(scenario)
    FOLDER.mkdir(exist_ok=True)
    name = f"{scenario.name}.pcap"
    if len(data) > LARGE:
        name, data = f"{name}.gz", gzip.compress(data, mtime=0)
    (FOLDER / name).write_bytes(data)
    write_manifest(FOLDER / f"{scenario.name}.json", manifest)


@dataclass
class NatsStage:
    """Where a scenario is played.

    Attributes:
        node: The Node executable.
        nest: The folder of ``nest/``.
        folder: For the capture and the ledgers.
        secrets: What redaction must remove from the capture.
    """

    node: Path
    nest: str
    folder: Path
    secrets: list[str] = field(default_factory=list)
    _started: str = ""
    _filter: str = ""
    _tcpdump: list[str] = field(default_factory=list)
    _brokers: list[dict[str, object]] = field(default_factory=list)
    _ledgers: list[Path | RawClient] = field(default_factory=list)

    @property
    def pcap(self) -> Path:
        """Where the capture goes."""
        return self.folder / "capture.pcap"

    @contextmanager
    def broker(self, name: str = "broker", **settings: object) -> Iterator[NatsServer]:
        """Let a server of NATS run."""
        with NatsServer(settings) as server:
            self._brokers.append(
                {
                    "name": name,
                    "address": f"{HOST}:{server.port}",
                    "nats_server": server.version(),
                    "settings": settings,
                }
            )
            yield server

    @contextmanager
    def recorded(self, *ports: int) -> Iterator[None]:
        """Record what passes on some ports meanwhile."""
        self._started = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._filter = " or ".join(f"tcp port {port}" for port in ports)
        with capturing(self._filter, self.pcap) as self._tcpdump:
            yield
        check_tcpdump(self._tcpdump)

    @contextmanager
    def service(
        self,
        server: NatsServer,
        role: str = "service",
        program: str = "service",
        **environment: str,
    ) -> Iterator[None]:
        """Let a microservice handle what comes, and see it close by itself."""
        process = self.start(server, role, program, **environment)
        try:
            server.await_subscriptions(role)
            yield
            process.terminate()
            await_end(process, role)
        finally:
            process.kill()

    def caller(
        self,
        server: NatsServer,
        *steps: Step,
        role: str = "caller",
        **environment: str,
    ) -> None:
        """Let a client take some steps, and close its connection."""
        await_end(self.start_caller(server, *steps, role=role, **environment), role)

    def start_caller(
        self,
        server: NatsServer,
        *steps: Step,
        role: str = "caller",
        **environment: str,
    ) -> subprocess.Popen[bytes]:
        """Let a client begin, beside others."""
        words = json.dumps(steps)
        return self.start(server, role, "caller", STEPS=words, **environment)

    @contextmanager
    def raw(self, server: NatsServer, role: str) -> Iterator[RawClient]:
        """Let a client take part that is nothing but a socket."""
        with RawClient(server.port, role) as client:
            self._ledgers.append(client)
            yield client

    def start(
        self, server: NatsServer, role: str, program: str, **environment: str
    ) -> subprocess.Popen[bytes]:
        """Start a program of ``applications/nats``."""
        ledger = self.folder / f"{role}.json"
        self._ledgers.append(ledger)
        build = NEST / self.nest / "build" / "nats"
        main, counting = build / program / "main.js", build / "counting.js"
        told = {
            "NO_COLOR": "1",
            "BROKER": f"{HOST}:{server.port}",
            "ROLE": role,
            "PROGRAM": program,
            "TALLY": str(ledger),
        }
        return subprocess.Popen(
            [self.node, "--require", counting, main],
            env=os.environ | told | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # Nest logs the errors that are provoked
        )

    def manifest(self, scenario: Scenario) -> dict[str, object]:
        """Return what the applications counted, and what they ran on."""
        return {
            "name": scenario.name,
            "description": scenario.description,
            "started": self._started,
            "nest_version": nest_version(self.nest),
            "node": output_of(self.node, "--version"),
            "client_library": library_version(self.nest),
            "filter": self._filter,
            "brokers": self._brokers,
            "applications": [_ledger(each) for each in self._ledgers],
            "secrets": self.secrets,
            "tcpdump": self._tcpdump,
        }


def library_version(nest: str) -> str:
    """Return the name and version of the client that a folder of ``nest/`` has."""
    for library in LIBRARIES:
        package = NEST / nest / "node_modules" / library / "package.json"
        if package.exists():
            return f"{library} {json.loads(package.read_bytes())['version']}"
    raise FileNotFoundError(f"no client of NATS: npm ci --prefix nest/{nest}")


def _ledger(source: Path | RawClient) -> dict[str, Any]:
    if isinstance(source, RawClient):
        return source.ledger()
    ledger: dict[str, Any] = json.loads(source.read_bytes())
    return ledger
