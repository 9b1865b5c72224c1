"""Messages are put together of their frames, whatever comes in between."""

from __future__ import annotations

import pytest

from inspector.carriers.base import Idle, Skipped, Span, Transfer, Trouble
from inspector.carriers.rabbitmq.carrier import carrier
from inspector.carriers.rabbitmq.contents import MAX_BODY, Contents
from inspector.redaction.texts import AUTO, Redaction
from tests.inspector.carriers.rabbitmq.wire import (
    CLIENT,
    EVENT,
    REQUEST,
    Basic,
    ContentBody,
    ContentHeader,
    marshal,
    method,
    publish,
    read,
)


def _frames(body: bytes, channel: int, cut: int) -> list[bytes]:
    head = ContentHeader(body_size=len(body), properties=Basic.Properties())
    return [
        marshal(Basic.Publish(routing_key="q"), channel),
        marshal(head, channel),
        marshal(ContentBody(body[:cut]), channel),
        marshal(ContentBody(body[cut:]), channel),
    ]


def test_messages_of_two_channels_may_be_mixed() -> None:
    first, second = _frames(REQUEST, 1, 5), _frames(EVENT, 2, 9)
    mixed = [part for pair in zip(first, second, strict=True) for part in pair]
    units = read((CLIENT, b"".join(mixed)))

    assert [type(unit) for unit in units] == [Transfer, Transfer]
    assert [unit.body for unit in units if isinstance(unit, Transfer)] == [
        REQUEST,
        EVENT,
    ]
    assert units[0].end < units[1].end


def test_a_body_in_pieces_has_their_places() -> None:
    data = publish(EVENT, most=10)
    (unit,) = read((CLIENT, data))

    assert isinstance(unit, Transfer)
    assert b"".join(data[low:high] for low, high in unit.pieces) == EVENT
    assert unit.body_begin == unit.pieces[0].begin
    (whole,) = read((CLIENT, publish(EVENT)))
    assert isinstance(whole, Transfer)
    assert whole.pieces == ()
    assert publish(EVENT)[whole.body_begin :].startswith(EVENT)


def test_what_has_no_body_is_complete_with_its_header() -> None:
    (unit,) = read((CLIENT, publish(b"")))
    assert isinstance(unit, Idle)
    assert unit.end == len(publish(b""))


def test_what_has_no_beginning_is_passed_over() -> None:
    frames = _frames(EVENT, 1, 9)
    units = read((CLIENT, b"".join([*frames[1:], *frames])))

    assert [type(unit) for unit in units] == [Skipped, Skipped, Skipped, Transfer]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_method_before_the_end_of_a_message_is_a_flaw(count: int) -> None:
    frames = _frames(EVENT, 1, 9)
    ack = method(Basic.Ack(1))
    units = read((CLIENT, b"".join(frames[:count]) + publish(EVENT) + ack))

    trouble, transfer, _ = units
    assert isinstance(trouble, Trouble)
    assert trouble.code == "amqp-protocol"
    assert (trouble.begin, trouble.end) == (0, sum(map(len, frames[:count])))
    assert isinstance(transfer, Transfer)


def test_a_body_that_is_longer_than_its_header_says_is_passed_over() -> None:
    frames = _frames(EVENT, 1, 9)
    units = read((CLIENT, b"".join([*frames[:3], *frames[2:], *frames])))
    assert [type(unit) for unit in units] == [Skipped, Transfer]


def test_what_is_too_large_is_given_up() -> None:
    head = ContentHeader(body_size=MAX_BODY + 1, properties=Basic.Properties())
    frames = [marshal(Basic.Publish(), 1), marshal(head, 1), *_frames(EVENT, 1, 9)]
    (unit,) = read((CLIENT, b"".join(frames)))
    assert isinstance(unit, Transfer)


def test_all_bytes_are_kept_where_secrets_are_hidden() -> None:
    data = publish(b"not Nest's", headers={"authorization": "abc"})
    talk = carrier.talk(Redaction([AUTO]), whole=True)
    (unit,) = talk.receive(CLIENT, data, 0)

    assert isinstance(unit, Idle)
    assert unit.text == data
    assert [data[low:high] for low, high in unit.secret] == [b"abc", b"not Nest's"]
    (unit,) = read((CLIENT, data))
    assert isinstance(unit, Idle)
    assert unit.text == b""
    assert Contents(keep=False).begin is None
    assert Span(0, 1) == (0, 1)
