from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.capture.connections import Chunk, Connection
from inspector.capture.reassembly import (
    Acknowledgement,
    Closed,
    Gap,
    Reassembler,
    StreamItem,
)
from inspector.capture.segments import SegmentDecoder
from tests.inspector.conversation import (
    CLIENT,
    SECOND,
    SERVER,
    Conversation,
    Side,
    Wire,
    reordered,
)
from tests.inspector.traffic import scattered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.capture.records import PacketRecord

_SECOND = Side(1)  # the side that is not seen first, client or not
_TEXT = bytes(range(33, 127)) * 3


def reassemble(records: Iterable[PacketRecord]) -> list[StreamItem]:
    return list(Reassembler().reassemble(SegmentDecoder().decode(records)))


def stream(items: Iterable[StreamItem], side: Side) -> bytes:
    """Return the bytes of one side, a gap as question marks."""
    read = b""
    for item in items:
        if isinstance(item, Chunk) and item.direction.side == side:
            read += item.data
        elif isinstance(item, Gap) and item.direction.side == side:
            read += b"?" * item.size
    return read


def carriers(items: Iterable[StreamItem], side: Side) -> list[int]:
    """Return for each byte of one side the number of the packet it came in."""
    return [
        item.packet.number
        for item in items
        if isinstance(item, Chunk) and item.direction.side == side
        for _ in item.data
    ]


@settings(max_examples=80, deadline=None)
@given(data=st.data(), size=st.integers(1, 60), isn=st.integers(0, 2**32 - 1))
def test_any_order_and_repetition_of_segments_gives_the_same_stream(
    data: st.DataObject, size: int, isn: int
) -> None:
    wire = Wire()
    call = wire.connect(isns=(isn, isn ^ 0xFFFF_0000))
    start = call.write(CLIENT, _TEXT[:size])
    for first, end in data.draw(scattered(size)):
        call.part(CLIENT, start + first, start + end)
    call.acked[SERVER] = call.next_seq[CLIENT]
    call.ack(SERVER).close()
    items = reassemble(wire.records)

    assert stream(items, CLIENT) == _TEXT[:size]
    assert carriers(items, CLIENT) == call.carriers[CLIENT]
    assert not any(isinstance(item, Gap) for item in items)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), size=st.integers(2, 60))
def test_without_the_beginning_the_order_is_found_from_the_first_segment_on(
    data: st.DataObject, size: int
) -> None:
    wire = Wire()
    call = wire.join(isns=(2**32 - 30, 5))
    first = call.write(CLIENT, b"begins")
    call.part(CLIENT, first, first + 6)
    start = call.write(CLIENT, _TEXT[:size])
    for begin, end in data.draw(scattered(size)):
        call.part(CLIENT, start + begin, start + end)

    assert stream(reassemble(wire.records), CLIENT) == b"begins" + _TEXT[:size]


def test_of_bytes_that_differ_the_first_win() -> None:
    wire = Wire()
    call = wire.connect()
    seq = call.next_seq[CLIENT]
    call.write(CLIENT, b"x" * 10)
    call.segment(CLIENT, b"AAAA", flags="A", seq=seq)
    call.segment(CLIENT, b"BBBBBB", flags="A", seq=seq + 2)
    call.segment(CLIENT, b"CCCCCC", flags="A", seq=seq + 4)
    items = reassemble(wire.records)

    assert stream(items, CLIENT) == b"AAAABBBBCC"
    assert carriers(items, CLIENT) == [4] * 4 + [5] * 4 + [6] * 2


def test_what_fills_a_hole_wins_over_what_stood_behind_it() -> None:
    wire = Wire()
    call = wire.connect()
    seq = call.next_seq[CLIENT]
    call.write(CLIENT, b"x" * 8)
    call.segment(CLIENT, b"BBB", flags="A", seq=seq + 3)
    call.segment(CLIENT, b"CCCCCCCC", flags="A", seq=seq)
    items = reassemble(wire.records)

    assert stream(items, CLIENT) == b"CCCCCCCC"
    assert carriers(items, CLIENT) == [5] * 3 + [4] * 3 + [5] * 2


