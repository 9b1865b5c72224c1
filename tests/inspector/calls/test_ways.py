from __future__ import annotations

from inspector.calls.tracking import Track
from inspector.calls.ways import Ways
from inspector.carriers.registry import carriers
from protocol import encode_packet
from tests.inspector.conversation import event
from tests.inspector.directions import direction


def test_a_direction_has_one_way_while_its_carrier_has_one() -> None:
    ways, track = Ways(), Track(direction())
    ways.stand_by(track)
    assert (ways.lanes, ways.frames, ways.hops) == ({}, {}, {})
    carrier = carriers()["tcp"]
    talk = carrier.talk(None, whole=True)
    talk.receive(0, encode_packet(event("log", 1)), 0)
    track.begin(carrier, talk)
    ways.stand_by(track)
    assert list(ways.frames) == [track.direction]
    ways.forget(track.direction)
    assert not ways.frames
