from __future__ import annotations

import pytest

from inspector.carriers.base import Errand, Idle, Transfer, Trouble
from inspector.carriers.mqtt.carrier import carrier
from protocol import Event, Request, Response
from tests.inspector.carriers.mqtt.written import (
    BROKER,
    CLIENT,
    EVENT,
    FIVE,
    FOUR,
    REPLY,
    REQUEST,
    Level,
    connect,
    publish,
    read,
    subscribe,
    user,
)


def _one(*turns: tuple[int, bytes], level: Level = FIVE) -> object:
    return read((CLIENT, connect(level)), *turns)[-1]


@pytest.mark.parametrize("level", [FOUR, FIVE])
@pytest.mark.parametrize(
    ("topic", "body", "kind", "reply"),
    [
        ("sum", REQUEST, Request, "sum/reply"),
        ("log", EVENT, Event, None),
        ("sum/reply", REPLY, Response, None),
    ],
)
def test_packets_of_nest_are_transfers(
    topic: str, body: bytes, kind: type, reply: str | None, level: Level
) -> None:
    unit = _one((CLIENT, publish(topic, body, level)), level=level)

    assert isinstance(unit, Transfer)
    assert type(unit.packet) is kind
    assert (unit.channel, unit.reply_channel, unit.body) == (topic, reply, body)
    assert (unit.correlation, unit.tag, unit.again, unit.facts) == (
        None,
        None,
        False,
        None,
    )


def test_a_delivery_names_what_it_is_for() -> None:
    units = read(
        (CLIENT, connect()),
        (CLIENT, subscribe("sum", "$share/workers/w/+")),
        (BROKER, publish("sum", REQUEST) + publish("w/log", EVENT, flags=1)),
    )[-2:]
    first, second = units
    assert isinstance(first, Transfer)
    assert isinstance(second, Transfer)

    assert (first.subscription, first.destination, first.facts) == ("sum", None, None)
    assert (second.subscription, second.destination) == (
        "$share/workers/w/+",
        "workers",
    )
    assert second.facts == {"wildcard": "w/+", "retained": True}


def test_user_properties_and_the_quality_of_service_are_facts() -> None:
    said = user(trace="00-ab", tenant="求")
    unit = _one((CLIENT, publish("sum", REQUEST, qos=1, said=said)))

    assert isinstance(unit, Transfer)
    assert unit.facts == {"trace": "00-ab", "tenant": "求", "qos": 1}


def test_an_alias_stands_for_the_topic_that_it_was_given_with() -> None:
    alias = b"\x23\0\x05"
    units = read(
        (CLIENT, connect()),
        (CLIENT, publish("sum", REQUEST, said=alias)),
        (CLIENT, publish("", REQUEST, said=alias)),
        (CLIENT, publish("", REQUEST, said=b"\x23\0\x06")),
    )[1:]

    assert [each.channel for each in units if isinstance(each, Transfer)] == [
        "sum",
        "sum",
        None,
    ]


def test_what_is_sent_again_is_the_same_transfer() -> None:
    _, unit, again = read(
        (CLIENT, connect()),
        (CLIENT, publish("sum", REQUEST, qos=1)),
        (CLIENT, publish("sum", REQUEST, qos=1, flags=8)),
    )
    assert isinstance(unit, Transfer)
    assert isinstance(again, Errand)
    assert again.about == (unit.tag,)

    first = _one((CLIENT, publish("sum", REQUEST, qos=1, flags=8)))
    assert isinstance(first, Transfer)
    assert first.again


@pytest.mark.parametrize(
    ("topic", "body", "verb"),
    [
        ("home/kitchen", b"21.5", "PUBLISH"),
        ("sum", b'{"data":1}', "PUBLISH"),
        ("$SYS/broker/uptime", b"9 seconds", "system"),
        ("other/reply", b"oops", "PUBLISH"),
    ],
)
def test_other_payloads_are_idle_and_never_written_concealed(
    topic: str, body: bytes, verb: str
) -> None:
    data = publish(topic, body)
    unit = read((CLIENT, data))[-1]

    assert isinstance(unit, Idle)
    assert unit.verb == verb
    assert [data[begin:end] for begin, end in unit.secret] == [body]


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"oops", "invalid-json"), (b'{"response":6}', "unknown-packet")],
)
def test_what_is_no_reply_where_one_is_awaited_is_trouble(
    body: bytes, code: str
) -> None:
    unit = _one((CLIENT, publish("sum", REQUEST)), (BROKER, publish("sum/reply", body)))

    assert isinstance(unit, Trouble)
    assert (unit.code, unit.framed) == (code, True)


class _Hiding:
    """Hides what is called a token, as an inspection with ``--redact`` does."""

    hides_channels = True

    def body(self, text: bytes) -> bytes:
        return text.replace(b"staple", b"xxxxxx")

    def channel(self, name: bytes) -> bytes:
        return name.replace(b"alice", b"xxxxx")

    def addressed(self, text: bytes) -> bytes:
        return self.body(self.channel(text))

    def words(self, words: str) -> str:
        return words.replace("oops", "****")


def test_what_hides_secrets_is_asked_of_bodies_properties_and_words() -> None:
    talk = carrier.talk(_Hiding(), whole=True)
    data = publish(
        "log", b'{"pattern":"log","data":"staple"}', said=user(mark="staple")
    )
    talk.receive(CLIENT, connect(), 0)
    (unit,) = talk.receive(CLIENT, data, 0)

    assert isinstance(unit, Transfer)
    assert b"staple" not in unit.body
    assert unit.original is not None
    assert unit.facts == {"mark": "xxxxxx"}
    begin = talk.received(CLIENT) - len(data)
    assert [data[low - begin : high - begin] for low, high in unit.secret] == [
        b"staple"
    ]