def test_sequence_numbers_wrap() -> None:
    wire = Wire()
    call = wire.connect(isns=(2**32 - 5, 2**32 - 1))
    for _ in range(3):
        call.send(CLIENT, b"abcdef").send(SERVER, b"uvwxyz")
    items = reassemble(wire.records)

    assert stream(items, CLIENT) == b"abcdef" * 3
    assert stream(items, SERVER) == b"uvwxyz" * 3


def test_a_repeated_handshake_is_the_same_connection() -> None:
    wire = Wire()
    call = Conversation(wire)
    for _ in range(3):
        call.segment(CLIENT, flags="S", seq=call.isns[CLIENT])
    call.open().resend(5).send(CLIENT, b"hello")
    items = reassemble(wire.records)

    assert len({_connection(item) for item in items}) == 1
    assert stream(items, CLIENT) == b"hello"


@pytest.mark.parametrize("closed", [True, False])
def test_reused_ports_are_a_new_connection(*, closed: bool) -> None:
    wire = Wire()
    first = wire.connect().send(CLIENT, b"first")
    if closed:
        first.close()
    wire.connect(isns=(555_555, 666_666)).send(CLIENT, b"second")
    items = reassemble(wire.records)

    chunks = [item for item in items if isinstance(item, Chunk)]
    assert [chunk.data for chunk in chunks] == [b"first", b"second"]
    assert [chunk.direction.connection.number for chunk in chunks] == [1, 2]
    causes = [item.cause for item in items if isinstance(item, Closed)]
    assert causes == ["close", "end"]


def test_data_on_a_syn_is_read() -> None:
    wire = Wire()
    call = Conversation(wire)
    call.write(CLIENT, b"early")
    call.segment(CLIENT, b"early", flags="S", seq=call.isns[CLIENT])
    call.acked[SERVER] = call.next_seq[CLIENT]
    call.segment(SERVER, flags="SA", seq=call.isns[SERVER]).ack(CLIENT)
    call.send(CLIENT, b" bird")
    items = reassemble(wire.records)

    assert stream(items, CLIENT) == b"early bird"
    (connection,) = {_connection(item) for item in items}
    assert (connection.client, connection.data_packets) == (CLIENT, 2)


def test_a_hole_that_was_acknowledged_is_a_gap() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"one ")
    call.send(CLIENT, b"two ", captured=False).ack(SERVER).send(CLIENT, b"three")
    items = reassemble(wire.records)

    assert stream(items, CLIENT) == b"one ????three"
    (gap,) = (item for item in items if isinstance(item, Gap))
    assert (gap.size, gap.packet) == (4, len(wire.records))


def test_an_ack_for_what_stands_behind_a_hole_gives_the_hole_up_at_once() -> None:
    wire = Wire()
    call = wire.connect()
    call.send(CLIENT, b"lost ", captured=False).send(CLIENT, b"asked").ack(SERVER)
    call.send(SERVER, b"answered")
    chunks = [item for item in reassemble(wire.records) if isinstance(item, Chunk)]

    assert [chunk.data for chunk in chunks] == [b"asked", b"answered"]


def test_an_answer_that_carries_the_ack_comes_behind_what_it_answers() -> None:
    wire = Wire()
    call = wire.connect()
    call.send(CLIENT, b"lost ", captured=False).send(CLIENT, b"asked")
    call.send(SERVER, b"answered").ack(CLIENT)
    chunks = [item for item in reassemble(wire.records) if isinstance(item, Chunk)]

    assert [chunk.data for chunk in chunks] == [b"asked", b"answered"]


def test_a_hole_that_is_not_acknowledged_is_waited_for() -> None:
    wire = Wire()
    call = wire.connect()
    start = call.write(CLIENT, b"onetwo")
    call.part(CLIENT, start + 3, start + 6).send(SERVER, b"meanwhile")
    call.part(CLIENT, start, start + 3)
    items = reassemble(wire.records)

    assert stream(items, CLIENT) == b"onetwo"
    assert not any(isinstance(item, Gap) for item in items)


