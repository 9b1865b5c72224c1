from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from inspector.carriers.mqtt.contents import (
    Listed,
    Published,
    read_acknowledgement,
    read_connack,
    read_disconnect,
    read_listed,
    read_publish,
    read_subscribe,
    read_unsubscribe,
)
from inspector.carriers.mqtt.fields import MalformedError
from tests.inspector.carriers.mqtt.written import (
    FIVE,
    FOUR,
    PUBREC,
    Level,
    acknowledge,
    binary,
    connack,
    packet,
    publish,
    suback,
    subscribe,
    unsuback,
    unsubscribe,
    user,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_REASON = b"\x1f" + binary("no such topic")


@pytest.mark.parametrize("level", [FOUR, FIVE])
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_a_publish_has_a_topic_a_number_and_a_payload(level: Level, qos: int) -> None:
    said = user(a="1") if level.five else b""
    data = publish("w/one", b"{}", level, qos=qos, tag=9, said=said)

    read = read_publish(data, 2, five=level.five)

    assert (read.topic, read.number) == ("w/one", 9 if qos else 0)
    assert data[read.payload :] == b"{}"
    assert [each.value for each in read.properties.user] == ["1"] * level.five


def test_only_an_alias_lets_a_topic_be_empty() -> None:
    data = publish("", b"{}", FIVE, said=b"\x23\0\x01")

    assert read_publish(data, 2, five=True).topic == ""
    with pytest.raises(MalformedError, match="topic is empty"):
        read_publish(data, 2, five=False)


@pytest.mark.parametrize("level", [FOUR, FIVE])
def test_subscriptions_and_their_ends_have_filters(level: Level) -> None:
    topics = ("sum/reply", "w/+")

    asked = read_subscribe(subscribe(*topics, level=level), 2, five=level.five)
    left = read_unsubscribe(unsubscribe(*topics, level=level), 2, five=level.five)
    granted = read_listed(suback(0, 0x87, level=level), 2, five=level.five)
    gone = read_listed(unsuback(level), 2, five=level.five)

    assert (asked.number, asked.filters) == (1, topics)
    assert (left.number, left.filters) == (2, topics)
    data = subscribe(*topics, level=level)
    assert [data[begin:end].decode() for begin, end in asked.spans] == [*topics]
    assert granted == Listed(1, codes=(0, 0x87))
    assert gone == Listed(2, codes=(0,) * level.five)


def test_reasons_come_with_the_words_of_the_broker() -> None:
    acknowledged = read_acknowledgement(acknowledge(PUBREC, 3, 0x97), 2, five=True)
    refused = read_connack(connack(FIVE, 0x86, _REASON), 2, five=True)
    ended = packet(0xE0, b"\x8e\0")
    without = packet(0xE0)

    assert (acknowledged.number, acknowledged.code) == (3, 0x97)
    assert (refused.code, refused.reason) == (0x86, "no such topic")
    assert read_disconnect(ended, 2, five=True).code == 0x8E
    assert read_disconnect(without, 2, five=True).code == 0
    assert read_connack(connack(FOUR, 5), 2, five=False).code == 5


_BROKEN: list[tuple[Callable[..., Any], bytes, bool, str]] = [
    (read_publish, publish("a", b"", FOUR, qos=1, tag=0), False, "number is 0"),
    (read_publish, packet(0x30, b"\0\5a"), False, "inside a string"),
    (read_connack, packet(0x20, b"\2\0"), False, "flags"),
    (read_connack, packet(0x20, b"\0\0\0"), False, "bytes follow"),
    (read_connack, packet(0x20, b"\0"), False, "flags"),
    (read_acknowledgement, packet(0x40, b"\0"), True, "inside a number"),
    (read_acknowledgement, packet(0x40, b"\0\1\0"), False, "bytes follow"),
    (read_subscribe, packet(0x82, b"\0\1"), False, "no filter"),
    (read_subscribe, subscribe("a", level=FOUR, tag=0), False, "no filter"),
    (read_subscribe, packet(0x82, b"\0\1\0\1a\3"), False, "options"),
    (read_subscribe, packet(0x82, b"\0\1\0\1a"), False, "options"),
    (read_listed, packet(0x90, b"\0\1"), False, "no reason code"),
    (read_listed, packet(0xB0, b"\0\1\0"), False, "has reason codes"),
    (read_disconnect, packet(0xE0, b"\0"), False, "bytes follow"),
]


@pytest.mark.parametrize(("read", "data", "five", "detail"), _BROKEN)
def test_what_does_not_fit_is_malformed(
    read: Callable[..., Any],
    data: bytes,
    five: bool,  # noqa: FBT001
    detail: str,
) -> None:
    with pytest.raises(MalformedError, match=detail):
        read(data, 2, five=five)


def test_a_publish_is_compared_by_what_it_says() -> None:
    assert read_publish(publish("a", b"", FOUR), 2, five=False) == Published("a", 0, 5)
