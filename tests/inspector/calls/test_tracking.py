from __future__ import annotations

import pytest

from inspector.calls.searching import Search
from inspector.calls.seen import Anomaly, Remark, Sighting, Upkeep
from inspector.calls.tracking import Track
from inspector.carriers import base
from inspector.carriers.nest_tcp.carrier import carrier as nest_tcp
from inspector.carriers.nest_tcp.talk import NestTcpTalk
from inspector.streams.items import Chunk
from inspector.streams.packets import DataPacket
from protocol import LengthUnit, encode_packet
from tests.inspector.carriers.toy.pigeon_post import carrier
from tests.inspector.conversation import event, request
from tests.inspector.directions import direction
from tests.inspector.scenes import counted_in

_FRAME = encode_packet(request("sum", "1", "x" * 30))


class _Tracked:
    """A direction, read chunk by chunk, each in a data packet of its own."""

    def __init__(self) -> None:
        self.track = Track(direction())
        self.track.search, self.track.talk = None, NestTcpTalk(None)
        self.packets: list[DataPacket] = []
        self.seen: list[object] = []

    def read(self, *data: bytes) -> _Tracked:
        for each in data:
            packet = DataPacket(len(self.packets) + 1, 0, 0, len(each))
            self.packets.append(packet)
            chunk = Chunk(self.track.direction, each, packet)
            self.seen += self.track.read(chunk)
        return self

    @property
    def frames(self) -> list[int]:
        return [packet.frames for packet in self.packets]


def test_a_unit_has_the_data_packets_with_a_byte_of_it() -> None:
    tracked = _Tracked().read(_FRAME[:10], _FRAME[10:20], _FRAME[20:] + _FRAME)
    first, second = tracked.seen

    assert isinstance(first, Sighting)
    assert isinstance(second, Sighting)
    assert first.records == tracked.packets
    assert second.records == tracked.packets[2:]


def test_a_data_packet_counts_each_unit_once_also_the_one_that_is_not_complete() -> (
    None
):
    tracked = _Tracked().read(_FRAME + _FRAME[:10])
    assert tracked.frames == [2]
    tracked.read(_FRAME[10:20])
    assert tracked.frames == [2, 1]
    tracked.read(_FRAME[20:])
    assert tracked.frames == [2, 1, 1]


def test_a_unit_that_turns_out_to_be_another_is_counted_anew() -> None:
    # In bytes it is whole with the first packet; Nest would wait for what follows.
    frame = counted_in(LengthUnit.UTF8, request("greet", "1", "é" * 12))
    tracked = _Tracked().read(frame[:20], frame[20:], frame[:9], frame[9:] + frame)

    assert tracked.frames == [1, 1, 1, 2]
    assert sum(isinstance(each, Sighting) for each in tracked.seen) == 3


def test_what_is_malformed_stands_at_the_packet_that_shows_it() -> None:
    tracked = _Tracked().read(_FRAME, b"x", b"y#", _FRAME)
    _, anomaly, *_ = tracked.seen

    assert isinstance(anomaly, Anomaly)
    assert anomaly.record is tracked.packets[2]


def test_places_that_a_carrier_misjudges_are_those_of_the_latest_packet() -> None:
    tracked = _Tracked().read(_FRAME)
    track, packet = tracked.track, tracked.packets[0]

    assert track._at(10_000) is packet  # noqa: SLF001 — whatever a plug-in says


class _Lines(_Tracked):
    """A direction of pigeons."""

    def __init__(self) -> None:
        super().__init__()
        self.track.talk = carrier.talk(None, whole=True)


def test_errands_and_idle_units_are_seen_with_their_data_packets() -> None:
    tracked = _Lines().read(b"hea", b"rd 7\nping\n")
    errand, idle = tracked.seen

    assert isinstance(errand, Upkeep)
    assert isinstance(idle, Upkeep)
    assert (errand.unit.verb, errand.records) == ("heard", tracked.packets)
    assert (idle.unit.verb, idle.records) == ("ping", tracked.packets[1:])
    assert (tracked.track.errands, tracked.track.idle) == (1, 1)