@pytest.mark.parametrize("how", ["end", "close", "reset"])
def test_a_hole_that_is_left_at_the_end_is_a_gap(how: str) -> None:
    wire = Wire()
    call = wire.connect()
    call.send(CLIENT, b"lost", captured=False).send(CLIENT, b"kept")
    if how == "close":
        call.finish(CLIENT).finish(SERVER)
    elif how == "reset":
        call.reset(SERVER)
    items = reassemble(wire.records)

    assert stream(items, CLIENT) == b"????kept"
    (closed,) = (item for item in items if isinstance(item, Closed))
    assert closed.cause == how
    assert items[-1] is closed or isinstance(items[-1], Acknowledgement)


def test_what_is_sent_again_is_counted_apart() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"once")
    call.resend(4).resend(4).ack(SERVER).resend(4)
    items = reassemble(wire.records)
    (connection,) = {_connection(item) for item in items}

    assert stream(items, CLIENT) == b"once"
    assert (connection.data_packets, connection.retransmissions) == (1, 3)


def test_a_longer_retransmission_counts_for_what_is_new_in_it() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"abc")
    call.write(CLIENT, b"def")
    call.part(CLIENT, 0, 6)
    items = reassemble(wire.records)
    (connection,) = {_connection(item) for item in items}

    assert carriers(items, CLIENT) == [4] * 3 + [5] * 3
    assert (connection.data_packets, connection.retransmissions) == (2, 0)


def test_keep_alives_are_no_data_and_no_pure_acks() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"abc").ack(SERVER)
    call.keep_alive(CLIENT).ack(SERVER)
    call.segment(CLIENT, b"c", flags="A", seq=call.next_seq[CLIENT] - 1).ack(SERVER)
    items = reassemble(wire.records)
    (connection,) = {_connection(item) for item in items}

    assert stream(items, CLIENT) == b"abc"
    assert (connection.keep_alives, connection.pure_acks) == (2, 4)
    assert connection.packets == len(wire.records)


def test_a_keep_alive_is_no_acknowledgement_of_its_own() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"abc").send(SERVER, b"uvw").keep_alive(CLIENT)
    items = reassemble(wire.records)

    assert not any(isinstance(item, Acknowledgement) for item in items)


def test_a_half_closed_connection_goes_on_in_the_other_direction() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"ask").finish(CLIENT).send(SERVER, b"answer").finish(
        SERVER
    ).ack(CLIENT)
    items = reassemble(wire.records)

    assert stream(items, SERVER) == b"answer"
    (closed,) = (item for item in items if isinstance(item, Closed))
    assert closed.cause == "close"


def test_a_fin_that_overtook_data_waits_for_it() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"ask")
    start = call.write(SERVER, b"answer")
    call.finish(CLIENT).finish(SERVER).part(SERVER, start, start + 6).ack(CLIENT)

    assert stream(reassemble(wire.records), SERVER) == b"answer"


def test_what_follows_a_close_is_counted_and_closes_nothing_twice() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"ask").close().ack(SERVER)
    call.resend(7).reset(SERVER)
    items = reassemble(wire.records)
    (connection,) = {_connection(item) for item in items}

    assert sum(isinstance(item, Closed) for item in items) == 1
    assert connection.packets == len(wire.records)


@pytest.mark.parametrize("first", [CLIENT, SERVER])
def test_the_client_is_who_sent_the_syn_whoever_is_seen_first(first: Side) -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"ask").send(SERVER, b"answer")
    records = wire.records if first is CLIENT else wire.records[1:]
    items = reassemble(reordered(records, range(len(records))))
    (connection,) = {_connection(item) for item in items}

    assert connection.client_endpoint == "10.0.0.1:40000"


def test_a_handshake_captured_in_another_order_is_one_connection() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"ask").send(SERVER, b"answer")
    items = reassemble(reordered(wire.records, [1, 0, 2, 3, 4]))

    (connection,) = {_connection(item) for item in items}
    assert connection.client_endpoint == "10.0.0.1:40000"
    assert stream(items, _SECOND) == b"ask"


def test_a_capture_that_begins_at_a_keep_alive_lacks_nothing_behind_it() -> None:
    wire = Wire()
    wire.join().keep_alive(CLIENT).ack(SERVER).send(CLIENT, b"ask").ack(SERVER)
    items = reassemble(wire.records)

    assert stream(items, CLIENT) == b"ask"


