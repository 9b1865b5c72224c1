"""Whether a stream is Redis."""

from __future__ import annotations

import pytest

from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.redis.recognition import find, recognise
from tests.inspector.carriers.redis.conversations import (
    REQUEST,
    confirmed,
    strings,
)

_INFO = b"# Server\r\nredis_version:7.0.15\r\n"


@pytest.mark.parametrize(
    ("beginning", "client"),
    [
        (strings("hello", "3"), True),
        (strings("PUBLISH", "sum", REQUEST), True),
        (strings("subscribe", "a", "b"), True),
        (strings("psubscribe", "a.*"), True),
        (confirmed("subscribe", "sum", 1), False),
        (confirmed("subscribe", "sum", 1, ">"), False),
        (b"%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n", False),
        (b"-NOAUTH Authentication required.\r\n", False),
        (b"-ERR unknown subcommand 'SETINFO'. Try CLIENT HELP.\r\n", False),
        (b"+OK\r\n+OK\r\n$4922\r\n" + _INFO, False),
        (b"=4922\r\ntxt:" + _INFO, False),
    ],
)
def test_either_side_is_known_by_what_it_begins_with(
    beginning: bytes, *, client: bool
) -> None:
    assert recognise(beginning) == Recognition(asks=client)
    for size in range(len(beginning)):
        assert recognise(beginning[:size]) in {
            Verdict.UNDECIDED, Recognition(asks=client),
        }  # fmt: skip


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET / HTTP/1.1\r\n",
        b'{"pattern":"sum"}',
        b"15#{",
        b"*\r\n",
        b"*1\r\n$4\r\nPINGS\r\n",
        b"*1\r\n:1\r\n",
        b"+OK POP3 ready\r\n",
        b"-ERR what\r\n",
        b"$12\r\nhello world!\r\n",
        b"\x00",
    ],
)
def test_what_is_something_else_is_known_as_well(beginning: bytes) -> None:
    assert recognise(beginning) is Verdict.OTHER


def test_a_unit_in_the_middle_says_whose_it_is() -> None:
    publish = strings("publish", "sum", REQUEST)

    assert find(b"x\r\n" + publish, boundary=True) == Recognition(3, asks=True)
    assert find(b":1\r\n") == Recognition(0, asks=False)
    assert find(b"+OK\r\n" * 50) is None
