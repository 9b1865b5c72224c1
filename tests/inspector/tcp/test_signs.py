from __future__ import annotations

from inspector.tcp.connections import Connection, Direction
from inspector.tcp.segments import Segment
from inspector.tcp.signs import begins_anew, probes


def _segment(seq: int, *, flags: int = 0x10, payload: bytes = b"") -> Segment:
    flow = bytes([10, 0, 0, 1, 10, 0, 0, 2]) + b"\x9c\x40\x22\xb8"
    return Segment(1, 0, flow, seq, 0, flags, payload)


def _direction(first_seq: int) -> Direction:
    direction = Connection(1, _segment(0)).directions[0]
    direction.begin(first_seq, from_start=True)
    return direction


def test_a_repeated_syn_opens_nothing_and_another_one_does() -> None:
    direction = _direction(1_001)
    direction.advance(500)

    assert not begins_anew(direction, _segment(1_000, flags=0x02))
    assert begins_anew(direction, _segment(1_001, flags=0x02))
    assert begins_anew(direction, _segment(77_777, flags=0x02))
    assert not begins_anew(direction, _segment(77_777, flags=0x12))


def test_a_keep_alive_names_the_byte_before_the_next_one() -> None:
    direction = _direction(1_000)
    direction.advance(10)

    assert probes(direction, _segment(1_009))
    assert probes(direction, _segment(1_009, payload=b"x"))
    assert not probes(direction, _segment(1_009, payload=b"xy"))
    assert not probes(direction, _segment(1_010))
    assert not probes(direction, _segment(1_008))
    assert not probes(direction, _segment(1_009, flags=0x11))


def test_behind_an_end_an_answer_to_a_syn_or_far_data_begin_a_connection() -> None:
    direction = _direction(1_001)
    direction.connection.closed = True

    assert begins_anew(direction, _segment(77_777, flags=0x12))
    assert not begins_anew(direction, _segment(1_000, flags=0x12))
    assert begins_anew(direction, _segment(1_001 + (1 << 25), payload=b"x"))
    assert not begins_anew(direction, _segment(1_001 + (1 << 25)))
    assert not begins_anew(direction, _segment(1_001 + (1 << 20), payload=b"x"))


def test_the_next_byte_is_a_probe_only_to_a_side_without_room() -> None:
    direction = _direction(1_000)

    assert not probes(direction, _segment(1_000, payload=b"x"))
    direction.opposite.stopped = True
    assert probes(direction, _segment(1_000, payload=b"x"))
    assert not probes(direction, _segment(1_000, payload=b"xy"))