def test_a_side_without_room_is_probed_with_a_byte_that_it_refuses() -> None:
    wire = Wire()
    call = (
        wire.connect()
        .send(CLIENT, b"full")
        .segment(SERVER, flags="A", seq=900_001, ack=1_005, window=0)
    )
    for _ in range(3):
        wire.wait(SECOND)
        call.segment(CLIENT, b"m", flags="A", seq=1_005)
        call.segment(SERVER, flags="A", seq=900_001, ack=1_005, window=0)
    call.segment(SERVER, flags="A", seq=900_001, ack=1_005)
    call.send(CLIENT, b"more").ack(SERVER)
    items = reassemble(wire.records)
    (connection,) = {_connection(item) for item in items}

    assert stream(items, CLIENT) == b"fullmore"
    assert (connection.keep_alives, connection.zero_windows) == (3, 4)
    assert (connection.data_packets, connection.retransmissions) == (2, 0)
    assert connection.packets == len(wire.records)


def test_a_byte_that_a_side_without_room_takes_is_data() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"full")
    call.segment(SERVER, flags="A", seq=900_001, ack=1_005, window=0)
    call.send(CLIENT, b"m").ack(SERVER).send(CLIENT, b"ore")
    items = reassemble(wire.records)
    (connection,) = {_connection(item) for item in items}

    assert stream(items, CLIENT) == b"fullmore"
    assert (connection.keep_alives, connection.data_packets) == (0, 3)


def test_a_side_that_has_room_again_is_sent_to_as_before() -> None:
    wire = Wire()
    call = wire.connect()
    call.segment(CLIENT, flags="A", seq=1_001, window=0)
    call.send(SERVER, b"x").ack(CLIENT).send(SERVER, b"yz").ack(CLIENT)

    assert stream(reassemble(wire.records), SERVER) == b"xyz"


def test_both_sides_may_close_at_once() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"ask").send(SERVER, b"answer").ack(CLIENT)
    acks = list(call.acked)
    call.finish(CLIENT)
    call.acked = acks
    call.finish(SERVER)
    call.ack(CLIENT).ack(SERVER)
    items = reassemble(wire.records)
    (connection,) = {_connection(item) for item in items}

    assert [item.cause for item in items if isinstance(item, Closed)] == ["close"]
    assert (connection.control, connection.packets) == (4, len(wire.records))


def test_the_reason_of_a_reset_is_no_data() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"ask")
    call.segment(SERVER, b"no such service", flags="RA", seq=call.next_seq[SERVER])
    items = reassemble(wire.records)

    assert stream(items, SERVER) == b""
    assert [item.cause for item in items if isinstance(item, Closed)] == ["reset"]


def test_a_hole_in_front_of_a_fin_is_given_up_when_the_fin_is_acknowledged() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"ask")
    call.send(CLIENT, b"lost", captured=False).finish(CLIENT).ack(SERVER)
    call.send(SERVER, b"answer").finish(SERVER).ack(CLIENT)
    items = reassemble(wire.records)

    assert stream(items, CLIENT) == b"ask????"
    kinds = [type(item) for item in items if not isinstance(item, Acknowledgement)]
    assert kinds == [Chunk, Gap, Chunk, Closed]


@pytest.mark.parametrize("side", [CLIENT, SERVER])
def test_a_capture_of_one_direction_only_gives_its_bytes(side: Side) -> None:
    wire = Wire()
    call = wire.connect()
    for _ in range(5):
        call.send(CLIENT, b"ask").send(SERVER, b"answer")
    call.close()
    source = bytes(map(int, call.addresses[side].split(".")))
    kept = [
        index
        for index, record in enumerate(wire.records)
        if record.data[26:30] == source
    ]
    items = reassemble(reordered(wire.records, kept))

    data = b"".join(item.data for item in items if isinstance(item, Chunk))
    assert data == (b"ask" if side is CLIENT else b"answer") * 5
    (connection,) = {_connection(item) for item in items}
    assert connection.client_endpoint == "10.0.0.1:40000"
    assert [item.cause for item in items if isinstance(item, Closed)] == ["close"]


