"""Whatever a capture lacks, no event is called undelivered that a service has had."""

from __future__ import annotations

import random
import struct
from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Exchange, Outcome
from inspector.pipeline import Options, Pipeline
from inspector.sources.files import read_capture
from inspector.tcp.segments import decode_segment
from tests.inspector.nats_evidence import FOLDER, evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.sources.records import PacketRecord

_NAMES = ("nest12", "fan-out-nest12", "queue-nest12", "jetstream-nest12")
_BEGINNINGS = 40  # of each capture
_ROUNDS = 40
_LOST = 8


def _ends(record: PacketRecord) -> frozenset[bytes]:
    """Return both ends of its connection, whoever sends."""
    (ports,) = struct.unpack_from(">4s", record.data, decode_segment(record).header)
    return frozenset((ports[:2], ports[2:]))


def _variants(records: list[PacketRecord]) -> Iterator[list[PacketRecord]]:
    """Yield what else might have been captured of the same traffic."""
    step = max(len(records) // _BEGINNINGS, 1)
    yield from (records[begin:] for begin in range(0, len(records), step))
    flows = {record.number: decode_segment(record).flow for record in records}
    for flow in dict.fromkeys(flows.values()):  # one direction of a connection
        yield [each for each in records if flows[each.number] != flow]
    for gone in dict.fromkeys(map(_ends, records)):
        yield [each for each in records if _ends(each) != gone]
    chance = random.Random(7)  # noqa: S311 — which records, no secret
    for _ in range(_ROUNDS):
        lost = set(chance.sample(range(len(records)), _LOST))
        yield [each for index, each in enumerate(records) if index not in lost]


def _undelivered(records: Iterable[PacketRecord]) -> set[str | None]:
    """Return the routes of the events that nobody is said to have had."""
    told = Pipeline(Options(exchanges_only=True)).inspect(records)
    return {
        each.route
        for each in told
        if isinstance(each, Exchange) and each.outcome is Outcome.UNDELIVERED
    }


@pytest.mark.parametrize("name", _NAMES)
def test_what_is_lacking_makes_no_event_undelivered(name: str) -> None:
    capture = FOLDER / f"nats-{name}.pcap"
    records = list(read_capture(str(capture)))
    expected = evidence(capture).expected
    nobody = {each.route for each in expected if each.outcome == "undelivered"}

    assert _undelivered(records) == nobody
    for variant in _variants(records):
        assert _undelivered(variant) <= nobody
