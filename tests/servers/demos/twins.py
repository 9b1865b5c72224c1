"""Programs of the demos and their twins in Nest, each with a port of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import httpx

from captures.processes import COMPILER, NEST, find_node
from tests.servers.demos.systems import check_nest, of_python

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

Kind: TypeAlias = Literal["python", "nest"]
KINDS: tuple[Kind, ...] = ("python", "nest")

TWINS = {
    ("main_user", "user"): "seed/calculator",
    ("main_user", "main"): "seed/main",
    ("main_calc_log", "calc"): "two-services/calculator",
    ("main_calc_log", "log"): "two-services/journal",
    ("main_calc_log", "main"): "two-services/main",
    ("hybrid", "calc"): "hybrid/calculator",
    ("hybrid", "main"): "hybrid/main",
    ("sums_kafka", "calc"): "sums-kafka/calculator",
    ("sums_kafka", "main"): "sums-kafka/main",
    ("sums_grpc", "calc"): "sums-grpc/calculator",
    ("sums_grpc", "main"): "sums-grpc/main",
    ("gateway_auth", "auth"): "auth-gateway/auth",
    ("gateway_auth", "gateway"): "auth-gateway/gateway",
    ("create_user", "user"): "create-user/users",
    ("create_user", "main"): "create-user/main",
    ("user_created", "mailer"): "user-created/mailer",
    ("user_created", "main"): "user-created/main",
    ("orders", "complaints"): "orders/complaints",
    ("orders", "warehouse"): "orders/warehouse",
    ("orders", "shop"): "orders/shop",
    ("chat_chain", "client"): "chat-chain/client",
    ("chat_chain", "gateway"): "chat-chain/gateway",
    ("chat_chain", "worker"): "chat-chain/worker",
    ("chat_chain", "archive"): "chat-chain/archive",
    ("rooms", "gateway"): "rooms/gateway",
    ("events", "socketio"): "events/socketio",
    ("events", "ws"): "events/ws",
    ("feed", "market"): "market/market",
    ("feed", "main"): "feed/main",
    ("graph", "market"): "market/market",
    ("graph", "main"): "graph/main",
    ("logs", "calc"): "logs/calculator",
    ("logs", "main"): "seed/main",
    ("discovery", "calc"): "discovery/calculator",
    ("discovery", "main"): "discovery/main",
    ("notes", "keeper"): "notes/keeper",
    ("notes", "hub"): "notes/hub",
    ("metrics", "calc"): "two-services/calculator",
    ("metrics", "main"): "metrics/main",
}
"""Application and program here → the folder in ``captures/applications``."""

PATIENCE = 60.0
"""Seconds for a program to listen, to answer, or to end."""

_ATTEMPTS = 3  # since a port that was free may be taken by another


class Programs:
    """What runs, until the tests are over.

    Args:
        build: Where the compiled Nest applications lie.
        stack: Ends the programs.
    """

    def __init__(self, build: Path, stack: ExitStack) -> None:
        self._build = build
        self._stack = stack
        self._shared: dict[tuple[str, str, Kind], int] = {}

    def shared(self, application: str, program: str, kind: Kind) -> int:
        """Return the port of a service that all tests may use."""
        key = (application, program, kind)
        if key not in self._shared:
            self._shared[key] = self._stack.enter_context(
                self.running(application, program, kind, port_name=program)
            )
        return self._shared[key]

    @contextmanager
    def running(  # noqa: PLR0913 — options, by name
        self,
        application: str,
        program: str,
        kind: Kind,
        *,
        port_name: str = "http",
        ports: Mapping[str, int] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Iterator[int]:
        """Run a program and give its port.

        Args:
            application: The module in ``servers.demos``.
            program: The program in it.
            kind: Python, or the twin in Nest.
            port_name: What its port is called.
            ports: Name → port of the services that it calls.
            environment: What else is set for it.
        """
        command = self._command(application, program, kind)
        for _ in range(_ATTEMPTS):
            wanted = {**(ports or {}), port_name: free_port()}
            env = self._environment(wanted) | dict(environment or {})
            process = subprocess.Popen(command, env=env)
            try:
                if await_port(process, wanted[port_name]):
                    yield wanted[port_name]
                    process.terminate()
                    assert process.wait(PATIENCE) == 0
                    return
            finally:
                process.kill()
                process.wait(PATIENCE)
        raise AssertionError(f"{command} does not listen")

    @contextmanager
    def whole(
        self,
        application: str,
        *names: str,
        ports: Mapping[str, int] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Iterator[dict[str, int]]:
        """Run all programs in Python, by the one command that starts them.

        Args:
            application: The module in ``servers.demos``.
            names: What the ports are called where its programs listen.
            ports: Name → port of the brokers.
            environment: What else is set for it.

        Yields:
            Name → port of its programs.
        """
        command = [sys.executable, *of_python(application)]
        for _ in range(_ATTEMPTS):
            own = {name: free_port() for name in names}
            env = self._environment({**(ports or {}), **own})
            process = subprocess.Popen(command, env=env | dict(environment or {}))
            try:
                if all(await_port(process, port) for port in own.values()):
                    yield own
                    process.terminate()
                    assert process.wait(PATIENCE) == 0
                    return
            finally:
                process.kill()
                process.wait(PATIENCE)
        raise AssertionError(f"{command} does not listen")

    @contextmanager
    def beside(
        self,
        application: str,
        program: str,
        kind: Kind,
        *,
        ports: Mapping[str, int],
        environment: Mapping[str, str],
    ) -> Iterator[None]:
        """Run a program that listens nowhere; the arguments are those of running."""
        command = self._command(application, program, kind)
        env = self._environment(ports) | dict(environment)
        process = subprocess.Popen(command, env=env)
        try:
            yield
            process.terminate()
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
            process.wait(PATIENCE)

    def said_by(
        self,
        application: str,
        program: str,
        kind: Kind,
        typed: str,
        *,
        ports: Mapping[str, int],
    ) -> list[Any]:
        """Run a program to its end, and return what it prints: a value in each line."""
        ended = subprocess.run(
            self._command(application, program, kind),
            env=self._environment(ports),
            input=typed,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=True,
            timeout=PATIENCE,
        )
        return [json.loads(line) for line in ended.stdout.splitlines()]

    def _command(self, application: str, program: str, kind: Kind) -> list[str]:
        if kind == "python":
            return [sys.executable, *of_python(application), program]
        if program != "client":  # of the chat, which a browser is in the table
            check_nest(application, TWINS[application, program])
        folder = self._build / TWINS[application, program]
        return [str(find_node()), str(folder / "main.js")]

    def _environment(self, ports: Mapping[str, int]) -> dict[str, str]:
        set_ports = {f"{name.upper()}_PORT": str(port) for name, port in ports.items()}
        modules = str(NEST / COMPILER / "node_modules")
        return os.environ | {"NODE_PATH": modules, "NO_COLOR": "1"} | set_ports


def told(url: str, count: int) -> list[Any]:
    """Return the list at a URL, once it has so many items."""
    end = time.monotonic() + PATIENCE
    while len(items := httpx.get(url, timeout=PATIENCE).json()) < count:
        assert time.monotonic() < end, f"only {items}"
        time.sleep(0.02)
    return list(items)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def await_port(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until somebody listens; say whether it came before the process ended."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        time.sleep(0.02)
    return False
