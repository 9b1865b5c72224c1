"""Record a chat: clients, gateways, RabbitMQ, a worker and an archive.

A scenario (``chain_scenarios``) is a function: which programs run, of
``applications/chat-chain`` or of ``servers.demos.chat_chain``, and what is typed to
clients. Its capture and its manifest land in ``captures/chains``. The manifest has what
the clients printed; nothing in it comes from the capture.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from .brokers import RabbitMQServer
from .gateway_stage import free_port
from .processes import (
    HERE,
    NEST,
    PATIENCE,
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
    from pathlib import Path

    from .broker_stage import Scenario

Kind: TypeAlias = Literal["nest", "python"]


@dataclass
class ChainStage:
    """Where a scenario is played.

    Attributes:
        node: The Node executable.
        nest: The folder of ``nest/``.
        folder: For the capture.
    """

    carrier: ClassVar[str] = "chains"
    node: Path
    nest: str
    folder: Path
    _started: str = ""
    _filter: str = ""
    _tcpdump: list[str] = field(default_factory=list)
    _programs: list[dict[str, object]] = field(default_factory=list)
    _clients: list[dict[str, object]] = field(default_factory=list)
    _ports: dict[str, int] = field(default_factory=dict)

    @property
    def pcap(self) -> Path:
        """Where the capture goes."""
        return self.folder / "capture.pcap"

    @contextmanager
    def playing(self, worker: Kind, archive: Kind, **gateways: Kind) -> Iterator[None]:
        """Let all programs run but the clients, and record what passes.

        Args:
            worker: Its kind.
            archive: Its kind.
            gateways: Name of a gateway → its kind.
        """
        with RabbitMQServer() as broker, ExitStack() as stack:
            self._ports = {name: free_port() for name in gateways}
            self._ports["amqp"] = broker.port
            self._started = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
            ports = self._ports.values()
            self._filter = " or ".join(f"tcp port {port}" for port in ports)
            self._tcpdump = stack.enter_context(capturing(self._filter, self.pcap))
            for name, kind in (("archive", archive), ("worker", worker)):
                stack.enter_context(self._running(name, kind))
            for name, kind in gateways.items():
                stack.enter_context(self._gateway(name, kind))
            yield
        check_tcpdump(self._tcpdump)

    def client(
        self, gateway: str, kind: Kind, *lines: str, clients: int = 1
    ) -> subprocess.Popen[str]:
        """Let clients begin that are typed some lines; :meth:`heard` ends them."""
        environment = {"CHAT_PORT": self._ports[gateway], "CLIENTS": clients}
        process = self._start("client", kind, **environment)
        assert process.stdin is not None
        process.stdin.writelines(f"{line}\n" for line in lines)
        process.stdin.close()
        process.stdin = None
        self._clients.append(
            {"gateway": gateway, "kind": kind, "clients": clients, "typed": lines}
        )
        return process

    def heard(self, *processes: subprocess.Popen[str]) -> None:
        """Note what clients have printed when they have ended."""
        begun = self._clients[-len(processes) :]
        for process, client in zip(processes, begun, strict=True):
            printed, _ = process.communicate(timeout=PATIENCE)
            client["printed"] = [json.loads(line) for line in printed.splitlines()]

    @contextmanager
    def _gateway(self, name: str, kind: Kind) -> Iterator[None]:
        port = self._ports[name]
        queue = f"chat-{name}"
        with self._running("gateway", kind, CHAT_PORT=port, GATEWAY_QUEUE=queue):
            await_truth(lambda: port in listening_ports(), name)
            yield

    @contextmanager
    def _running(
        self, program: str, kind: Kind, **environment: object
    ) -> Iterator[None]:
        process = self._start(program, kind, **environment)
        self._programs.append({"program": program, "kind": kind})
        try:
            yield
            process.terminate()
            await_end(process, program)
        finally:
            process.kill()
            process.wait()

    def _start(
        self, program: str, kind: Kind, **environment: object
    ) -> subprocess.Popen[str]:
        build = NEST / self.nest / "build" / "chat-chain" / program / "main.js"
        ours = [sys.executable, "-m", "servers.demos.chat_chain", program]
        told = {name: str(value) for name, value in environment.items()}
        return subprocess.Popen(
            [self.node, build] if kind == "nest" else ours,
            cwd=HERE.parent,
            env=os.environ
            | {"NO_COLOR": "1", "AMQP_PORT": str(self._ports["amqp"])}
            | told,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if program == "client" else subprocess.DEVNULL,
            encoding="utf-8",
        )

    def manifest(self, scenario: Scenario[Any]) -> dict[str, object]:
        """Return what the clients have printed, and what took part."""
        return {
            "name": scenario.name,
            "description": scenario.description,
            "started": self._started,
            "nest_version": nest_version(self.nest),
            "node": output_of(self.node, "--version"),
            "python": platform.python_version(),
            "filter": self._filter,
            "ports": self._ports,
            "programs": self._programs,
            "clients": self._clients,
            "tcpdump": self._tcpdump,
        }
