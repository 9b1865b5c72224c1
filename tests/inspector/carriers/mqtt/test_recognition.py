from __future__ import annotations

import pytest

from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.mqtt.recognition import find, recognise
from tests.inspector.carriers.mqtt.written import (
    FIVE,
    FOUR,
    REQUEST,
    binary,
    connack,
    connect,
    packet,
    publish,
    suback,
    subscribe,
    user,
)

_OLD = packet(0x10, binary("MQIsdp") + b"\x03\x02\0\x3c" + binary("old"))


@pytest.mark.parametrize(
    ("data", "asks"),
    [
        (connect(FOUR), True),
        (connect(FIVE, said=user(a="x" * 300)), True),
        (_OLD, True),
        (connack(FOUR), False),
        (connack(FOUR, 5), False),
        (connack(FIVE), False),
        (connack(FIVE, 0x87), False),
        (connack(FIVE, said=user(a="x" * 300)), False),
    ],
)
def test_either_side_shows_it_by_its_first_packet(data: bytes, asks: bool) -> None:  # noqa: FBT001
    assert recognise(data) == Recognition(asks=asks)
    assert recognise(data + publish("sum", REQUEST)) == Recognition(asks=asks)
    for size in range(len(data)):
        assert recognise(data[:size]) in {Verdict.UNDECIDED, Recognition(asks=asks)}


@pytest.mark.parametrize(
    "data",
    [
        b"POST / HTTP/1.1\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\0",
        packet(0x10, binary("HTTP")),
        packet(0x10, binary("MQTT") + b"\x07"),
        b"\x10\xff\xff\xff\xff",
        packet(0x20, b"\0"),
        packet(0x20, b"\0\x09"),
        packet(0x20, b"\2\0"),
        packet(0x20, b"\0\0\5"),
        packet(0x20, b"\0\x05\0"),
        packet(0x20, b"\0\0\xff\xff\xff\xff"),
        publish("sum", REQUEST),
    ],
)
def test_others_are_something_else(data: bytes) -> None:
    assert recognise(data) is Verdict.OTHER


def test_in_the_middle_subscriptions_show_who_is_the_client() -> None:
    assert find(b"}" + subscribe("a"), boundary=True) == Recognition(1, asks=True)
    assert find(suback(0), boundary=True) == Recognition(0, asks=False)
    assert find(suback(0), boundary=False) is None
    assert find(publish("sum", REQUEST), boundary=True) == Recognition(0, asks=None)
