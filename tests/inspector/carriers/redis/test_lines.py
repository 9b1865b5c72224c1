"""Units in the middle of a stream: where they begin, and whose they are."""

from __future__ import annotations

import pytest

from inspector.carriers.redis.lines import asks, first_unit, next_unit, unfinished
from tests.inspector.carriers.redis.conversations import (
    REPLY,
    REQUEST,
    confirmed,
    strings,
)

PUBLISH = strings("publish", "sum", REQUEST)
MESSAGE = strings("message", "sum", REQUEST)
_REST = b'":1}\r\n'  # of a payload whose beginning is missing


@pytest.mark.parametrize(
    ("unit", "client"),
    [
        (PUBLISH, True),
        (strings("PUBLISH", "sum", REQUEST), True),
        (strings("subscribe", "sum.reply"), True),
        (strings("subscribe", "a", "b"), True),
        (strings("UNSUBSCRIBE", "sum.reply"), True),
        (strings("psubscribe", "w.*"), True),
        (MESSAGE, False),
        (strings("message", "sum.reply", REPLY, kind=">"), False),
        (strings("pmessage", "s*", "sum", REQUEST), False),
        (confirmed("subscribe", "sum.reply", 1), False),
        (confirmed("punsubscribe", "w.*", 0, ">"), False),
    ],
)
def test_a_unit_shows_after_a_line_end_or_where_a_packet_begins(
    unit: bytes, *, client: bool
) -> None:
    assert first_unit(_REST + unit, boundary=False) == len(_REST)
    assert first_unit(unit, boundary=True) == 0
    assert first_unit(unit, boundary=False) == -1
    assert asks(unit, 0) is client
    assert asks(_REST + unit, len(_REST)) is client


def test_a_count_shows_where_a_packet_begins() -> None:
    assert first_unit(b":1\r\n", boundary=True) == 0
    assert asks(b":1\r\n", 0) is False
    assert first_unit(b"\r\n:1\r\n", boundary=True) == -1


@pytest.mark.parametrize(
    "data",
    [
        b"*3\r\n$7\r\npublish\r\n$x\r\n",
        b"*3\r\n$7\r\npublish\r\n$1\r\nabc",
        b"*3\r\n$3\r\nset\r\n$1\r\na\r\n$1\r\nb\r\n",
        b"+OK\r\n",
        b"publish",
    ],
)
def test_what_does_not_read_like_one_is_none(data: bytes) -> None:
    assert first_unit(data, boundary=True) == -1


def test_whose_a_subscription_is_may_not_show_yet() -> None:
    unit = confirmed("subscribe", "sum.reply", 1)

    assert asks(unit[:-4], 0) is None
    assert asks(unit, 0) is False


def test_what_may_begin_a_unit_is_kept() -> None:
    data = b"x" * 100 + b"\r\n" + strings("punsubscribe", "w.*")
    for size in range(103, len(data)):
        part = data[:size]
        kept = part[unfinished(part) :]
        assert next_unit(part, 0) >= 0 or next_unit(kept + data[size:], 0) >= 0
