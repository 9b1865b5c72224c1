from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.streams.packets import DELAYED_ACK_NS
from inspector.tcp.connections import RELEASED_WITHIN_NS, Connection, Direction
from inspector.tcp.segments import Segment, decode_segment
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Wire,
    inspected,
)

_SPACE = 2**32


def _segment(seq: int, *, flags: int = 0x10, payload: bytes = b"") -> Segment:
    flow = bytes([10, 0, 0, 1, 10, 0, 0, 2]) + b"\x9c\x40\x22\xb8"
    return Segment(1, 0, flow, seq % _SPACE, 0, flags, payload)


def _direction(first_seq: int = 1_000) -> Direction:
    direction = Connection(1, _segment(0)).directions[0]
    direction.begin(first_seq, from_start=True)
    return direction


@given(
    first=st.integers(0, _SPACE - 1),
    read=st.integers(0, 2**33),
    distance=st.integers(-(2**31), 2**31 - 1),
)
def test_a_place_is_told_by_its_distance_however_often_numbers_wrap(
    first: int, read: int, distance: int
) -> None:
    direction = _direction(first)
    direction.advance(read)

    place = read + distance

    assert direction.place((first + place) % _SPACE) == place


def test_the_client_is_who_sent_the_syn_else_the_side_seen_first() -> None:
    connection = Connection(1, _segment(0))

    assert connection.client_text == "10.0.0.1:40000"
    assert connection.server_text == "10.0.0.2:8888"
    connection.client = 1
    assert connection.client_text == "10.0.0.2:8888"
    assert connection.server_text == "10.0.0.1:40000"


@pytest.mark.parametrize(
    ("delay", "pause", "held"),
    [
        (DELAYED_ACK_NS + MILLISECOND, 0, True),
        (DELAYED_ACK_NS - MILLISECOND, 0, False),
        (DELAYED_ACK_NS + MILLISECOND, RELEASED_WITHIN_NS, False),
    ],
    ids=["held", "no delayed ACK", "not sent at once"],
)
def test_a_packet_is_held_when_a_delayed_ack_releases_it(
    delay: int, pause: int, *, held: bool
) -> None:
    wire = Wire()
    call = wire.connect().emit("log", 1)
    wire.wait(delay)
    call.ack(SERVER)
    wire.wait(pause)
    call.ask("sum", "1")

    (packet,) = inspected(wire.records).exchanges[1].request_packets

    assert (packet.held_ns > DELAYED_ACK_NS) == held
    assert (packet.held_ns == 0) != held


def test_what_was_sent_before_the_delayed_ack_was_not_held_by_it() -> None:
    wire = Wire()
    call = wire.connect().emit("log", 1)
    wire.wait(20 * MILLISECOND)
    call.emit("log", 2)
    wire.wait(20 * MILLISECOND)
    call.ack(SERVER).emit("log", 3)

    packets = [each.request_packets[0] for each in inspected(wire.records).exchanges]

    assert [packet.held_ns for packet in packets] == [0, 0, 0]


def test_a_flow_names_the_same_connection_from_either_side() -> None:
    wire = Wire()
    wire.connect(client="::1:40000", server="::1:8888")
    segments = [decode_segment(record) for record in wire.records]

    connection = Connection(1, segments[0])

    assert connection.endpoints[CLIENT] == ("::1", 40_000)
    assert connection.endpoints[SERVER] == ("::1", 8_888)


def test_a_repeated_syn_opens_nothing_and_another_one_does() -> None:
    direction = _direction(1_001)
    direction.advance(500)

    assert not direction.begins_anew(_segment(1_000, flags=0x02))
    assert direction.begins_anew(_segment(1_001, flags=0x02))
    assert direction.begins_anew(_segment(77_777, flags=0x02))
    assert not direction.begins_anew(_segment(77_777, flags=0x12))


def test_a_keep_alive_names_the_byte_before_the_next_one() -> None:
    direction = _direction(1_000)
    direction.advance(10)

    assert direction.only_probes(_segment(1_009))
    assert direction.only_probes(_segment(1_009, payload=b"x"))
    assert not direction.only_probes(_segment(1_009, payload=b"xy"))
    assert not direction.only_probes(_segment(1_010))
    assert not direction.only_probes(_segment(1_008))
    assert not direction.only_probes(_segment(1_009, flags=0x11))


def test_behind_an_end_an_answer_to_a_syn_or_far_data_begin_a_connection() -> None:
    direction = _direction(1_001)
    direction.connection.closed = True

    assert direction.begins_anew(_segment(77_777, flags=0x12))
    assert not direction.begins_anew(_segment(1_000, flags=0x12))
    assert direction.begins_anew(_segment(1_001 + (1 << 25), payload=b"x"))
    assert not direction.begins_anew(_segment(1_001 + (1 << 25)))
    assert not direction.begins_anew(_segment(1_001 + (1 << 20), payload=b"x"))


def test_the_next_byte_is_a_probe_only_to_a_side_without_room() -> None:
    direction = _direction(1_000)

    assert not direction.only_probes(_segment(1_000, payload=b"x"))
    direction.opposite.stopped = True
    assert direction.only_probes(_segment(1_000, payload=b"x"))
    assert not direction.only_probes(_segment(1_000, payload=b"xy"))
