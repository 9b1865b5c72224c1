from __future__ import annotations

from inspector.streams.items import Chunk
from inspector.streams.packets import DataPacket, InFlight, PacketCounts
from inspector.tcp.reassembly import Reassembler
from inspector.tcp.segments import SegmentDecoder
from tests.inspector.conversation import CLIENT, Wire


def test_a_data_packet_knows_which_bytes_it_was_the_first_to_carry() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"abcdef")
    call.write(CLIENT, b"ghi")
    call.part(CLIENT, 4, 9)
    segments = SegmentDecoder().decode(wire.records)
    chunks = Reassembler().reassemble(segments)
    packets = [item.packet for item in chunks if isinstance(item, Chunk)]

    assert [(each.number, each.start, each.end) for each in packets] == [
        (4, 0, 6),
        (5, 6, 9),
    ]
    assert [each.time_ns for each in packets] == [
        wire.records[each.number - 1].time_ns for each in packets
    ]
    assert all((each.frames, each.acks, each.held_ns) == (0, 0, 0) for each in packets)


def test_what_is_in_flight_stands_in_the_order_of_its_bytes() -> None:
    waiting = InFlight()
    for number, start in enumerate([0, 30, 10, 20, 40]):
        waiting.add(DataPacket(number, 0, start, start + 10))

    assert [packet.start for packet in waiting] == [0, 10, 20, 30, 40]


def test_what_is_never_acknowledged_is_forgotten() -> None:
    waiting = InFlight()
    for number in range(5_000):
        waiting.add(DataPacket(number, 0, number, number + 1))
    waiting.add(DataPacket(5_000, 0, 4_500, 4_501))

    assert len(waiting) == 1_024
    assert waiting[-1].number == 4_999


def test_the_packets_are_those_of_all_kinds() -> None:
    counts = PacketCounts(
        control=1,
        pure_acks=10,
        data_packets=100,
        retransmissions=1_000,
        keep_alives=10_000,
        copies=100_000,
        zero_windows=7,
    )

    assert counts.packets == 111_111
    assert counts.apart == 111_001


def test_counts_add_up_kind_by_kind() -> None:
    one, two = PacketCounts(1, 2, 3, 4, 5, 6, 7), PacketCounts(10, 20, 30, 40, 50, 60)

    assert PacketCounts.sum([one, two]) == PacketCounts(11, 22, 33, 44, 55, 66, 7)
    assert PacketCounts.sum([]) == PacketCounts()
    assert one == PacketCounts(1, 2, 3, 4, 5, 6, 7)
