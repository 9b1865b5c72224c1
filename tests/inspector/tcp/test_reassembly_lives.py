"""Connections begin, probe, close and come again in more ways than one."""

from __future__ import annotations

import pytest

from inspector.streams.items import Acknowledgement, Chunk, Closed, Gap
from tests.inspector.assembled import (
    SEEN_SECOND,
    connection_of,
    reassemble,
    stream,
)
from tests.inspector.conversation import (
    CLIENT,
    SECOND,
    SERVER,
    Conversation,
    Side,
    Wire,
    reordered,
)


def test_a_repeated_handshake_is_the_same_connection() -> None:
    wire = Wire()
    call = Conversation(wire)
    for _ in range(3):
        call.segment(CLIENT, flags="S", seq=call.isns[CLIENT])
    call.open().resend(5).send(CLIENT, b"hello")
    items = reassemble(wire.records)

    assert connection_of(items).number == 1
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
    connection = connection_of(items)
    assert (connection.client, connection.counts.data_packets) == (CLIENT, 2)


def test_keep_alives_are_no_data_and_no_pure_acks() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"abc").ack(SERVER)
    call.keep_alive(CLIENT).ack(SERVER)
    call.segment(CLIENT, b"c", flags="A", seq=call.next_seq[CLIENT] - 1).ack(SERVER)
    items = reassemble(wire.records)
    connection = connection_of(items)

    assert stream(items, CLIENT) == b"abc"
    assert (connection.counts.keep_alives, connection.counts.pure_acks) == (2, 4)
    assert connection.counts.packets == len(wire.records)


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
    connection = connection_of(items)

    assert sum(isinstance(item, Closed) for item in items) == 1
    assert connection.counts.packets == len(wire.records)


@pytest.mark.parametrize("first", [CLIENT, SERVER])
def test_the_client_is_who_sent_the_syn_whoever_is_seen_first(first: Side) -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"ask").send(SERVER, b"answer")
    records = wire.records if first is CLIENT else wire.records[1:]
    items = reassemble(reordered(records, range(len(records))))
    connection = connection_of(items)

    assert connection.client_text == "10.0.0.1:40000"


def test_a_handshake_captured_in_another_order_is_one_connection() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, b"ask").send(SERVER, b"answer")
    items = reassemble(reordered(wire.records, [1, 0, 2, 3, 4]))

    connection = connection_of(items)
    assert connection.client_text == "10.0.0.1:40000"
    assert stream(items, SEEN_SECOND) == b"ask"


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
    connection = connection_of(items)

    assert stream(items, CLIENT) == b"fullmore"
    assert (connection.counts.keep_alives, connection.counts.zero_windows) == (3, 4)
    assert (connection.counts.data_packets, connection.counts.retransmissions) == (2, 0)
    assert connection.counts.packets == len(wire.records)


def test_a_byte_that_a_side_without_room_takes_is_data() -> None:
    wire = Wire()
    call = wire.connect().send(CLIENT, b"full")
    call.segment(SERVER, flags="A", seq=900_001, ack=1_005, window=0)
    call.send(CLIENT, b"m").ack(SERVER).send(CLIENT, b"ore")
    items = reassemble(wire.records)
    connection = connection_of(items)

    assert stream(items, CLIENT) == b"fullmore"
    assert (connection.counts.keep_alives, connection.counts.data_packets) == (0, 3)


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
    connection = connection_of(items)

    assert [item.cause for item in items if isinstance(item, Closed)] == ["close"]
    assert (connection.counts.control, connection.counts.packets) == (
        4,
        len(wire.records),
    )


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
    connection = connection_of(items)
    assert connection.client_text == "10.0.0.1:40000"
    assert [item.cause for item in items if isinstance(item, Closed)] == ["close"]


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
    connection = connection_of(items)

    assert [item.cause for item in items if isinstance(item, Closed)] == ["reset"]
    assert connection.counts.packets == len(wire.records)


def test_data_may_overtake_an_ack_at_the_beginning_of_a_capture() -> None:
    wire = Wire()
    call = wire.join().ack(SERVER)
    start = call.write(CLIENT, b"onetwo")
    call.part(CLIENT, start + 3, start + 6).part(CLIENT, start, start + 3)

    assert stream(reassemble(wire.records), SEEN_SECOND) == b"onetwo"


def test_what_was_sent_before_the_capture_began_is_no_gap() -> None:
    wire = Wire()
    call = wire.join().ack(SERVER)
    call.send(CLIENT, b"before", captured=False).send(CLIENT, b"ask").ack(SERVER)

    assert stream(reassemble(wire.records), SEEN_SECOND) == b"ask"


def test_behind_a_keep_alive_that_begins_a_capture_data_do_not_wait() -> None:
    wire = Wire()
    wire.join().keep_alive(CLIENT).send(CLIENT, b"first")
    wire.connect(client="10.0.0.1:40001").send(CLIENT, b"second")
    chunks = [item for item in reassemble(wire.records) if isinstance(item, Chunk)]

    assert [chunk.data for chunk in chunks] == [b"first", b"second"]
