from __future__ import annotations

from random import Random

import pytest

from inspector.carriers.mqtt.headers import REACH
from inspector.carriers.mqtt.searching import first_packet
from tests.inspector.carriers.mqtt.written import (
    EVENT,
    FIVE,
    FOUR,
    PUBACK,
    REPLY,
    REQUEST,
    Level,
    acknowledge,
    packet,
    publish,
    suback,
    subscribe,
    unsuback,
    unsubscribe,
    user,
)

_LEVELS = pytest.mark.parametrize("level", [FOUR, FIVE])


@_LEVELS
@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.parametrize("before", [b"", b'5,"id":"01"}', b"\x30\x31"])
def test_a_publish_of_json_is_found_wherever_it_begins(
    before: bytes, qos: int, level: Level
) -> None:
    said = user(trace="1") if level.five else b""
    data = publish("sum", REQUEST, level, qos=qos, said=said)

    assert first_packet(before + data) == len(before)
    assert first_packet(before + data + data[:9]) == len(before)


@_LEVELS
def test_one_whose_payload_has_only_begun_is_found(level: Level) -> None:
    data = publish("sum/reply", b'{"response":"' + b"x" * 100_000, level)

    assert first_packet(b"..." + data[:40]) == 3


@_LEVELS
def test_subscriptions_are_found(level: Level) -> None:
    for data in (subscribe("sum/reply", level=level), unsubscribe("a", level=level)):
        assert first_packet(b'"}' + data) == 2
        assert first_packet(data[:-1]) == -1


@_LEVELS
def test_their_acknowledgements_are_only_where_nothing_else_is(level: Level) -> None:
    data = suback(0, level=level) + unsuback(level)

    assert first_packet(data, boundary=True) == 0
    assert first_packet(data) == -1
    assert first_packet(data + b"\x30", boundary=True) == -1
    assert first_packet(data + packet(0xD0), boundary=True) == -1


@pytest.mark.parametrize(
    "data",
    [
        acknowledge(PUBACK),
        packet(0xD0),
        publish("home/kitchen", b"21.5"),
        publish("a\x07b", EVENT),
        suback(0x33),
        b"PUB sum 5\r\nhello\r\n",
        b'*3\r\n$7\r\npublish\r\n$3\r\nsum\r\n$2\r\n{"\r\n',
        b'41#{"pattern":"sum","data":[1,2,3],"id":"1"}',
        b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00",  # LDAP
    ],
)
def test_what_others_may_say_is_not_taken_for_one(data: bytes) -> None:
    assert first_packet(data, boundary=True) == -1


def test_random_bytes_hold_none() -> None:
    random = Random(1_883)  # noqa: S311 — no secret depends on it
    found = [first_packet(random.randbytes(1 << 16), boundary=True) for _ in range(20)]
    assert found == [-1] * 20


def test_a_topic_and_properties_beyond_the_reach_are_not_looked_for() -> None:
    assert first_packet(publish("t" * 500, REPLY)) == 0
    assert first_packet(publish("t" * 500, REPLY, said=user(a="x" * REACH))) == -1
