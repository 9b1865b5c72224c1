"""What ``live`` and ``proxy`` show of NATS is what Nest saw, and what a file shows."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from captures.nats_scenarios import KINDS
from captures.nats_stage import NatsStage
from captures.processes import compile_applications, find_node
from tests.inspector.command import run
from tests.inspector.nats_evidence import outcome_of
from tests.inspector.watched import watched

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.inspector.watched import Watched

_NEST = "v12"


@pytest.fixture(scope="module")
def node() -> Path:
    """Return Node, with the applications compiled for it."""
    found = find_node()
    compile_applications(found, {_NEST})
    return found


def _expected(calls: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    nobody = ("event", "nope")  # which no service handles
    return Counter(
        (call["kind"], "undelivered")
        if (call["kind"], call["pattern"]) == nobody
        else (call["kind"], outcome_of(call))
        for call in calls
    )


def _told(lines: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    return Counter((line["kind"], line["outcome"]) for line in lines)


def _play(
    stage: NatsStage,
    command: Callable[[int], list[str]],
    address: Callable[[Watched, int], str],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Let Nest talk while a command watches; return what both have seen.

    Args:
        stage: Where it is played.
        command: The port of the broker → the words of the command.
        address: The command and that port → where Nest finds the broker.
    """
    with stage.broker() as server:
        with watched(*command(server.port)) as watch:
            broker = address(watch, server.port)
            with stage.service(server, QUEUE="workers", BROKER=broker):
                stage.caller(server, *KINDS, BROKER=broker)
            ledger = json.loads((stage.folder / "caller.json").read_bytes())
            calls: list[dict[str, Any]] = ledger["calls"]
            watch.until(lambda: watch.exchange_count >= len(calls))
            assert watch.interrupt() == 0
        return calls, watch.exchanges


def test_a_proxy_in_front_of_a_server(node: Path, tmp_path: Path) -> None:
    written = tmp_path / "calls.pcapng"
    calls, told = _play(
        NatsStage(node, _NEST, tmp_path),
        lambda port: [
            *("proxy", "0", f"127.0.0.1:{port}"),
            *("--json", "--write", str(written)),
        ],
        lambda watch, _: f"127.0.0.1:{watch.ports[0]}",
    )

    assert _told(told) == _expected(calls)
    again = run("exchanges", written, "--json").lines
    assert again == sorted(told, key=lambda line: int(line["number"]))


def test_a_live_capture(node: Path, tmp_path: Path) -> None:
    written = tmp_path / "calls.pcapng"
    ports: list[int] = []

    def command(port: int) -> list[str]:
        ports.append(port)
        own = ["--carrier", f"nats:{port}", "--where", f'server ~ ":{port}$"']
        return ["live", "-i", "lo", *own, "--json", "--write", str(written)]

    calls, told = _play(
        NatsStage(node, _NEST, tmp_path),
        command,
        lambda _, port: f"127.0.0.1:{port}",
    )

    assert _told(told) == _expected(calls)
    own = ["--carrier", f"nats:{ports[0]}", "--where", f'server ~ ":{ports[0]}$"']
    again = run("exchanges", written, "--json", *own).lines
    assert again == sorted(told, key=lambda line: int(line["number"]))