def test_a_data_packet_counts_errands_and_no_idle_units() -> None:
    assert _Lines().read(b"heard 7\nping\n", b"ping\n").frames == [1, 0]
    assert _Lines().read(b"pi", b"ng\n").frames == [0, 0]
    assert _Lines().read(b"tell a 1\npi", b"ng\ntell b 2\n").frames == [1, 1]


@pytest.mark.parametrize("from_start", [True, False])
def test_what_has_no_beginning_is_searched_for_a_unit(*, from_start: bool) -> None:
    own = direction()
    own.from_start = from_start
    track = Track(own)

    assert (track.search is None) is from_start
    assert (track.talk, track.held, track.gaps) == (None, [], [])
    assert (track.frames, track.errands, track.idle) == (0, 0, 0)
    assert (track.unread, track.partial) == (0, 0)


def _chunk(track: Track, data: bytes) -> Chunk:
    return Chunk(track.direction, data, DataPacket(1, 0, 0, len(data)))


def test_what_is_held_and_what_is_searched_counts_as_not_read_after_a_loss() -> None:
    track = Track(direction())
    track.search = Search()
    for _ in range(3):
        track.search.find(_chunk(track, b"x" * 50), [nest_tcp])
    track.held = [_chunk(track, b"y" * 7), _chunk(track, b"z" * 5)]
    searched = track.search

    assert track.lose() == []
    assert track.unread == 150 + 12
    assert track.held == []
    assert track.search is not searched
    assert track.lose() == []
    assert track.unread == 150 + 12


def test_after_a_loss_nothing_is_left_of_the_unit_that_was_not_complete() -> None:
    tracked = _Tracked().read(_FRAME, _FRAME[:9])
    track = tracked.track
    assert track.partial == 9
    track.lose()

    assert (track.partial, track.unread) == (0, 9)
    assert track.search is not None
    track.search = None
    tracked.read(_FRAME)
    second = tracked.seen[-1]
    assert isinstance(second, Sighting)
    assert second.records == tracked.packets[2:]
    assert tracked.frames == [1, 1, 1]


def test_what_one_side_shows_of_who_asks_the_other_knows() -> None:
    tracked = _Tracked()
    connection, talk = tracked.track.direction.connection, tracked.track.talk
    assert talk is not None
    connection.client = 1
    tracked.read(_FRAME[:5])
    assert talk.client == 1

    other = _Tracked()
    other.track.direction.connection.client = None
    other.read(_FRAME)
    assert other.track.direction.connection.client == 0


def test_at_the_end_only_what_is_read_has_something_to_say() -> None:
    tracked = _Tracked().read(_FRAME[:9])
    (remark,) = tracked.track.finish(10**12, "close")
    assert isinstance(remark, Remark)
    assert (remark.code, remark.record) == ("stalled-frame", tracked.packets[0])
    tracked.track.search = Search()
    assert tracked.track.finish(10**12, "close") == []
    assert Track(direction()).finish(10**12, "close") == []


def test_a_remark_keeps_all_that_a_carrier_says() -> None:
    tracked = _Tracked().read(_FRAME[:9])
    unit = base.Remark(
        side=0,
        begin=0,
        end=9,
        code="c",
        subject="s",
        detail="d",
        size=3,
        duration_ns=4,
        packet=event("x"),
    )
    (remark,) = tracked.track._see([unit])  # noqa: SLF001 — whatever a carrier says

    assert remark == Remark(
        "c", tracked.track.direction, tracked.packets[0], "s", "d", 3, 4, event("x")
    )


def test_trouble_counts_as_a_frame_where_it_is_one() -> None:
    tracked = _Tracked().read(b"5#[1,2,", b"abc#")
    framed, broken = tracked.seen

    assert isinstance(framed, Anomaly)
    assert isinstance(broken, Anomaly)
    assert (framed.code, framed.record) == ("invalid-json", tracked.packets[0])
    assert broken.code == "corrupted-length"
    assert tracked.track.frames == 1
    assert tracked.frames == [1, 0]
