"""What each segment is to its connection, and what becomes of those passed over."""

from __future__ import annotations

import pytest

from inspector.limits import Limits
from inspector.streams.items import (
    Acknowledgement,
    Chunk,
    Closed,
    End,
    Gap,
    StreamItem,
)
from inspector.streams.packets import PacketCounts, PacketKind
from inspector.tcp.interest import Interest
from inspector.tcp.reassembly import Reassembler
from inspector.tcp.segments import SegmentDecoder
from tests.inspector.assembled import connection_of, reassemble
from tests.inspector.conversation import CLIENT, SECOND, SERVER, Wire

DATA, ACK, CONTROL = PacketKind.DATA, PacketKind.ACK, PacketKind.CONTROL


def _kinds(wire: Wire) -> list[PacketKind]:
    """Return the kinds of the segments, each after it was reassembled."""
    segments = list(SegmentDecoder().decode(wire.records))
    for _ in Reassembler().reassemble(segments):
        pass
    return [segment.kind for segment in segments]


def _counts(wire: Wire) -> PacketCounts:
    return connection_of(reassemble(wire.records)).counts


def test_each_segment_counts_as_one_kind() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"ask").ack(SERVER).send(SERVER, b"answer")
    call.ack(CLIENT)
    wire.wait(SECOND)
    call.resend(4).ack(SERVER).keep_alive(CLIENT).copy(len(wire.records)).close()

    assert _kinds(wire) == [
        CONTROL, CONTROL, ACK, DATA, ACK, DATA, ACK,
        PacketKind.RETRANSMISSION, ACK, PacketKind.KEEP_ALIVE, PacketKind.COPY,
        CONTROL, CONTROL, ACK,
    ]  # fmt: skip
    assert _counts(wire) == PacketCounts(
        control=4,
        pure_acks=5,
        data_packets=2,
        retransmissions=1,
        keep_alives=1,
        copies=1,
    )


def test_data_out_of_order_and_on_a_syn_or_fin_are_data() -> None:
    wire = Wire()
    call = wire.join()
    call.write(CLIENT, b"early")
    call.segment(CLIENT, b"early", flags="S", seq=call.isns[CLIENT])
    call.acked[SERVER] = call.next_seq[CLIENT]
    call.segment(SERVER, flags="SA", seq=call.isns[SERVER]).ack(CLIENT)
    start = call.write(CLIENT, b"onetwo")
    call.part(CLIENT, start + 3, start + 6).part(CLIENT, start, start + 3)
    call.segment(CLIENT, b"!", flags="FA", seq=call.next_seq[CLIENT])

    assert _kinds(wire) == [DATA, CONTROL, ACK, DATA, DATA, DATA]


def test_text_in_a_reset_is_control() -> None:
    wire = Wire()
    call = wire.connect()
    call.segment(SERVER, b"why", flags="RA", seq=call.next_seq[SERVER])

    assert _kinds(wire)[-1] is CONTROL
    assert _counts(wire).control == 3


def test_a_probe_is_data_once_its_byte_is_taken() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"full")
    call.segment(SERVER, flags="A", seq=900_001, ack=1_005, window=0)
    call.send(CLIENT, b"m").ack(SERVER)

    assert _kinds(wire)[-3:] == [ACK, DATA, ACK]
    assert _counts(wire).keep_alives == 0


def test_a_probe_is_none_before_its_byte_is_taken() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"full")
    call.segment(SERVER, flags="A", seq=900_001, ack=1_005, window=0)
    call.segment(CLIENT, b"m", flags="A", seq=1_005)
    call.segment(SERVER, flags="A", seq=900_001, ack=1_005, window=0)
    connection = connection_of(reassemble(wire.records))

    assert _kinds(wire)[-2:] == [PacketKind.KEEP_ALIVE, ACK]
    assert connection.counts.data_packets == 1
    assert connection.directions[0].probe is not None


def test_troubles_name_the_side_and_the_record() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"ask").copy(4)
    wire.wait(SECOND)
    call.resend(4).reset(SERVER)

    assert connection_of(reassemble(wire.records)).trouble == {
        "copy": (0, 5),
        "retransmission": (0, 6),
        "reset": (1, 7),
    }


def test_a_reassembler_knows_its_connections_by_their_flows() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"ask")
    wire.connect(client="10.0.0.1:40001")
    segments = list(SegmentDecoder().decode(wire.records))
    reassembler = Reassembler()
    assert reassembler.direction_of(segments[0].flow) is None
    (chunk,) = reassembler.reassemble(segments)

    assert isinstance(chunk, Chunk)
    assert reassembler.direction_of(segments[0].flow) is chunk.direction
    assert reassembler.direction_of(segments[1].flow) is chunk.direction.opposite
    assert reassembler.connections == 2


