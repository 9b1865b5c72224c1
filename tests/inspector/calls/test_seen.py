from __future__ import annotations

import pytest

from inspector.calls.seen import Anomaly, Answers, Remark, Sighting, Upkeep
from inspector.calls.tracking import Track
from inspector.carriers.base import Idle
from inspector.carriers.nest_tcp.talk import NestTcpTalk
from inspector.streams.items import Chunk
from inspector.streams.packets import DataPacket
from protocol import LengthUnit, Request
from tests.inspector.conversation import request
from tests.inspector.directions import direction
from tests.inspector.scenes import counted_in


def _seen(data: bytes) -> tuple[list[object], DataPacket]:
    own, record = direction(), DataPacket(7, 0, 0, len(data))
    track = Track(own)
    track.search, track.talk = None, NestTcpTalk(None)
    return [*track.read(Chunk(own, data, record))], record


@pytest.mark.parametrize("unit", [LengthUnit.UTF8, LengthUnit.CODE_POINTS])
def test_a_packet_is_seen_before_what_is_remarkable_about_it(unit: LengthUnit) -> None:
    (sighting, remark), record = _seen(counted_in(unit, request("sum", "1", "😀")))

    assert isinstance(sighting, Sighting)
    assert isinstance(sighting.packet, Request)
    assert sighting.records == [record]
    assert isinstance(remark, Remark)
    assert remark.packet is sighting.packet
    assert remark.exchange is None  # that is for the pairing to say


def test_an_anomaly_says_what_it_is_and_what_is_lost() -> None:
    (anomaly, sighting), record = _seen(b'5#{"a":15#{"pattern":"x"}')

    assert isinstance(anomaly, Anomaly)
    assert anomaly.code == "invalid-json"
    assert (anomaly.record, anomaly.lost) == (record, 18)
    assert isinstance(sighting, Sighting)
    assert (sighting.body, sighting.size) == (b'{"pattern":"x"}', 18)


def test_a_poll_lacks_its_answer_until_the_other_side_says_anything() -> None:
    asks = direction()
    there, answers = asks.opposite, Answers()
    idle = Idle(side=0, begin=0, end=1, verb="Fetch", polls=7)
    poll = Upkeep(asks, idle, [DataPacket(5, 0, 0, 1)])
    before = Upkeep(there, idle, [DataPacket(4, 0, 0, 1)])
    after = Upkeep(there, idle, [DataPacket(9, 0, 0, 1)])
    for item in (before, poll):
        answers.hear(item)
    assert answers.lacks(poll)
    answers.hear(after)

    assert not answers.lacks(poll)
    other = Idle(side=0, begin=0, end=1, verb="Heartbeat")
    assert not answers.lacks(Upkeep(there, other, [DataPacket(10, 0, 0, 1)]))
