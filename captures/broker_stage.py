"""Record what Nest does over a broker, and what takes part in it.

A scenario (``nats_scenarios`` has those of NATS) is a function: which brokers run,
which applications of ``applications/CARRIER`` use them, and what those do. Its capture
and its manifest land in ``captures/CARRIER``. The manifest is put together from what
each process wrote when it ended (``applications/brokers/ledger.ts``), what a raw client
counted, and which brokers there were; nothing in it comes from the capture.
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
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeAlias, TypeVar

from .brokers import HOST, Broker
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

    from .raw_socket import RawSocket

LARGE = 100_000  # bytes from which on a capture is kept compressed
Step: TypeAlias = "Mapping[str, object]"
"""What a caller does next; see ``applications/brokers/steps.ts``."""
B = TypeVar("B", bound=Broker)
R = TypeVar("R", bound="RawSocket")
S = TypeVar("S", bound="BrokerStage[Any]")


@dataclass(frozen=True)
class Scenario(Generic[S]):
    """A capture to make.

    Attributes:
        nest: The folder of ``nest/`` it runs on.
        play: What happens.
        stage: Where.
    """

    name: str
    nest: str
    play: Callable[[S], None]
    stage: type[S]

    @property
    def description(self) -> str:
        """What happens, by its function's docstring."""
        return " ".join((self.play.__doc__ or "").split())


class Scenarios(dict[str, Scenario[S]], Generic[S]):
    """Name of the capture → what is recorded, on one kind of stage."""

    def __init__(self, stage: type[S]) -> None:
        super().__init__()
        self._stage = stage

    def on(self, *nests: str) -> Callable[[Callable[[S], None]], Callable[[S], None]]:
        """Register a scenario, by the name of its function, for some Nests."""

        def register(play: Callable[[S], None]) -> Callable[[S], None]:
            for nest in nests:
                words = play.__name__.rstrip("_").replace("_", "-")
                name = f"{words}-nest{nest.removeprefix('v')}"
                self[name] = Scenario(name, nest, play, self._stage)
            return play

        return register


def record_scenario(scenario: Scenario[S], node: Path) -> None:
    """Make a capture and its manifest."""
    with TemporaryDirectory() as made:
        stage = scenario.stage(node, scenario.nest, Path(made))
        scenario.play(stage)
        data = stage.pcap.read_bytes()
        manifest = stage.manifest(scenario)
    folder = HERE / stage.carrier
    folder.mkdir(exist_ok=True)
    name = f"{scenario.name}.pcap"
    if len(data) > LARGE:
        name, data = f"{name}.gz", gzip.compress(data, mtime=0)
    (folder / name).write_bytes(data)
    write_manifest(folder / f"{scenario.name}.json", manifest)


@dataclass
class BrokerStage(Generic[B]):
    """Where a scenario is played.

    Attributes:
        carrier: Its applications, in ``applications/``, and its captures are there.
        libraries: Packages of npm with the client; each Nest loads one of them.
        node: The Node executable.
        nest: The folder of ``nest/``.
        folder: For the capture and the ledgers.
        secrets: What redaction must remove from the capture.
    """

    carrier: ClassVar[str]
    libraries: ClassVar[tuple[str, ...]]
    node: Path
    nest: str
    folder: Path
    secrets: list[str] = field(default_factory=list)
    _started: str = ""
    _filter: str = ""
    _tcpdump: list[str] = field(default_factory=list)
    _brokers: list[dict[str, object]] = field(default_factory=list)
    _ledgers: list[Path | RawSocket] = field(default_factory=list)

    @property
    def pcap(self) -> Path:
        """Where the capture goes."""
        return self.folder / "capture.pcap"

    @contextmanager
    def broker(self, name: str = "broker", **settings: object) -> Iterator[B]:
        """Let a broker run.

        Args:
            name: What it is called in the manifest.
            settings: By the names of its configuration.
        """
        with self.new_broker(settings) as server:
            self._brokers.append(
                {
                    "name": name,
                    "address": f"{HOST}:{server.port}",
                    Path(server.program).name.replace("-", "_"): server.version(),
                    "settings": settings,
                }
            )
            yield server

    def new_broker(self, settings: Mapping[str, object]) -> B:
        """Return a broker that is not started yet."""
        raise NotImplementedError

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
        server: B,
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
            process.wait()

    def caller(
        self,
        server: B,
        *steps: Step,
        role: str = "caller",
        **environment: str,
    ) -> None:
        """Let a client take some steps, and close its connection."""
        await_end(self.start_caller(server, *steps, role=role, **environment), role)

    def start_caller(
        self,
        server: B,
        *steps: Step,
        role: str = "caller",
        **environment: str,
    ) -> subprocess.Popen[bytes]:
        """Let a client begin, beside others."""
        words = json.dumps(steps)
        return self.start(server, role, "caller", STEPS=words, **environment)

    @contextmanager
    def raw(self, client: R) -> Iterator[R]:
        """Let a client take part that is nothing but a socket."""
        with client:
            self._ledgers.append(client)
            yield client

    def start(
        self, server: B, role: str, program: str, **environment: str
    ) -> subprocess.Popen[bytes]:
        """Start a program of the carrier's applications."""
        ledger = self.folder / f"{role}.json"
        self._ledgers.append(ledger)
        build = NEST / self.nest / "build" / self.carrier
        main, counting = build / program / "main.js", build / "counting.js"
        told = {
            "NO_COLOR": "1",
            "BROKER": self.address_of(server),
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

    def address_of(self, server: B) -> str:
        """Return where the applications find a broker."""
        return f"{HOST}:{server.port}"

    def manifest(self, scenario: Scenario[Any]) -> dict[str, object]:
        """Return what the applications counted, and what they ran on."""
        return {
            "name": scenario.name,
            "description": scenario.description,
            "started": self._started,
            "nest_version": nest_version(self.nest),
            "node": output_of(self.node, "--version"),
            "client_library": library_version(self.nest, self.libraries),
            "filter": self._filter,
            "brokers": self._brokers,
            "applications": [_ledger(each) for each in self._ledgers],
            "secrets": self.secrets,
            "tcpdump": self._tcpdump,
        }


def library_version(nest: str, libraries: tuple[str, ...]) -> str:
    """Return the name and version of the client that a folder of ``nest/`` has."""
    for library in libraries:
        package = NEST / nest / "node_modules" / library / "package.json"
        if package.exists():
            return f"{library} {json.loads(package.read_bytes())['version']}"
    raise FileNotFoundError(f"no {libraries[0]}: npm ci --prefix nest/{nest}")


def _ledger(source: Path | RawSocket) -> dict[str, Any]:
    if not isinstance(source, Path):
        return source.ledger()
    ledger: dict[str, Any] = json.loads(source.read_bytes())
    return ledger