def test_at_the_end_of_the_capture_what_is_open_ends() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"lost", captured=False).send(CLIENT, b"kept")
    wire.connect(client="10.0.0.1:40001").close()
    wire.add(b"no TCP at all")
    reassembler, decoder = Reassembler(), SegmentDecoder()
    before = list(reassembler.reassemble(decoder.decode(wire.records)))
    items = list(reassembler.end(decoder.end))

    last = wire.records[-1]
    assert [type(item) for item in before] == [Closed]
    gap, chunk, closed, end = items
    assert isinstance(gap, Gap)
    assert isinstance(chunk, Chunk)
    assert isinstance(closed, Closed)
    assert (closed.cause, closed.time_ns) == ("end", last.time_ns)
    assert closed.connection.closed
    assert end == End(last.number, last.time_ns)
    assert list(Reassembler().end(SegmentDecoder().end)) == [End(0, 0)]


def test_a_fin_that_nothing_came_before_leaves_a_gap_at_the_end() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"ask")
    call.send(CLIENT, b"lost", captured=False)
    call.segment(CLIENT, flags="F", seq=call.next_seq[CLIENT])
    (gap,) = (item for item in reassemble(wire.records) if isinstance(item, Gap))

    assert (gap.size, gap.packet) == (4, len(wire.records))


def _passed_over(wire: Wire, seen: int = 1) -> tuple[list[StreamItem], Interest]:
    """Reassemble a capture of which connections are passed over after some chunks."""
    interest = Interest()
    reassembler, decoder = Reassembler(None, interest), SegmentDecoder()
    items: list[StreamItem] = []
    for item in reassembler.reassemble(decoder.decode(wire.records)):
        items.append(item)
        if isinstance(item, Chunk) and len(items) >= seen:
            interest.pass_over(item.direction.connection)
    return items, interest


def test_nothing_is_read_of_what_is_passed_over() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"one").send(CLIENT, b"two").ack(SERVER)
    call.send(SERVER, b"three").keep_alive(CLIENT)
    items, _ = _passed_over(wire)

    (chunk,) = items
    assert isinstance(chunk, Chunk)
    assert chunk.direction.connection.counts.packets == 4


@pytest.mark.parametrize(
    ("how", "reset"), [("fin", False), ("rst", True), ("one fin", False)]
)
def test_what_is_passed_over_ends_with_both_fins_or_a_reset(
    how: str, *, reset: bool
) -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"one").send(CLIENT, b"two")
    if how == "rst":
        call.reset(SERVER)
    else:
        call.finish(CLIENT).ack(SERVER)
    if how == "fin":
        call.finish(SERVER).ack(CLIENT).finish(CLIENT)
    items, interest = _passed_over(wire)
    chunk, *closed = items
    assert isinstance(chunk, Chunk)
    connection = chunk.direction.connection

    assert [type(item) for item in closed] == [Closed] * (how != "one fin")
    assert connection.closed == (how != "one fin")
    assert connection.reset == reset
    assert connection.trouble == ({"reset": (1, 6)} if reset else {})
    flow = next(SegmentDecoder().decode(wire.records)).flow
    assert (flow in interest.passed_over) == (how == "one fin")


def test_a_syn_on_ports_that_are_passed_over_is_a_new_connection() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"one")
    wire.connect(isns=(555_555, 666_666)).send(CLIENT, b"two")
    first, closed, second = _passed_over(wire)[0]

    assert isinstance(first, Chunk)
    assert isinstance(second, Chunk)
    assert isinstance(closed, Closed)
    assert (closed.connection, closed.cause) == (first.direction.connection, "close")
    assert second.data == b"two"
    assert second.direction.connection.number == 2


def test_after_a_close_only_acks_matter() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"ask").close()
    call.segment(CLIENT, b"more", flags="PA", seq=call.next_seq[CLIENT])
    call.segment(SERVER, flags="A", seq=call.next_seq[SERVER], ack=1_009)
    items = reassemble(wire.records)

    assert [type(item) for item in items] == [Chunk, Closed, Acknowledgement]
    assert _counts(wire).data_packets == 2


def test_a_closed_connection_is_forgotten_when_others_have_closed() -> None:
    wire = Wire()
    first = wire.connect().send(CLIENT, b"one").close()
    for port in (40_001, 40_002):
        wire.connect(client=f"10.0.0.1:{port}").close()
    first.segment(SERVER, flags="A", seq=first.next_seq[SERVER])

    numbers = [
        {item.connection.number for item in items if isinstance(item, Closed)}
        for items in (
            reassemble(wire.records, Limits(lingering=2)),
            reassemble(wire.records, Limits(lingering=3)),
        )
    ]
    assert numbers == [{1, 2, 3, 4}, {1, 2, 3}]


def test_a_window_that_is_closed_is_no_ordinary_segment() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"ask")
    call.segment(SERVER, b"answer", flags="PA", seq=900_001, ack=1_004, window=0)
    connection = connection_of(reassemble(wire.records))

    assert connection.counts.zero_windows == 1
    assert connection.directions[1].stopped
