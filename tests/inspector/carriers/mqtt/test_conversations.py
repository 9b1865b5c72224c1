"""Conversations with a broker, held to the properties of every carrier."""

from __future__ import annotations

import pytest

from inspector.carriers.base import Errand, Transfer
from inspector.carriers.mqtt.carrier import carrier
from inspector.carriers.mqtt.headers import MAX_PACKET
from inspector.carriers.testing import Turn, check_carrier, check_cuts, check_noise
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
    connack,
    connect,
    length,
    publish,
    read,
    suback,
    subscribe,
    unsuback,
    unsubscribe,
    user,
)


def call_at(level: Level) -> list[Turn]:
    """Return a call and its answer, as their caller sees them."""
    return [
        Turn(CLIENT, connect(level, name="me", passed="p")),
        Turn(BROKER, connack(level)),
        Turn(CLIENT, subscribe("sum/reply", level=level)),
        Turn(BROKER, suback(0, level=level)),
        Turn(CLIENT, publish("sum", REQUEST, level)),
        Turn(BROKER, publish("sum/reply", REPLY, level)),
        Turn(CLIENT, unsubscribe("sum/reply", level=level)),
        Turn(BROKER, unsuback(level)),
        Turn(CLIENT, b"\xc0\0"),
        Turn(BROKER, b"\xd0\0"),
        Turn(CLIENT, b"\xe0\0"),
    ]


def work_at(level: Level) -> list[Turn]:
    """Return what a service sees, with every quality of service."""
    said = user(trace="1") if level.five else b""
    return [
        Turn(CLIENT, connect(level, will=("gone", b"service"))),
        Turn(BROKER, connack(level)),
        Turn(CLIENT, subscribe("sum", "$share/workers/w/+", level=level)),
        Turn(BROKER, suback(1, 2, level=level)),
        Turn(BROKER, publish("sum", REQUEST, level, qos=1, said=said)),
        Turn(CLIENT, acknowledge(PUBACK)),
        Turn(CLIENT, publish("sum/reply", REPLY, level, qos=2, tag=9)),
        Turn(BROKER, acknowledge(PUBREC, 9)),
        Turn(CLIENT, acknowledge(PUBREL, 9)),
        Turn(BROKER, acknowledge(PUBCOMP, 9)),
        Turn(BROKER, publish("w/log", EVENT, level, flags=1)),
        Turn(BROKER, publish("w/other", b"21.5", level)),
    ]


@pytest.mark.parametrize("level", [FOUR, FIVE])
def test_conversations_have_all_properties(level: Level) -> None:
    check_carrier(carrier, [call_at(level), work_at(level)])


def test_what_is_malformed_is_read_alike_however_it_is_cut() -> None:
    check_cuts(
        carrier,
        [
            Turn(CLIENT, connect()),
            Turn(CLIENT, b"\x66" + publish("sum", REQUEST)),
            Turn(CLIENT, b"\x30\xff\xff\xff\xff" + subscribe("a/reply")),
            Turn(CLIENT, b"\x30\x04\0\x09ab" + publish("sum", REQUEST)),
        ],
    )


def test_much_noise_raises_nothing() -> None:
    samples = [each(level) for each in (call_at, work_at) for level in (FOUR, FIVE)]
    check_noise(carrier, samples, rounds=1_000, seed=5)


def test_a_call_in_small_pieces_is_the_same() -> None:
    whole = read(*call_at(FIVE))

    assert [type(each) for each in whole].count(Transfer) == 2
    assert [each.verb for each in whole if isinstance(each, Errand)] == [
        "SUBSCRIBE",
        "SUBACK",
        "UNSUBSCRIBE",
        "UNSUBACK",
    ]


def test_no_more_is_kept_than_the_longest_packet() -> None:
    talk = carrier.talk(None, whole=True)
    talk.receive(CLIENT, connect(), 0)
    units = talk.receive(CLIENT, b"\x30" + length(MAX_PACKET + 1), 0)

    assert [unit.detail for unit in units] == [  # type: ignore[attr-defined]
        "it has 67,108,865 bytes, more than 67,108,864"
    ]
    talk.receive(CLIENT, b"x" * 100_000, 0)
    assert talk.buffered(CLIENT) <= carrier.reach
