"""Frames of messages, with pamqp as the other opinion."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import commands, frame
from pamqp.body import ContentBody
from pamqp.header import ContentHeader
from pamqp.heartbeat import Heartbeat

from servers.rabbitmq.frames import (
    HEARTBEAT,
    Confirmed,
    Delivered,
    FrameReader,
    Returned,
    Taken,
    acknowledged,
    published,
    rejected,
    route_to,
    short_string,
)

if TYPE_CHECKING:
    from pamqp.base import Frame

_NAMES = st.text(st.characters(codec="utf-8"), max_size=60)
_EXCHANGES = st.text("aZ7-_.:", max_size=60)  # which pamqp allows


def _content(method: Frame, body: bytes, part: int, channel: int = 1) -> bytes:
    header = ContentHeader(body_size=len(body), properties=commands.Basic.Properties())
    pieces = [body[at : at + part] for at in range(0, len(body), part)]
    frames: list[Frame | ContentHeader | ContentBody] = [method, header]
    frames += map(ContentBody, pieces)
    return b"".join(frame.marshal(each, channel) for each in frames)


def _unmarshalled(data: bytes) -> list[tuple[int, int, Any]]:
    """Return the frames in bytes, each with its size and its channel."""
    found: list[tuple[int, int, Any]] = []
    while data:
        found.append(frame.unmarshal(data))
        data = data[found[-1][0] :]
    return found


def _read(data: bytes, at: list[int]) -> tuple[list[Taken], bytes]:
    """Read bytes that come in pieces."""
    reader, taken, rest = FrameReader(1), list[Taken](), b""
    edges = sorted({0, len(data), *(each % (len(data) + 1) for each in at)})
    for begin, end in pairwise(edges):
        more, left = reader.receive(data[begin:end])
        taken, rest = taken + more, rest + left
    return taken, rest


@given(
    st.tuples(st.integers(1, (1 << 63) - 1), st.booleans(), _EXCHANGES, _NAMES),
    st.binary(max_size=200),
    st.integers(1, 50),
    st.lists(st.integers(0, 1_000)),
)
def test_a_delivery_is_read_however_it_is_cut(
    message: tuple[int, bool, str, str], body: bytes, part: int, at: list[int]
) -> None:
    tag, again, exchange, key = message
    method = commands.Basic.Deliver("ctag", tag, again, exchange, key)
    data = _content(method, body, part)

    taken, rest = _read(data, at)

    assert taken == [Delivered(tag, again, exchange, key, b"\0\0", body)]
    assert rest == b""


@given(_NAMES, st.binary(max_size=100), st.lists(st.integers(0, 1_000)))
def test_what_comes_back_is_read(key: str, body: bytes, at: list[int]) -> None:
    method = commands.Basic.Return(312, "NO_ROUTE", "ex", key)

    taken, _ = _read(_content(method, body, 30), at)

    assert taken == [Returned("NO_ROUTE", "ex", key, b"\0\0", body)]


def test_confirms_are_read_and_all_else_is_left() -> None:
    ours = [commands.Basic.Ack(7, multiple=True), commands.Basic.Nack(8)]
    others: list[tuple[Frame | Heartbeat, int]] = [
        (commands.Channel.CloseOk(), 1),
        (commands.Basic.ConsumeOk("ctag"), 1),
        (Heartbeat(), 0),
        (commands.Connection.Blocked("low on memory"), 0),
    ]
    left = b"".join(frame.marshal(each, channel) for each, channel in others)
    data = left[:9] + left[9:]
    data += b"".join(frame.marshal(each, 1) for each in ours)
    elsewhere = _content(
        commands.Basic.Deliver("c", 1, exchange="", routing_key="q"), b"1", 9, 2
    )

    taken, rest = _read(data + elsewhere, [])

    assert taken == [
        Confirmed(7, multiple=True, accepted=True),
        Confirmed(8, multiple=False, accepted=False),
    ]
    assert rest == left + elsewhere


def test_what_is_not_made_of_frames_is_left() -> None:
    reader = FrameReader(1)

    assert reader.receive(b"AMQP\0\0\x09\1") == ([], b"AMQP\0\0\x09\1")
    assert reader.receive(b"more") == ([], b"more")


@given(st.binary(max_size=300), st.integers(9, 40), st.booleans(), _EXCHANGES, _NAMES)
def test_a_message_is_written_as_pamqp_reads_it(
    body: bytes,
    largest: int,
    mandatory: bool,  # noqa: FBT001
    exchange: str,
    key: str,
) -> None:
    route = route_to(exchange, key, 3, mandatory=mandatory)
    data = published(route, b"\0\0", body, 3, largest)

    sizes, channels, read = zip(*_unmarshalled(data), strict=True)

    method, header, *parts = read
    assert (method.exchange, method.routing_key) == (exchange, key)
    assert method.mandatory == mandatory
    assert header.body_size == len(body)
    assert b"".join(each.value for each in parts) == body
    assert set(channels) == {3}
    assert all(size <= largest for size in sizes[2:])


def test_acknowledgements_are_written_as_pamqp_reads_them() -> None:
    written = (
        acknowledged(1, 5)
        + rejected(1, 6, requeue=False)
        + rejected(1, 7, requeue=True)
    )
    (_, _, ack), (_, _, reject), (_, _, requeue) = _unmarshalled(written)

    assert (ack.name, ack.delivery_tag, ack.multiple) == ("Basic.Ack", 5, False)
    assert (reject.name, reject.delivery_tag, reject.requeue) == (
        "Basic.Nack",
        6,
        False,
    )
    assert (requeue.delivery_tag, requeue.requeue, requeue.multiple) == (7, True, False)


def test_a_heartbeat_is_one() -> None:
    assert frame.marshal(Heartbeat(), 0) == HEARTBEAT


def test_a_short_string_has_255_bytes_at_most() -> None:
    assert short_string("é" * 127) == b"\xfe" + "é".encode() * 127
    with pytest.raises(ValueError, match="has more than 255 bytes"):
        short_string("é" * 128)
