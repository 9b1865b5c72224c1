"""Captures of MQTT of which something is missing: nothing is joined that is not one.

A complete capture says which exchange each data packet is of. Of the same capture with
records missing, every exchange has packets of one of those alone.
"""

from __future__ import annotations

import random
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from tests.inspector.carriers.mqtt.written import (
    EVENT,
    REPLY,
    REQUEST,
    publish,
    suback,
    subscribe,
    unsuback,
    unsubscribe,
)
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected
from tests.inspector.mqtt_evidence import FOLDER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from inspector.sources.records import PacketRecord

_CAPTURES = [
    FOLDER / f"{name}.pcap"
    for name in (
        "mqtt-nest10",
        "mqtt5-nest12",
        "mqtt-three-servers-nest12",
        "mqtt-qos-nest12",
        "mqtt-fan-out-nest12",
    )
]
_HEADERS = 66
"""Bytes of a record on loopback that carries no data (Ethernet, IPv4, TCP)."""
_ROUNDS = 200
_LOST = 4
_BEGINNINGS = 3  # every third: a capture of each is read
_RIGHT = 0.97

each_capture = pytest.mark.parametrize(
    "name", [each.name for each in _CAPTURES], ids=lambda name: name.partition(".")[0]
)


class _Whole(NamedTuple):
    """A complete capture, and the exchanges in it."""

    records: list[PacketRecord]
    exchanges: list[Exchange]
    owners: dict[int, set[int]]

    def candidates(self, exchange: Exchange) -> list[Exchange]:
        """Return those that an exchange may be, by the packets of all its hops."""
        passage = exchange.passage
        assert passage is not None
        records = [record for hop in passage.hops for record in hop.records]
        shared = set.intersection(*(self.owners[each.number] for each in records))
        return [each for each in self.exchanges if each.number in shared]

    def like(self, exchange: Exchange) -> list[Exchange]:
        """Return the events that are like one, of which all its hops are."""
        passage = exchange.passage
        assert passage is not None
        records = [record for hop in passage.hops for record in hop.records]
        owners = set.union(*(self.owners[each.number] for each in records))
        events = [each for each in self.exchanges if each.number in owners]
        same = (Kind.EVENT, exchange.route, exchange.data)
        alike = all((each.kind, each.route, each.data) == same for each in events)
        return events if alike else []


def _is_in_doubt(exchange: Exchange) -> bool:
    """Whether it is said of an exchange that more of it may have passed."""
    passage = exchange.passage
    assert passage is not None
    orphan = exchange.kind is Kind.ORPHAN
    return exchange.gapped or orphan or passage.one_sided


def _exchanges(records: Iterable[PacketRecord]) -> list[Exchange]:
    found = Pipeline().inspect(iter(records))
    return [each for each in found if isinstance(each, Exchange)]


@cache
def _whole(name: str) -> _Whole:
    records = list(read_capture(str(FOLDER / name)))
    exchanges = _exchanges(records)
    owners: dict[int, set[int]] = defaultdict(set)
    for exchange in exchanges:
        assert exchange.passage is not None
        for hop in exchange.passage.hops:
            for record in hop.records:
                owners[record.number].add(exchange.number)
    return _Whole(records, exchanges, owners)


class _Score:
    """How many exchanges ended as in the complete capture."""

    def __init__(self, whole: _Whole) -> None:
        self._whole = whole
        self.total = 0
        self.right = 0
        self.unsaid: list[str] = []

    def judge(self, missing: Collection[int]) -> None:
        """Judge what is told of the capture without some of its records."""
        whole = self._whole
        left = [each for each in whole.records if each.number not in missing]
        for exchange in _exchanges(left):
            candidates = whole.candidates(exchange)
            if not candidates and exchange.gapped:  # like events, whose order is lost
                candidates = whole.like(exchange)
            assert candidates, (sorted(missing), exchange.number)
            self.total += 1
            if any(each.outcome is exchange.outcome for each in candidates):
                self.right += 1
            elif not _is_in_doubt(exchange):
                self.unsaid.append(f"{sorted(missing)[-4:]}: #{exchange.number}")

    @property
    def share(self) -> float:
        """The share of those that ended as they did."""
        return self.right / self.total


@each_capture
def test_wherever_a_capture_begins_what_follows_is_told_as_it_was(name: str) -> None:
    score = _Score(_whole(name))
    for first in range(2, len(_whole(name).records), _BEGINNINGS):
        score.judge(range(1, first))

    assert score.share >= _RIGHT
    assert not score.unsaid


@each_capture
def test_segments_that_are_lost_join_nothing_wrong_and_leave_doubt(name: str) -> None:
    score = _Score(_whole(name))
    rng = random.Random(name)  # noqa: S311 — the same losses every time
    records = _whole(name).records
    data = [each.number for each in records if len(each.data) > _HEADERS]
    for _ in range(_ROUNDS):
        score.judge(set(rng.sample(data, _LOST)))

    assert score.share >= _RIGHT
    assert not score.unsaid


@pytest.mark.parametrize("service", ["10.0.0.9:1883", "10.0.0.9:50100"])
def test_live_the_first_call_is_right_whatever_passes_first(service: str) -> None:
    """A capture of connections that are open begins with a request, on either side.

    Nothing in a PUBLISH says whose it is; the lower port does, or a connection on which
    something passed that only clients say.
    """
    wire = Wire()
    caller = wire.join(server=service, client="10.0.0.1:50111")
    handler = wire.join(server=service, client="10.0.0.2:50222")
    caller.send(CLIENT, subscribe("sum/reply"))
    caller.send(SERVER, suback(0))
    caller.send(CLIENT, publish("sum", REQUEST))
    handler.send(SERVER, publish("sum", REQUEST))
    handler.send(CLIENT, publish("sum/reply", REPLY))
    caller.send(SERVER, publish("sum/reply", REPLY))
    caller.send(CLIENT, unsubscribe("sum/reply"))
    caller.send(SERVER, unsuback())
    (call,) = inspected(wire.records).exchanges
    assert call.passage is not None

    assert (call.outcome, call.packets) == (Outcome.COMPLETED, 8)
    assert str(call.connection.client_endpoint) == "10.0.0.1:50111"
    assert list(map(str, call.passage.handlers)) == ["10.0.0.2:50222"]


def test_who_was_taken_for_the_client_is_corrected_by_what_only_clients_say() -> None:
    wire = Wire()
    peer = wire.join(server="10.0.0.9:50100", client="10.0.0.1:40111")
    peer.send(CLIENT, publish("log", EVENT))
    peer.send(CLIENT, subscribe("sum/reply"))
    peer.send(CLIENT, publish("sum", REQUEST))
    first, call = inspected(wire.records).exchanges

    assert str(call.connection.client_endpoint) == "10.0.0.1:40111"
    assert first.passage is not None
    assert first.passage.one_sided
