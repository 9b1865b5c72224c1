"""A packet that is read as one plain hop is what the talk would have made of it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.hopping import (
    ANSWERED,
    ASKED,
    ASKED_OF,
    CONFIRMED,
    EMITTED,
    SPREAD,
    TOLD,
)
from inspector.carriers.redis.talk import RedisTalk
from inspector.redaction.texts import AUTO, Redaction
from tests.inspector.carriers.hopped import disturbed, read_both_ways
from tests.inspector.carriers.redis.conversations import (
    BROKER,
    CLIENT,
    EVENT,
    REPLY,
    REQUEST,
    captured,
    strings,
)

_HELLO = CLIENT, strings("hello", "3")


def _talk() -> RedisTalk:
    return RedisTalk(None)


def _hops(*turns: tuple[int, bytes]) -> list[int]:
    """Return what hops there are after a greeting, once that was read both ways."""
    found: Counter[int] = Counter()
    read_both_ways(_talk, [_HELLO, (BROKER, b"-ERR unknown\r\n"), *turns], found)
    return list(found.elements())


def test_a_call_and_an_event_are_read_hop_by_hop() -> None:
    said = [(CLIENT, strings("publish", "sum", REQUEST)), (BROKER, b":1\r\n")]
    assert _hops(*said) == [ASKED, CONFIRMED]
    said = [(CLIENT, strings("PUBLISH", "sum.reply", REPLY)), (BROKER, b":1\r\n")]
    assert _hops(*said) == [ANSWERED, CONFIRMED]
    assert _hops((CLIENT, strings("publish", "log", EVENT))) == [EMITTED]
    for channel, body, hop in (
        ("sum", REQUEST, ASKED_OF),
        ("sum.reply", REPLY, TOLD),
        ("log", EVENT, SPREAD),
    ):
        assert _hops((BROKER, strings("message", channel, body))) == [hop]


@pytest.mark.parametrize(
    "turns",
    [
        [(BROKER, strings("pmessage", "s*", "sum", REQUEST))],
        [(CLIENT, strings("publish", "sum", REQUEST) * 2)],
        [(CLIENT, strings("publish", "sum", b"[1]"))],
        [(CLIENT, strings("publish", "sum", b'{"pattern":"sum","id":7}'))],
        [(CLIENT, strings("publish", "sum.reply", b'{"response":1}'))],
        [(CLIENT, strings("get", "a")), (BROKER, b":1\r\n")],
        [(BROKER, b":1\r\n")],
        [(CLIENT, strings("monitor")), (BROKER, strings("message", "sum", REQUEST))],
    ],
)
def test_what_is_not_plain_is_read_as_ever(turns: list[tuple[int, bytes]]) -> None:
    assert _hops(*turns) == []


def test_who_wants_no_answers_gets_none() -> None:
    turns = [
        (CLIENT, strings("client", "reply", "off")),
        (CLIENT, strings("publish", "sum", REQUEST)),
    ]

    assert _hops(*turns) == [ASKED]


def test_where_pushes_are_told_from_answers_an_array_is_an_answer() -> None:
    pushed = strings("message", "log", EVENT, kind=">")
    turns = [(BROKER, pushed), (BROKER, pushed), (BROKER, b"*" + pushed[1:])]

    assert _hops(*turns) == [SPREAD]


def test_where_anything_is_hidden_no_hop_is_read() -> None:
    talk = RedisTalk(Redaction(AUTO))
    talk.receive(*_HELLO, 0)

    assert talk.hops(CLIENT) is None


@pytest.mark.parametrize("who", captured())
def test_what_real_peers_said_is_read_alike(who: str) -> None:
    read_both_ways(_talk, captured()[who], Counter())


@given(st.sampled_from(sorted(captured())), st.integers(0, 1 << 20))
def test_what_is_disturbed_is_read_alike(who: str, seed: int) -> None:
    read_both_ways(_talk, disturbed(captured()[who], seed), Counter())
