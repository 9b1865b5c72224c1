"""A message is a packet of Nest's, or anybody's."""

from __future__ import annotations

import pytest

from inspector.carriers.base import Idle, Transfer, Trouble, Unit
from inspector.carriers.rabbitmq.carrier import carrier
from inspector.carriers.rabbitmq.passing import MOST
from inspector.redaction.texts import AUTO, Redaction
from protocol import UNDEFINED, Event, JsonText, Request, Response
from tests.inspector.carriers.rabbitmq.wire import (
    BROKER,
    CLIENT,
    DIRECT,
    EVENT,
    REPLY,
    REPLY_TO,
    REQUEST,
    deliver,
    publish,
    read,
)

_ASKS = {"reply_to": REPLY_TO, "correlation_id": "c1"}


def _transfer(unit: Unit) -> Transfer:
    assert isinstance(unit, Transfer)
    return unit


def test_a_request_says_where_its_reply_is_to_go() -> None:
    (unit,) = map(_transfer, read((CLIENT, publish(REQUEST, **_ASKS))))

    assert isinstance(unit.packet, Request)
    assert (unit.channel, unit.correlation, unit.reply_channel) == (
        "cats_q",
        "c1",
        REPLY_TO,
    )
    assert unit.body == REQUEST


def test_an_event_has_its_properties_and_its_exchange() -> None:
    said = publish(EVENT, "log", "cats", headers={"a": 1}, delivery_mode=2)
    (unit,) = map(_transfer, read((CLIENT, said)))

    assert isinstance(unit.packet, Event)
    assert unit.channel == "log"
    assert unit.correlation is None
    assert unit.facts == {"headers": {"a": 1}, "delivery_mode": 2, "exchange": "cats"}
    (unit,) = map(_transfer, read((CLIENT, publish(EVENT, "", "news"))))
    assert unit.channel == "news"


@pytest.mark.parametrize(
    ("body", "response"),
    [
        (REPLY, Response(UNDEFINED, JsonText(b"6"), is_disposed=True)),
        (b'{"response":6,"id":"c1"}', Response("c1", JsonText(b"6"))),
        (b"6", Response(UNDEFINED, JsonText(b"6"), is_disposed=True)),
        (b'{"sum":6}', Response(UNDEFINED, JsonText(b'{"sum":6}'), is_disposed=True)),
        (b'{"err":"no"}', Response(UNDEFINED, err=JsonText(b'"no"'))),
        (
            b'{"response":6,"trace":1}',
            Response(UNDEFINED, JsonText(b"6"), extra={"trace": JsonText(b"1")}),
        ),
    ],
)
def test_to_who_asked_any_json_is_a_reply(body: bytes, response: Response) -> None:
    _, unit = map(
        _transfer,
        read(
            (CLIENT, publish(REQUEST, **_ASKS)),
            (BROKER, deliver(body, 1, DIRECT, correlation_id="c1")),
        ),
    )

    assert unit.packet == response
    assert (unit.channel, unit.correlation, unit.destination) == (REPLY_TO, "c1", None)


def test_what_is_not_json_is_malformed_there() -> None:
    asked, late = publish(REQUEST, **_ASKS), deliver(b"no", 1, DIRECT)
    _, trouble = read((CLIENT, asked), (BROKER, late))
    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.framed) == ("invalid-json", True)
    assert trouble.end == len(late)

    (unit,) = read((BROKER, late), whole=False)
    assert isinstance(unit, Idle)


def test_to_others_only_an_envelope_is_a_reply() -> None:
    for key, body, known in (
        (DIRECT, REPLY, True),
        (DIRECT, b'{"sum":6}', False),
        ("replies", REPLY, True),
        ("replies", b'{"sum":6}', False),
    ):
        (unit,) = read((CLIENT, publish(body, key, correlation_id="c1")))
        assert isinstance(unit, Transfer) is known
    (unit,) = read((CLIENT, publish(REPLY, "replies")))
    assert isinstance(unit, Idle)


def test_a_queue_of_ones_own_for_replies_is_known_by_the_request() -> None:
    asked = publish(REQUEST, reply_to="mine", correlation_id="c1")
    answer = publish(b"6", "mine", correlation_id="c1")
    _, unit = map(_transfer, read((CLIENT, asked + answer)))
    assert unit.channel == "mine"

    others = b"".join(
        publish(REQUEST, reply_to=str(number), correlation_id="c")
        for number in range(MOST)
    )
    *_, last = read((CLIENT, asked + others + answer))
    assert isinstance(last, Idle)


def test_secrets_are_hidden_in_bodies_and_headers() -> None:
    body = b'{"pattern":"in","data":{"password":"geheim"},"id":"c1"}'
    reply = b'{"response":{"token":"geheim"},"isDisposed":true}'
    talk = carrier.talk(Redaction([AUTO]), whole=True)
    said = publish(body, **_ASKS, headers={"authorization": "geheim"})
    (asked,) = map(_transfer, talk.receive(CLIENT, said, 0))
    back = deliver(reply, 1, DIRECT, correlation_id="c1")
    (answered,) = map(_transfer, talk.receive(BROKER, back, 0))
    bare = deliver(b'{"token":"geheim"}', 2, DIRECT, correlation_id="c1")
    (value,) = map(_transfer, talk.receive(BROKER, bare, 0))

    for unit in (asked, answered, value):
        assert unit.original is not None
        assert len(unit.original) == len(unit.body)
        assert b"geheim" not in unit.body
        assert "geheim" not in str((unit.packet, unit.facts))
    assert [said[low:high] for low, high in asked.secret] == [b"geheim"]
