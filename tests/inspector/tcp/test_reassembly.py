from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.streams.items import Acknowledgement, Chunk, Closed, Gap
from tests.inspector.assembled import (
    carriers,
    connection_of,
    reassemble,
    stream,
)
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Wire,
)
from tests.inspector.traffic import scattered

_TEXT = bytes(range(33, 127)) * 3


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
    connection = connection_of(items)

    assert stream(items, CLIENT) == b"once"
    assert (connection.counts.data_packets, connection.counts.retransmissions) == (1, 3)


def test_a_longer_retransmission_counts_for_what_is_new_in_it() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"abc")
    call.write(CLIENT, b"def")
    call.part(CLIENT, 0, 6)
    items = reassemble(wire.records)
    connection = connection_of(items)

    assert carriers(items, CLIENT) == [4] * 3 + [5] * 3
    packets = [item.packet for item in items if isinstance(item, Chunk)]
    assert [(packet.start, packet.end) for packet in packets] == [(0, 3), (3, 6)]
    assert (connection.counts.data_packets, connection.counts.retransmissions) == (2, 0)


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
