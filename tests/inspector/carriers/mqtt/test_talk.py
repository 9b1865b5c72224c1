from __future__ import annotations

import pytest

from inspector.carriers.base import Idle, Skipped, Transfer, Trouble
from inspector.carriers.mqtt.carrier import carrier
from tests.inspector.carriers.mqtt.written import (
    BROKER,
    CLIENT,
    FOUR,
    REPLY,
    REQUEST,
    acknowledge,
    connack,
    connect,
    packet,
    publish,
    read,
    suback,
    subscribe,
)


@pytest.mark.parametrize(
    ("side", "data", "client"),
    [
        (0, connect(), 0),
        (1, connack(), 0),
        (1, subscribe("a/reply"), 1),
        (0, suback(0), 1),
        (0, packet(0xC0), 0),
        (0, packet(0xD0), 1),
        (0, publish("sum", REQUEST), None),
        (0, acknowledge(0x40), None),
    ],
)
def test_who_the_client_is_shows_by_what_only_one_side_says(
    side: int, data: bytes, client: int | None
) -> None:
    talk = carrier.talk(None, whole=False)
    talk.receive(side, data, 0)
    assert talk.client == client


def test_the_level_of_a_connection_that_was_open_before_is_learnt() -> None:
    units = read(
        (CLIENT, publish("sum", REQUEST, FOUR)),
        (BROKER, publish("sum/reply", REPLY, FOUR)),
        whole=False,
    )
    assert [type(each) for each in units] == [Transfer, Transfer]


def test_malformed_content_is_trouble_and_the_next_packet_is_read() -> None:
    broken = packet(0x30, b"\0\x09ab")
    trouble, unit = read((CLIENT, broken + publish("sum", REQUEST)))

    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.framed) == ("mqtt-protocol", True)
    assert (trouble.begin, trouble.end) == (0, len(broken))
    assert isinstance(unit, Transfer)


def test_malformed_bytes_are_trouble_that_is_no_unit() -> None:
    (trouble,) = read((CLIENT, b"\0\0"))

    assert isinstance(trouble, Trouble)
    assert (trouble.detail, trouble.framed) == ("it begins with 00", False)


def test_what_is_lost_is_skipped_and_both_sides_are_read_apart() -> None:
    talk = carrier.talk(None, whole=True)
    talk.receive(CLIENT, connect() + packet(0xC0)[:1], 0)
    talk.receive(BROKER, connack()[:2], 0)

    (skipped,) = talk.lose(CLIENT)
    assert isinstance(skipped, Skipped)
    assert skipped.end - skipped.begin == 1
    assert talk.begun(CLIENT) == talk.buffered(CLIENT) == 0
    assert talk.begun(BROKER) == talk.buffered(BROKER) == 2
    (greeting,) = talk.receive(BROKER, connack()[2:], 0)
    assert isinstance(greeting, Idle)
    assert talk.lose(BROKER) == talk.finish(BROKER, 0, "end") == []


def test_it_has_no_express_way() -> None:
    talk = carrier.talk(None, whole=True)
    assert (talk.express(CLIENT), talk.plain) == (None, 0)
