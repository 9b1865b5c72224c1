from __future__ import annotations

import pytest

from inspector.calls.seen import Anomaly, Remark, Sighting
from inspector.calls.tracking import Track
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
