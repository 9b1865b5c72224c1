"""Conversations with real servers, held to the properties of every carrier."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.base import Errand, Transfer, Trouble
from inspector.carriers.redis.carrier import carrier
from inspector.carriers.redis.reading import MAX_UNASKED
from inspector.carriers.redis.values import MAX_LINE
from inspector.carriers.testing import Turn, check_carrier, check_cuts, check_noise
from tests.inspector.carriers.redis.conversations import (
    EVENT,
    REPLY,
    REQUEST,
    captured,
    confirmed,
    read,
    strings,
    transacted,
)

_SOME = [
    Turn(0, strings("HELLO", "3", "AUTH", "default", "p\r\n")),
    Turn(1, b"%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n"),
    Turn(0, strings("subscribe", "sum.reply") + strings("PUBLISH", "sum", REQUEST)),
    Turn(1, confirmed("subscribe", "sum.reply", 1, ">") + b":2\r\n"),
    Turn(1, strings("message", "sum.reply", REPLY, kind=">")),
    Turn(1, strings("pmessage", "l*", "log", EVENT, kind=">")),
    Turn(0, strings("PUBLISH", "news", b"\r\n*3\r\nplain\r\n") + b"PING\r\n"),
    Turn(1, b":0\r\n+PONG\r\n-ERR no such\r\n|1\r\n+a\r\n:1\r\n*2\r\n*0\r\n$-1\r\n"),
    Turn(0, transacted(strings("PUBLISH", "sum", REQUEST), strings("GET", "a"))),
    Turn(1, b"+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n*1\r\n$1\r\nx\r\n"),
    Turn(0, transacted(strings("PUBLISH", "log", EVENT))),
    Turn(1, b"+OK\r\n+QUEUED\r\n_\r\n"),
    Turn(0, b"*1\r\n$x\r\n" + strings("unsubscribe", "sum.reply")),
    Turn(1, confirmed("unsubscribe", "sum.reply", 0, ">")),
]


@pytest.mark.parametrize("who", captured())
def test_what_was_captured_has_all_properties(who: str) -> None:
    check_carrier(carrier, [captured()[who]])


@pytest.mark.parametrize("nest", ["nest11", "nest12"])
def test_a_capture_is_read_as_real_nest_meant_it(nest: str) -> None:
    listens = read(*captured()[f"caller listens, {nest}"])
    publishes = read(*captured()[f"caller publishes, {nest}"])

    verbs = [unit.verb for unit in listens if isinstance(unit, Errand)]
    whole = len(verbs) // 4 * 4
    order = ["SUBSCRIBE", "subscribed", "UNSUBSCRIBE", "unsubscribed"]
    assert verbs[:whole] == order * (whole // 4)
    assert whole >= 20
    assert not [unit for unit in listens + publishes if isinstance(unit, Trouble)]
    tags = [unit.tag for unit in publishes if isinstance(unit, Transfer)]
    abouts = [unit.about for unit in publishes if isinstance(unit, Errand)]
    assert tags
    assert [(tag,) for tag in tags][: len(abouts)] == abouts


@given(st.sets(st.integers(0, sum(len(turn.data) for turn in _SOME))))
def test_any_cuts_give_the_same_units(cuts: set[int]) -> None:
    check_cuts(carrier, _SOME, cuts=cuts)


@given(st.integers())
def test_any_noise_is_read(seed: int) -> None:
    check_noise(carrier, [_SOME, *captured().values()], rounds=3, seed=seed)


@pytest.mark.parametrize(
    "data",
    [
        strings("LRANGE", "a" * MAX_LINE),
        b"*3000\r\n" + b"$3\r\nabc\r\n" * 3_000,
        b"$%d\r\n%b\r\n" % (3 * MAX_UNASKED, b"x" * 3 * MAX_UNASKED),
        b"*1\r\n$%d\r\n%b\r\n" % (3 * MAX_UNASKED, b"x" * 3 * MAX_UNASKED),
    ],
)
def test_a_long_value_that_nobody_asks_for_is_not_kept(data: bytes) -> None:
    talk = carrier.talk(None, whole=True)
    talk.client = 0
    random, units, kept, place = Random(5), [], 0, 0  # noqa: S311 — see testing
    side = 0 if b"LRANGE" in data else 1
    while place < len(data):
        piece = data[place : place + random.randint(1, 3_000)]
        place += len(piece)
        units += talk.receive(side, piece, 0)
        kept = max(kept, talk.buffered(side))
    units += talk.receive(side, data, 0)

    assert [(unit.begin, unit.end) for unit in units] == [
        (0, len(data)),
        (len(data), 2 * len(data)),
    ]
    assert kept <= MAX_UNASKED + 4_000