def test_a_packet_that_was_cut_leaves_a_gap_of_what_was_cut_off() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"x" * 100).send(CLIENT, b"behind").ack(SERVER)
    record = wire.records[3]
    record.data = record.data[:94]  # 54 of headers, 40 of payload
    items = reassemble(wire.records)

    assert stream(items, CLIENT) == b"x" * 40 + b"?" * 60 + b"behind"
    (gap,) = (item for item in items if isinstance(item, Gap))
    assert (gap.size, gap.packet) == (60, 4)


def test_an_early_packet_that_was_cut_leaves_its_gap_where_it_stands() -> None:
    wire = Wire()
    call = wire.connect()
    start = call.write(CLIENT, b"ab" + b"x" * 100 + b"yz")
    call.part(CLIENT, start + 2, start + 102)
    record = wire.records[3]
    record.data = record.data[:94]
    call.part(CLIENT, start + 102, start + 104).part(CLIENT, start, start + 2)

    expected = b"ab" + b"x" * 40 + b"?" * 60 + b"yz"
    assert stream(reassemble(wire.records), CLIENT) == expected


@pytest.mark.parametrize("answered", [True, False])
def test_reused_ports_are_told_without_the_syn_too(*, answered: bool) -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"first").close()
    again = wire.join(isns=(1_500_000_000, 2_500_000_000))
    if answered:
        again.segment(SERVER, flags="SA", seq=again.isns[SERVER])
    again.send(CLIENT, b"second").send(SERVER, b"answer")
    items = reassemble(wire.records)

    chunks = [item for item in items if isinstance(item, Chunk)]
    assert [chunk.data for chunk in chunks] == [b"first", b"second", b"answer"]
    assert [chunk.direction.connection.number for chunk in chunks] == [1, 2, 2]


def test_a_syn_that_is_refused_and_repeated_is_one_connection() -> None:
    wire = Wire()
    call = Conversation(wire)
    for _ in range(3):
        call.segment(CLIENT, flags="S", seq=call.isns[CLIENT])
        call.segment(SERVER, flags="RA", seq=0, ack=call.isns[CLIENT] + 1)
        wire.wait(SECOND)
    items = reassemble(wire.records)
    (connection,) = {_connection(item) for item in items}

    assert [item.cause for item in items if isinstance(item, Closed)] == ["reset"]
    assert connection.packets == len(wire.records)


def test_data_may_overtake_an_ack_at_the_beginning_of_a_capture() -> None:
    wire = Wire()
    call = wire.join().ack(SERVER)
    start = call.write(CLIENT, b"onetwo")
    call.part(CLIENT, start + 3, start + 6).part(CLIENT, start, start + 3)

    assert stream(reassemble(wire.records), _SECOND) == b"onetwo"


def test_what_was_sent_before_the_capture_began_is_no_gap() -> None:
    wire = Wire()
    call = wire.join().ack(SERVER)
    call.send(CLIENT, b"before", captured=False).send(CLIENT, b"ask").ack(SERVER)

    assert stream(reassemble(wire.records), _SECOND) == b"ask"


def test_an_ack_of_what_nobody_sent_does_no_harm() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"one")
    call.segment(SERVER, flags="A", seq=900_001, ack=1_000_000)
    start = call.write(CLIENT, b"twothree")
    call.part(CLIENT, start + 3, start + 8).part(CLIENT, start, start + 3)
    call.segment(SERVER, flags="A", seq=900_001, ack=1_007)
    call.segment(SERVER, flags="A", seq=900_001, ack=1_012)
    items = reassemble(wire.records)

    assert stream(items, CLIENT) == b"onetwothree"
    packets = [item.packet for item in items if isinstance(item, Acknowledgement)]
    assert [packet.number for packet in packets] == [4, 7, 6]


def test_behind_a_keep_alive_that_begins_a_capture_data_do_not_wait() -> None:
    wire = Wire()
    wire.join().keep_alive(CLIENT).send(CLIENT, b"first")
    wire.connect(client="10.0.0.1:40001").send(CLIENT, b"second")
    chunks = [item for item in reassemble(wire.records) if isinstance(item, Chunk)]

    assert [chunk.data for chunk in chunks] == [b"first", b"second"]


def _connection(item: StreamItem) -> Connection:
    return item.connection if isinstance(item, Closed) else item.direction.connection
