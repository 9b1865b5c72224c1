"""Units are counted for the carrier that read them."""

from __future__ import annotations

from inspector.calls.counting import UnitCounts, count
from inspector.calls.tracking import Track
from inspector.carriers.nest_tcp.talk import NestTcpTalk
from tests.inspector.tcp.segments import opened


def test_what_others_cut_is_counted_once_for_both_sides() -> None:
    connection, first, second = opened()
    connection.carrier = "tcp"
    talk = NestTcpTalk(None)
    talk.client = 0
    for side in (0, 1):
        frames = talk.frames(side)
        assert frames is not None
        frames.pass_over(10)
    counts: dict[str, UnitCounts] = {}
    for direction in (first, second):
        track = Track(direction)
        track.talk, track.carrier, track.frames = talk, "tcp", 3
        count(counts, track)

    assert counts == {"tcp": UnitCounts(8)}


def test_a_connection_of_nobody_is_not_counted() -> None:
    _, first, _ = opened()
    counts: dict[str, UnitCounts] = {}
    count(counts, Track(first))

    assert not counts
