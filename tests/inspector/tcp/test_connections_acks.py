"""Which data packets an ACK is for, and which a delayed ACK held back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.streams.packets import DELAYED_ACK_NS, DataPacket
from inspector.tcp.connections import RELEASED_WITHIN_NS, Direction
from inspector.tcp.reordering import Piece
from tests.inspector.conversation import MILLISECOND, SERVER, Wire, inspected
from tests.inspector.tcp.segments import opened, segment

if TYPE_CHECKING:
    from inspector.tcp.segments import Segment


def _ack(number: int, time_ns: int = 0, payload: bytes = b"") -> Segment:
    return segment(5_000, payload, ack=number, time_ns=time_ns)


def _acknowledge(direction: Direction, ack: Segment) -> DataPacket | None:
    pure = not ack.payload
    return direction.acknowledge(ack.ack, ack.number, ack.time_ns, pure=pure)


def _direction() -> Direction:
    return opened()[1]


def _filled() -> tuple[Direction, list[DataPacket]]:
    """Return a direction with three packets of ten bytes on their way."""
    direction = _direction()
    packets = [direction.take(n, n, 10) for n in (1, 2, 3)]
    return direction, packets


def test_what_an_expected_segment_carries_is_a_data_packet() -> None:
    direction = _direction()
    direction.begin(2**32 - 4, from_start=True)
    direction.settle(ordinary=True)
    packet = direction.take(8, 77, 6)

    assert packet == DataPacket(8, 77, 0, 6)
    assert (direction.next, direction.expected) == (6, 2)
    assert direction.latest is packet
    assert list(direction.unacknowledged) == [packet]
    assert direction.counts.data_packets == 1
    after = direction.take(9, 78, 1)
    assert (after.start, after.end) == (6, 7)
    assert direction.counts.data_packets == 2


def test_a_data_packet_that_is_out_of_order_is_on_its_way_too() -> None:
    direction = _direction()
    packets = [DataPacket(1, 5, 20, 30), DataPacket(2, 6, 0, 10)]
    for packet in packets:
        direction.sent(packet)

    assert list(direction.unacknowledged) == packets[::-1]
    assert direction.latest is packets[1]
    assert direction.counts.data_packets == 2


def test_an_ack_of_all_is_for_the_last_packet() -> None:
    direction, packets = _filled()

    assert _acknowledge(direction, _ack(1_030)) is packets[2]
    assert direction.acknowledged == 30
    assert not direction.unacknowledged


@pytest.mark.parametrize(
    ("number", "packet", "left"),
    [(1_010, 1, 2), (1_015, 2, 2), (1_020, 2, 1), (1_021, 3, 1), (1_001, 1, 3)],
)
def test_an_ack_of_a_part_is_for_the_last_packet_with_a_byte_in_it(
    number: int, packet: int, left: int
) -> None:
    direction, packets = _filled()

    assert _acknowledge(direction, _ack(number)) is packets[packet - 1]
    assert direction.acknowledged == number - 1_000
    assert list(direction.unacknowledged) == packets[3 - left :]


def test_an_ack_that_acknowledges_nothing_new_is_for_none() -> None:
    direction, packets = _filled()
    _acknowledge(direction, _ack(1_020))

    assert _acknowledge(direction, _ack(1_020)) is None
    assert _acknowledge(direction, _ack(1_010)) is None
    assert _acknowledge(direction, _ack(1_000)) is None
    assert direction.acknowledged == 20
    assert _acknowledge(direction, _ack(1_030)) is packets[2]
    assert _acknowledge(direction, _ack(1_030)) is None
    assert _acknowledge(direction, _ack(1_040)) is None


def test_an_ack_of_a_part_that_is_repeated_acknowledges_nothing_new() -> None:
    direction, packets = _filled()

    assert _acknowledge(direction, _ack(1_015)) is packets[1]
    assert _acknowledge(direction, _ack(1_005)) is None
    assert _acknowledge(direction, _ack(1_015)) is None


def test_no_more_is_acknowledged_than_was_captured() -> None:
    direction, packets = _filled()

    assert _acknowledge(direction, _ack(1_500)) is packets[2]
    assert direction.acknowledged == 30


def test_what_waits_after_a_hole_was_captured() -> None:
    direction, _ = _filled()
    packet = DataPacket(9, 0, 40, 50)
    direction.buffer.add(Piece(40, 50, bytes(10), packet), [(40, 50)])
    direction.sent(packet)

    assert _acknowledge(direction, _ack(1_500)) is packet
    assert direction.acknowledged == 50


@pytest.mark.parametrize(
    ("waited", "late"), [(DELAYED_ACK_NS, 0), (DELAYED_ACK_NS + 1, DELAYED_ACK_NS + 4)]
)
def test_an_ack_is_late_when_it_comes_long_after_the_last_packet(
    waited: int, late: int
) -> None:
    direction, _ = _filled()
    _acknowledge(direction, _ack(1_030, 3 + waited))

    assert direction.late_ack_ns == late


def test_an_ack_is_not_late_that_is_no_ack_of_all_or_comes_with_data() -> None:
    for number, payload in ((1_020, b""), (1_030, b"answer")):
        direction, _ = _filled()
        _acknowledge(direction, _ack(number, 10 * DELAYED_ACK_NS, payload))

        assert direction.late_ack_ns == 0


def test_a_prompt_ack_ends_the_wait_for_what_a_late_one_releases() -> None:
    direction, _ = _filled()
    direction.late_ack_ns = 7
    _acknowledge(direction, _ack(1_030, 4))

    assert direction.late_ack_ns == 0


@pytest.mark.parametrize(
    ("pause", "held"),
    [(0, True), (RELEASED_WITHIN_NS - 1, True), (RELEASED_WITHIN_NS, False)],
)
@pytest.mark.parametrize("way", ["in order", "out of order"])
def test_what_follows_a_late_ack_at_once_was_held_by_it(
    pause: int, way: str, *, held: bool
) -> None:
    assert RELEASED_WITHIN_NS == 2 * MILLISECOND
    direction, _ = _filled()
    late = 3 + DELAYED_ACK_NS + MILLISECOND
    _acknowledge(direction, _ack(1_030, late))
    time_ns = late + pause
    packet = DataPacket(4, time_ns, 30, 31)
    if way == "in order":
        packet = direction.take(4, time_ns, 1)
    else:
        direction.sent(packet)

    assert packet.held_ns == (time_ns - 3 if held else 0)
    assert direction.connection.held is held
    assert direction.late_ack_ns == 0
    again = DataPacket(5, time_ns, 31, 32)
    direction.sent(again)
    assert again.held_ns == 0


def test_nothing_is_held_before_the_first_packet() -> None:
    direction = _direction()
    direction.late_ack_ns = 5
    packet = DataPacket(1, 6, 0, 1)
    direction.sent(packet)

    assert (packet.held_ns, direction.late_ack_ns) == (0, 0)


def test_what_was_sent_before_the_delayed_ack_was_not_held_by_it() -> None:
    wire = Wire()
    call = wire.connect().emit("log", 1)
    wire.wait(20 * MILLISECOND)
    call.emit("log", 2)
    wire.wait(20 * MILLISECOND)
    call.ack(SERVER).emit("log", 3)

    packets = [each.request_packets[0] for each in inspected(wire.records).exchanges]

    assert [packet.held_ns for packet in packets] == [0, 0, 0]
