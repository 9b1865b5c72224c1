"""What ``live`` and ``proxy`` show of brokers is what Nest saw, and a file shows."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from captures import (
    mqtt_scenarios,
    nats_scenarios,
    rabbitmq_scenarios,
    redis_scenarios,
)
from captures.broker_steps import ANSWERS
from captures.mqtt_stage import MqttStage
from captures.nats_stage import NatsStage
from captures.processes import compile_applications, find_node
from captures.rabbitmq_stage import RabbitStage
from captures.redis_stage import RedisStage
from tests.inspector import mqtt_evidence, nats_evidence, rabbitmq_evidence
from tests.inspector.command import run
from tests.inspector.evidence import UNTOLD
from tests.inspector.watched import watched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from captures.broker_stage import BrokerStage, Step
    from tests.inspector.watched import Watched

_NEST = "v12"
_NOBODY = ("event", "nope")
"""An event that no service handles."""


@dataclass(frozen=True)
class _Carrier:
    """What is played over one carrier, and how its caller sees the outcomes.

    Attributes:
        outcome_of: A call in the words of its caller → in those of the inspector.
        broker: Settings of the broker.
        service: The environment of the service.
        caller: The environment of the caller.
        untold: Outcomes of which no caller learns → what it sees of them.
    """

    stage: type[BrokerStage[Any]]
    steps: tuple[Step, ...]
    outcome_of: Callable[[dict[str, Any]], str]
    broker: Mapping[str, Any] = field(default_factory=dict)
    service: Mapping[str, str] = field(default_factory=dict)
    caller: Mapping[str, str] = field(default_factory=dict)
    untold: Mapping[str, str] = field(default_factory=dict)

    def expected(self, calls: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
        """Return what the caller saw."""
        return Counter((call["kind"], self.outcome_of(call)) for call in calls)

    def told(self, lines: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
        """Return the same of lines."""
        return Counter(
            (line["kind"], self.untold.get(line["outcome"], line["outcome"]))
            for line in lines
        )


def _over_nats(call: dict[str, Any]) -> str:
    if (call["kind"], call["pattern"]) == _NOBODY:
        return "undelivered"
    return nats_evidence.outcome_of(call)


def _over_rabbitmq(call: dict[str, Any]) -> str:
    # Of what its caller gave up the reply comes all the same.
    return rabbitmq_evidence.outcome_of(call, acknowledges=False) or "completed"


_LEVEL, _FRAMED = {"LEVEL": "5"}, {"SCHEME": "ws"}
_CARRIERS = [
    _Carrier(NatsStage, nats_scenarios.KINDS, _over_nats, service={"QUEUE": "workers"}),
    _Carrier(
        RedisStage,
        redis_scenarios.KINDS,
        nats_evidence.outcome_of,
        untold=UNTOLD,
    ),
    _Carrier(
        MqttStage,
        mqtt_scenarios.KINDS,
        mqtt_evidence.outcome_of,
        service=_LEVEL,
        caller=_LEVEL,
    ),
    _Carrier(
        MqttStage,
        ANSWERS[:6],
        mqtt_evidence.outcome_of,
        broker={"protocol": "websockets"},
        service=_FRAMED,
        caller=_FRAMED,
    ),
    _Carrier(RabbitStage, rabbitmq_scenarios.KINDS, _over_rabbitmq),
]
each_carrier = pytest.mark.parametrize(
    "carrier", _CARRIERS, ids=lambda each: "-".join((each.stage.carrier, *each.broker))
)


@pytest.fixture(scope="module")
def node() -> Path:
    """Return Node, with the applications compiled for it."""
    found = find_node()
    compile_applications(found, {_NEST})
    return found


def _play(
    carrier: _Carrier,
    stage: BrokerStage[Any],
    command: Callable[[int], list[str]],
    address: Callable[[Watched, int], str],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Let Nest talk while a command watches; return what both have seen.

    Args:
        carrier: What is played.
        stage: Where.
        command: The port of the broker → the words of the command.
        address: The command and that port → where Nest finds the broker.
    """
    with stage.broker(**carrier.broker) as server:
        with watched(*command(server.port)) as watch:
            broker = {"BROKER": address(watch, server.port)}
            with stage.service(server, **carrier.service, **broker):
                stage.caller(server, *carrier.steps, **carrier.caller, **broker)
            ledger = json.loads((stage.folder / "caller.json").read_bytes())
            calls: list[dict[str, Any]] = ledger["calls"]
            watch.until(lambda: watch.exchange_count >= len(calls))
            assert watch.interrupt() == 0
        return calls, watch.exchanges


@each_carrier
def test_a_proxy_in_front_of_a_broker(
    carrier: _Carrier, node: Path, tmp_path: Path
) -> None:
    written = tmp_path / "calls.pcapng"
    calls, told = _play(
        carrier,
        carrier.stage(node, _NEST, tmp_path),
        lambda port: [
            *("proxy", "0", f"127.0.0.1:{port}"),
            *("--json", "--write", str(written)),
        ],
        lambda watch, _: f"127.0.0.1:{watch.ports[0]}",
    )

    assert carrier.told(told) == carrier.expected(calls)
    again = run("exchanges", written, "--json").lines
    assert again == sorted(told, key=lambda line: int(line["number"]))


@each_carrier
def test_a_live_capture(carrier: _Carrier, node: Path, tmp_path: Path) -> None:
    written = tmp_path / "calls.pcapng"
    own: list[str] = []

    def command(port: int) -> list[str]:
        name = carrier.stage.carrier
        own[:] = ["--carrier", f"{name}:{port}", "--where", f'server ~ ":{port}$"']
        return ["live", "-i", "lo", *own, "--json", "--write", str(written)]

    calls, told = _play(
        carrier,
        carrier.stage(node, _NEST, tmp_path),
        command,
        lambda _, port: f"127.0.0.1:{port}",
    )

    assert carrier.told(told) == carrier.expected(calls)
    again = run("exchanges", written, "--json", *own).lines
    assert again == sorted(told, key=lambda line: int(line["number"]))
