"""What ``live`` and ``proxy`` show of gateways is what Nest and a file show."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from captures.gateway_stage import GatewayStage, SocketIoStage, WsStage, free_port
from captures.processes import (
    await_end,
    await_truth,
    compile_applications,
    find_node,
    listening_ports,
)
from tests.inspector.command import run
from tests.inspector.watched import watched

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from captures.broker_stage import Step
    from tests.inspector.watched import Watched

_NEST = "v12"
_STEPS: tuple[Step, ...] = (
    {"emit": "sumEvent", "data": [1, 2, 3]},
    {"emit": "log", "data": "求和"},
    {"emit": "fail", "data": {"q": 1}},
)
_ASKED: tuple[Step, ...] = (
    {"ask": "sum", "data": [1, 2, 3]},
    {"ask": "log", "data": "asked", "patience": 300},
    {"together": [{"ask": "sum", "data": [n]} for n in range(10)]},
)
_WS = Counter(
    {
        ("event", "sumEvent", "sent"): 2,
        ("event", "log", "sent"): 1,
        ("message", "fail", "error"): 1,
    }
)
_SOCKETIO = _WS + Counter(
    {("message", "sum", "completed"): 11, ("message", "log", "unanswered"): 1}
)


class _Case(NamedTuple):
    """What is played, and what is to be told of it."""

    stage: type[GatewayStage]
    steps: tuple[Step, ...]
    expected: Counter[tuple[str, str, str]]
    transports: str = "websocket"


_PLAIN = _Case(WsStage, _STEPS, _WS)
_DIRECT = _Case(SocketIoStage, _STEPS + _ASKED, _SOCKETIO)
_POLLED = _DIRECT._replace(transports="polling")
_UPGRADED = _DIRECT._replace(transports="polling,websocket")


@pytest.fixture(scope="module")
def node() -> Path:
    """Return Node, with the applications compiled for it."""
    found = find_node()
    compile_applications(found, {_NEST})
    return found


def _told(lines: list[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    return Counter((each["kind"], each["route"], each["outcome"]) for each in lines)


def _play(
    case: _Case,
    stage: GatewayStage,
    command: Callable[[int], list[str]],
    port_of: Callable[[Watched, int], int],
) -> list[dict[str, Any]]:
    """Let a gateway and a client talk while a command watches; return what it said."""
    stage.port = free_port()
    gateway = stage.start("gateway", "gateway")
    try:
        await_truth(lambda: stage.port in listening_ports(), "gateway")
        with watched(*command(stage.port)) as watch:
            port = str(port_of(watch, stage.port))
            transports = {"TRANSPORTS": case.transports}
            client = stage.start_clients(*case.steps, PORT=port, **transports)
            await_end(client, "client")
            calls = json.loads((stage.folder / "client.json").read_bytes())
            (seen,) = calls["clients"]
            over = [each for each in seen["calls"] if each["end"] != "pending"]
            expected = len(over) + len(seen["received"]) - 1  # which is an exception
            watch.until(lambda: watch.exchange_count >= expected)
            assert watch.interrupt() == 0
        return watch.exchanges
    finally:
        gateway.kill()
        gateway.wait()


@pytest.mark.parametrize("case", [_PLAIN, _DIRECT, _POLLED, _UPGRADED])
def test_a_proxy_in_front_of_a_gateway(case: _Case, node: Path, tmp_path: Path) -> None:
    written = tmp_path / "calls.pcapng"
    told = _play(
        case,
        case.stage(node, _NEST, tmp_path),
        lambda port: [
            *("proxy", "0", f"127.0.0.1:{port}"),
            *("--json", "--write", str(written)),
        ],
        lambda watch, _: watch.ports[0],
    )

    assert _told(told) == case.expected
    again = run("exchanges", written, "--json").lines
    assert again == sorted(told, key=lambda line: int(line["number"]))


@pytest.mark.parametrize("case", [_PLAIN, _DIRECT])
def test_a_live_capture(case: _Case, node: Path, tmp_path: Path) -> None:
    written = tmp_path / "calls.pcapng"
    ports: list[int] = []

    def command(port: int) -> list[str]:
        ports.append(port)
        own = ["--port", f"{port}", "--carrier", f"{case.stage.carrier}:{port}"]
        return ["live", "-i", "lo", *own, "--json", "--write", str(written)]

    stage = case.stage(node, _NEST, tmp_path)
    told = _play(case, stage, command, lambda _, port: port)

    assert _told(told) == case.expected
    own = ["--carrier", f"{case.stage.carrier}:{ports[0]}"]
    again = run("exchanges", written, "--json", *own).lines
    assert again == sorted(told, key=lambda line: int(line["number"]))
