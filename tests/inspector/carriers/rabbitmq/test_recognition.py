"""A stream is known by its beginning, or by a method of a message in its middle."""

from __future__ import annotations

import pytest

from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.rabbitmq.recognition import find, recognise
from tests.inspector.carriers.rabbitmq.wire import (
    EVENT,
    HEARTBEAT,
    PREAMBLE,
    Basic,
    commands,
    deliver,
    message,
    method,
    publish,
)

_START = method(commands.Connection.Start(0, 9, {"product": "RabbitMQ"}, "PLAIN"), 0)
_UNDECIDED = Verdict.UNDECIDED


def test_each_side_is_known_by_its_first_bytes() -> None:
    for said, asks, enough in ((PREAMBLE, True, 8), (_START, False, 13)):
        for size in range(len(said) + 1):
            expected = Recognition(asks=asks) if size >= enough else _UNDECIDED
            assert recognise(said[:size]) == expected


@pytest.mark.parametrize(
    "other",
    [
        b"AMQP\x00\x01\x00\x00",  # AMQP 1.0
        b"INFO {}",
        method(commands.Connection.Open("/"), 0),
        b"\x01\0\0\0\0\0\x0c\0\x0a\0\x0a\0\x08",
        b"5#{}",
    ],
)
def test_what_begins_otherwise_is_something_else(other: bytes) -> None:
    assert recognise(other) is Verdict.OTHER


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        (publish(EVENT), True),
        (deliver(EVENT, 7), False),
        (message(Basic.Return(312, "NO_ROUTE", "", "q"), EVENT), False),
        (message(Basic.GetOk(1, False, "", "q", 0), EVENT), False),  # noqa: FBT003
        (method(Basic.Reject(1)), True),
        (method(Basic.Ack(1)), None),
        (method(Basic.Nack(1)), None),
    ],
)
def test_in_the_middle_a_method_says_who_asks(said: bytes, asks: bool | None) -> None:  # noqa: FBT001
    assert find(said) == Recognition(0, asks=asks)
    assert find(HEARTBEAT + HEARTBEAT + said) == Recognition(16, asks=asks)
    assert find(b"the end of it\xce" + said) == Recognition(14, asks=asks)
    assert find(said, boundary=False) is None
    assert find(said[:20]) is None
    assert find(b"no end octet" + said) is None


def test_heartbeats_alone_show_nothing() -> None:
    assert find(HEARTBEAT) is None
    assert find(b"") is None
