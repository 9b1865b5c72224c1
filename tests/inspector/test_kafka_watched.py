"""What ``live`` and ``proxy`` show of Kafka is what Nest saw, and a file shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from captures.brokers.broker import free_port
from captures.kafka_scenarios import KINDS
from captures.kafka_stage import KafkaStage
from captures.processes import compile_applications, find_node
from tests.inspector.command import run
from tests.inspector.kafka_evidence import found, outcome_of
from tests.inspector.watched import Watched, watched

if TYPE_CHECKING:
    from pathlib import Path

_NEST = "v12"
_TOPICS = "sum count refuse log sum.reply count.reply refuse.reply"
_STEPS = tuple(
    step for step in KINDS if (step.get("send") or step.get("emit")) in _TOPICS.split()
)


def _ended(watch: Watched, count: int) -> None:
    """End a command once it has seen so many exchanges."""
    watch.until(lambda: watch.exchange_count >= count)
    assert watch.interrupt() == 0


def test_a_live_capture_and_a_proxy_that_the_broker_advertises(tmp_path: Path) -> None:
    """Clients reconnect to what a broker advertises: here that is the proxy."""
    node, front = find_node(), free_port()
    compile_applications(node, {_NEST})
    stage = KafkaStage(node, _NEST, tmp_path)
    files = tmp_path / "proxy.pcapng", tmp_path / "live.pcapng"
    with stage.broker(kind="tansu", advertised=front) as server:
        own = ["--carrier", f"kafka:{server.port}"]
        own += ["--where", f'server ~ ":{server.port}$"']
        proxy = ["proxy", f"{front}", f"127.0.0.1:{server.port}", "--json"]
        live = ["live", "-i", "lo", *own, "--json"]
        with (
            watched(*proxy, "--write", files[0]) as before,
            watched(*live, "--write", files[1]) as beside,
        ):
            broker = {"BROKER": f"127.0.0.1:{front}"}
            with stage.service(server, TOPICS=_TOPICS, **broker):
                stage.caller(server, *_STEPS, TOPICS=_TOPICS, **broker)
            calls = json.loads((tmp_path / "caller.json").read_bytes())["calls"]
            for watch in (before, beside):
                _ended(watch, len(calls))

    outcomes = sorted((each["kind"], outcome_of(each)) for each in calls)
    for watch in (before, beside):
        told = [(line["kind"], line["outcome"]) for line in watch.exchanges]
        assert sorted(told) == outcomes
    assert found(before.exchanges) == found(beside.exchanges)
    for watch, written, options in ((before, files[0], []), (beside, files[1], own)):
        again = run("exchanges", written, "--json", *options).lines
        assert again == sorted(watch.exchanges, key=lambda line: int(line["number"]))
