from __future__ import annotations

import pytest

from inspector.carriers.base import Transfer
from inspector.carriers.mqtt.carrier import carrier
from inspector.carriers.mqtt.hops import HopReader
from tests.inspector.carriers.mqtt.framed import handshake, over, whole
from tests.inspector.carriers.mqtt.test_conversations import call_at
from tests.inspector.carriers.mqtt.written import (
    BROKER,
    CLIENT,
    FIVE,
    REQUEST,
    connect,
    publish,
)


@pytest.mark.parametrize("client", [0, 1])
def test_who_the_client_is_is_kept_when_it_is_decided(client: int) -> None:
    talk = carrier.talk(None, whole=False)
    talk.client = client
    talk.receive(0, whole(1 - client, publish("sum", REQUEST)), 0)
    assert talk.client == client


def test_plain_hops_are_read_in_one_go_without_frames_alone() -> None:
    plain, framed = (carrier.talk(None, whole=True) for _ in range(2))
    for side, data in call_at(FIVE):
        plain.receive(side, data, 0)
    for side, data in over(whole, call_at(FIVE)):
        framed.receive(side, data, 0)

    assert isinstance(plain.hops(CLIENT), HopReader)  # type: ignore[attr-defined]
    assert framed.hops(CLIENT) is None  # type: ignore[attr-defined]
    for talk in (plain, framed):
        assert talk.express(CLIENT) is None
        assert talk.plain == 0
        assert talk.finish(CLIENT, 0, "close") == []


def test_a_talk_that_was_given_nothing_yet_says_so() -> None:
    talk = carrier.talk(None, whole=True)
    assert talk.receive(CLIENT, b"", 0) == talk.lose(CLIENT) == []
    assert (talk.received(CLIENT), talk.buffered(CLIENT), talk.begun(CLIENT)) == (
        0,
        0,
        0,
    )
    for side, data in handshake():
        talk.receive(side, data, 0)
    (unit,) = talk.receive(
        CLIENT, whole(CLIENT, connect()) + whole(CLIENT, publish("a", REQUEST)), 0
    )[1:]
    assert isinstance(unit, Transfer)
    assert talk.received(BROKER) == len(handshake()[1].data)
