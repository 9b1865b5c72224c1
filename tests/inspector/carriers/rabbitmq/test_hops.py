"""A packet that is read as one plain hop is what the talk would have made of it."""

from __future__ import annotations

from collections import Counter
from functools import partial

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
from inspector.carriers.rabbitmq.talk import RabbitTalk
from inspector.redaction.texts import AUTO, Redaction
from tests.inspector.carriers.hopped import disturbed, read_both_ways
from tests.inspector.carriers.rabbitmq.wire import (
    BROKER,
    CLIENT,
    DIRECT,
    EVENT,
    FOLDER,
    PREAMBLE,
    REPLY,
    REPLY_TO,
    REQUEST,
    Basic,
    captured,
    commands,
    deliver,
    method,
    publish,
)

_talk = partial(RabbitTalk, None, whole=True)
_OPENED = [
    (CLIENT, PREAMBLE),
    (CLIENT, method(commands.Channel.Open())),
    (CLIENT, method(commands.Confirm.Select())),
    (CLIENT, method(Basic.Consume(queue="cats_q", consumer_tag="tag", no_ack=True))),
]
_ASKED = {"correlation_id": "c1", "reply_to": REPLY_TO}
_GIVEN = {"correlation_id": "c1", "reply_to": DIRECT}
_CONFIRM = BROKER, method(Basic.Ack(1))
_CONVERSATIONS = [
    turns for path in sorted(FOLDER.glob("*nest1[12].pcap")) for turns in captured(path)
]


def _hops(*turns: tuple[int, bytes]) -> list[int]:
    """Return what hops there are once a channel is open, which was read both ways."""
    found: Counter[int] = Counter()
    read_both_ways(_talk, [*_OPENED, *turns], found)
    return list(found.elements())


def test_a_call_and_an_event_are_read_hop_by_hop() -> None:
    assert _hops((CLIENT, publish(REQUEST, **_ASKED)), _CONFIRM) == [ASKED, CONFIRMED]
    replied = publish(REPLY, DIRECT, correlation_id="c1")
    assert _hops((CLIENT, replied), _CONFIRM) == [ANSWERED, CONFIRMED]
    assert _hops((CLIENT, publish(EVENT))) == [EMITTED]
    assert _hops((BROKER, deliver(REQUEST, 1, **_GIVEN))) == [ASKED_OF]
    assert _hops((BROKER, deliver(REPLY, 1, DIRECT, correlation_id="c1"))) == [TOLD]
    assert _hops((BROKER, deliver(EVENT, 1))) == [SPREAD]


@pytest.mark.parametrize(
    "turns",
    [
        [(CLIENT, publish(EVENT, mandatory=True))],
        [(CLIENT, publish(EVENT, headers={"a": 1}))],
        [(CLIENT, publish(EVENT, content_type="text"))],
        [(CLIENT, publish(EVENT, correlation_id="c1"))],
        [(CLIENT, publish(b'{"sum":1}', DIRECT, correlation_id="c1"))],
        [(CLIENT, publish(EVENT)[:-1])],
        [(CLIENT, publish(b""))],
        [(CLIENT, publish(EVENT) * 2)],
        [(BROKER, deliver(EVENT, 1, redelivered=True))],
        [_CONFIRM],
        [(CLIENT, method(commands.Tx.Select())), (CLIENT, publish(EVENT))],
    ],
)
def test_what_is_not_plain_is_read_as_ever(turns: list[tuple[int, bytes]]) -> None:
    assert _hops(*turns) == []


def test_what_is_acknowledged_is_read_as_ever() -> None:
    consumed = method(Basic.Consume(queue="cats_q", consumer_tag="tag", no_ack=False))
    turns = [
        (BROKER, deliver(EVENT, 1)),
        (CLIENT, consumed),
        (BROKER, deliver(EVENT, 2)),
    ]

    assert _hops(*turns) == [SPREAD]


def test_a_confirm_of_several_is_read_as_ever() -> None:
    confirm = BROKER, method(Basic.Ack(2, multiple=True))
    turns = [(CLIENT, publish(EVENT)), (CLIENT, publish(EVENT)), confirm]

    assert _hops(*turns) == [EMITTED, EMITTED]


def test_where_anything_is_hidden_no_hop_is_read() -> None:
    talk = RabbitTalk(Redaction(AUTO), whole=True)
    for side, data in _OPENED:
        talk.receive(side, data, 0)

    assert talk.hops(CLIENT) is None


def test_of_real_peers_hops_are_read_alike() -> None:
    hops: Counter[int] = Counter()
    for turns in _CONVERSATIONS:
        read_both_ways(_talk, turns, hops)

    assert {ASKED, ANSWERED, EMITTED, ASKED_OF, TOLD, SPREAD} <= set(hops)


@given(st.sampled_from(_CONVERSATIONS), st.integers(0, 1 << 20))
def test_what_is_disturbed_is_read_alike(
    turns: list[tuple[int, bytes]], seed: int
) -> None:
    read_both_ways(_talk, disturbed(turns[:60], seed), Counter())
