"""Like events in three partitions, of which a broker keeps some: each has its own."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from tests.inspector.captures import pcap_bytes
from tests.inspector.carriers.kafka import written
from tests.inspector.command import run
from tests.inspector.over_kafka import Broker

if TYPE_CHECKING:
    from pathlib import Path

    from tests.inspector.over_kafka import Peer

_PARTITIONS, _BATCHES = 3, 40


class _Waiting(NamedTuple):
    """A batch that the broker has, and which offsets of it are left."""

    partition: int
    first: int
    size: int
    kept: list[int]
    zipped: bool


def _batch(first: int, kept: list[int], *, zipped: bool) -> bytes:
    """Return a batch of like records, of which some are left, each at its place."""
    records = [written.record("x", delta=each - first) for each in kept]
    return (written.zipped if zipped else written.batch)(*records, first=first)


def _rebalance(peer: Peer) -> None:
    """Let a member hear that its group is rebalanced, and join it again."""
    for said in (
        written.heartbeat(peer.number, peer.group, error=27),
        written.joined(peer.number, peer.group),
    ):
        peer.say(peer.asks, *said)


def test_after_compaction_and_a_rebalance_each_is_joined_with_its_own_delivery(
    tmp_path: Path,
) -> None:
    """Nothing but its offset tells one of these events from another."""
    rng = random.Random(4)  # noqa: S311 — the same every time
    broker = Broker()
    sender = broker.peer()
    consumers = [broker.peer("log"), broker.peer("log")]
    for each in consumers:
        each.group = "workers"
    owners = dict.fromkeys(range(_PARTITIONS), consumers[0])
    truth: list[int] = []  # the port of who had each event; 0 for nobody
    waiting: list[_Waiting] = []
    for _ in range(_BATCHES):
        partition, zipped = rng.randrange(_PARTITIONS), rng.random() < 0.3
        size = rng.randrange(1, 5)
        records = [written.record("x", delta=each) for each in range(size)]
        data = written.zipped(*records) if zipped else b""
        first = broker.produce(sender, "log", *records, partition=partition, data=data)
        kept = [first + each for each in range(size) if rng.random() < 0.6]
        waiting.append(_Waiting(partition, first, size, kept, zipped))
        if rng.random() < 0.5:
            continue  # so that several wait in one partition, or in others
        if len(truth) > _BATCHES and owners[2] is consumers[0]:
            owners[2] = consumers[1]
            for each in consumers:
                _rebalance(each)
        truth += _deliver(broker, owners, waiting)
    truth += _deliver(broker, owners, waiting)

    capture = tmp_path / "compacted.pcap"
    capture.write_bytes(pcap_bytes(broker.wire.records))
    lines = run("exchanges", capture, "--json").lines
    events = [line for line in lines if line["type"] == "exchange"]
    had = Counter(
        int(line["handlers"][0].rpartition(":")[2]) if line["handlers"] else 0
        for line in events
    )
    assert len(set(truth)) == 3  # both consumers, and nobody
    assert had == Counter(truth)
    assert all(len(line["handlers"]) <= 1 for line in events)
    findings = run(capture, "--json").lines
    assert [each["code"] for each in findings if each.get("code") == "rebalance"]


def _deliver(
    broker: Broker, owners: dict[int, Peer], waiting: list[_Waiting]
) -> list[int]:
    """Hand on what waits; return for each event who had it, by its port."""
    had: list[int] = []
    for partition, first, size, kept, zipped in waiting:
        peer = owners[partition]
        if kept:
            data = _batch(first, kept, zipped=zipped)
            broker.hand(peer, "log", partition=partition, at=first, data=data)
            broker.commit(peer, "log", kept[-1] + 1, partition)
        had += [peer.polls.ports[0]] * len(kept) + [0] * (size - len(kept))
    waiting.clear()
    return had
