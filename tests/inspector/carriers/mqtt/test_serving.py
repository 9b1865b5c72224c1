from __future__ import annotations

import pytest

from inspector.carriers.base import Errand, Idle, Transfer, Trouble
from tests.inspector.carriers.mqtt.written import (
    BROKER,
    CLIENT,
    EVENT,
    FIVE,
    FOUR,
    PUBACK,
    PUBCOMP,
    PUBREC,
    PUBREL,
    REPLY,
    REQUEST,
    Level,
    acknowledge,
    binary,
    connack,
    connect,
    packet,
    publish,
    read,
    suback,
    subscribe,
    unsuback,
    unsubscribe,
)

_LEVELS = pytest.mark.parametrize("level", [FOUR, FIVE])


@_LEVELS
def test_a_reply_topic_is_opened_and_left(level: Level) -> None:
    units = read(
        (CLIENT, connect(level)),
        (CLIENT, subscribe("sum/reply", level=level)),
        (BROKER, suback(0, level=level)),
        (CLIENT, unsubscribe("sum/reply", level=level)),
        (BROKER, unsuback(level)),
    )[1:]

    assert all(isinstance(each, Errand) for each in units)
    assert [(each.verb, each.channels, each.opens) for each in units] == [  # type: ignore[attr-defined]
        ("SUBSCRIBE", ("sum/reply",), True),
        ("SUBACK", ("sum/reply",), True),
        ("UNSUBSCRIBE", ("sum/reply",), False),
        ("UNSUBACK", ("sum/reply",), False),
    ]


def test_what_handlers_subscribe_to_is_idle() -> None:
    units = read(
        (CLIENT, connect()),
        (CLIENT, subscribe("sum", "$share/workers/w/+", "+/reply")),
        (BROKER, suback(0, 1, 2)),
    )
    assert all(isinstance(each, Idle) for each in units)


def test_an_end_that_refers_to_nothing_known_is_an_errand_of_nothing() -> None:
    (unit,) = read((BROKER, unsuback()), whole=False)

    assert isinstance(unit, Errand)
    assert (unit.verb, unit.about, unit.channels) == ("UNSUBACK", (), ())


def test_acknowledgements_refer_to_the_transfer_with_their_number() -> None:
    _, request, taken, reply, *rest = read(
        (CLIENT, connect()),
        (BROKER, publish("sum", REQUEST, qos=1)),
        (CLIENT, acknowledge(PUBACK)),
        (CLIENT, publish("sum/reply", REPLY, qos=2)),
        (BROKER, acknowledge(PUBREC)),
        (CLIENT, acknowledge(PUBREL)),
        (BROKER, acknowledge(PUBCOMP)),
    )

    assert isinstance(request, Transfer)
    assert isinstance(reply, Transfer)
    assert isinstance(taken, Errand)
    assert taken.about == (request.tag,)
    assert request.tag != reply.tag
    assert [(each.verb, each.about, each.more) for each in rest] == [  # type: ignore[attr-defined]
        ("PUBREC", (reply.tag,), True),
        ("PUBREL", (reply.tag,), True),
        ("PUBCOMP", (reply.tag,), False),
    ]


def test_those_of_what_is_not_nests_are_idle() -> None:
    units = read(
        (CLIENT, connect()),
        (CLIENT, publish("home", b"21.5", qos=1)),
        (BROKER, acknowledge(PUBACK)),
    )
    assert all(isinstance(each, Idle) for each in units)


@pytest.mark.parametrize(("payload", "first"), [(EVENT, PUBACK), (REQUEST, PUBREC)])
def test_the_broker_says_that_nobody_has_subscribed(payload: bytes, first: int) -> None:
    *_, unit = read(
        (CLIENT, connect()),
        (CLIENT, publish("sum", payload, qos=1 if first == PUBACK else 2)),
        (BROKER, acknowledge(first, code=0x10)),
    )

    assert isinstance(unit, Errand)
    assert unit.unwanted
    assert unit.more is (first == PUBREC)


@pytest.mark.parametrize(
    ("turns", "detail"),
    [
        ([(BROKER, connack(FOUR, 4))], "bad user name or password"),
        (
            [(BROKER, connack(FIVE, 0x87, b"\x1f" + binary("go away")))],
            "not authorized: go away",
        ),
        (
            [(CLIENT, subscribe("sum/reply", "x")), (BROKER, suback(0, 0x87))],
            "SUBSCRIBE x: not authorized",
        ),
        ([(BROKER, suback(0x8F))], "SUBSCRIBE: topic filter invalid"),
        (
            [
                (CLIENT, publish("sum", REQUEST, qos=1)),
                (BROKER, acknowledge(PUBACK, code=0x97)),
            ],
            "PUBLISH sum: quota exceeded",
        ),
        ([(BROKER, packet(0xE0, b"\x8e\0"))], "session taken over"),
    ],
)
def test_what_the_broker_refuses_is_trouble(
    turns: list[tuple[int, bytes]], detail: str
) -> None:
    *_, unit = read((CLIENT, connect()), *turns)

    assert isinstance(unit, Trouble)
    assert (unit.code, unit.detail) == ("broker-error", detail)


def test_a_client_that_leaves_with_its_will_objects_to_nothing() -> None:
    *_, unit = read((CLIENT, connect()), (CLIENT, packet(0xE0, b"\x8d")))
    assert isinstance(unit, Idle)


def test_secrets_of_the_handshake_are_named() -> None:
    data = connect(name="reader", passed="horse")
    (ping, unit) = read((CLIENT, packet(0xC0) + data))

    assert isinstance(unit, Idle)
    assert isinstance(ping, Idle)
    assert [data[begin - 2 : end - 2] for begin, end in unit.secret] == [
        b"reader",
        b"horse",
    ]
