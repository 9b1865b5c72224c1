"""Record what services of Nest and their clients say over gRPC.

A scenario (``grpc_scenarios``) is a function: what the callers of
``applications/grpc`` ask of its service. The manifest is put together from what each
process wrote when it ended; nothing in it comes from the capture. See
``applications/grpc/ledger.ts``.
"""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 — a dataclass reads its annotations
from typing import TYPE_CHECKING, Any, ClassVar

from .broker_stage import library_version
from .gateway_stage import free_port
from .processes import (
    HERE,
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

PROTO = HERE / "applications" / "grpc" / "calculator.proto"
"""What the service offers."""
_BEGUN = 5_000  # bytes of a capture in which the first calls are answered


@dataclass
class GrpcStage:
    """Where a scenario is played.

    Attributes:
        carrier: Its applications, in ``applications/``, and its captures are there.
        node: The Node executable.
        nest: The folder of ``nest/``.
        folder: For the capture and the ledgers.
        secrets: What redaction must remove from the capture.
    """

    carrier: ClassVar[str] = "grpc"
    node: Path
    nest: str
    folder: Path
    secrets: list[str] = field(default_factory=list)
    port: int = 0
    _started: str = ""
    _filter: str = ""
    _tcpdump: list[str] = field(default_factory=list)
    _ledgers: list[Path] = field(default_factory=list)

    @property
    def pcap(self) -> Path:
        """Where the capture goes."""
        return self.folder / "capture.pcap"

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Record what passes on a free port meanwhile."""
        self.port = free_port()
        self._started = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._filter = f"tcp port {self.port}"
        with capturing(self._filter, self.pcap) as self._tcpdump:
            yield
        check_tcpdump(self._tcpdump)

    @contextmanager
    def service(self, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """Let a service listen, and see it close by itself."""
        process = self.start("service", "service", **environment)
        try:
            await_truth(lambda: self.port in listening_ports(), "service")
            yield process
            process.terminate()
            await_end(process, "service")
        finally:
            process.kill()
            process.wait()

    def caller(self, *steps: Step, role: str = "caller", **environment: str) -> None:
        """Let a client make some calls, and close its connection."""
        await_end(self.start_caller(*steps, role=role, **environment), role)

    def start_caller(
        self, *steps: Step, role: str = "caller", **environment: str
    ) -> subprocess.Popen[bytes]:
        """Let a client begin, beside others."""
        return self.start(role, "caller", STEPS=json.dumps(steps), **environment)

    def start(
        self, role: str, program: str, **environment: str
    ) -> subprocess.Popen[bytes]:
        """Start a program of the applications."""
        ledger = self.folder / f"{role}.json"
        self._ledgers.append(ledger)
        main = NEST / self.nest / "build" / self.carrier / program / "main.js"
        told = {
            "NO_COLOR": "1",
            "PORT": str(self.port),
            "PROTO": str(PROTO),
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

    def await_answer(self) -> None:
        """Return when a stream has begun: once the capture holds three packets of it.

        Only what the service sends grows it by then.
        """
        await_truth(
            lambda: self.pcap.exists() and self.pcap.stat().st_size > _BEGUN, "caller"
        )

    def manifest(self, scenario: Scenario[Any]) -> dict[str, object]:
        """Return what the applications counted, and what they ran on."""
        return {
            "name": scenario.name,
            "description": scenario.description,
            "started": self._started,
            "nest_version": nest_version(self.nest),
            "node": output_of(self.node, "--version"),
            "client_library": library_version(self.nest, ("@grpc/grpc-js",)),
            "filter": self._filter,
            "port": self.port,
            "applications": [json.loads(each.read_bytes()) for each in self._ledgers],
            "secrets": self.secrets,
            "tcpdump": self._tcpdump,
        }
