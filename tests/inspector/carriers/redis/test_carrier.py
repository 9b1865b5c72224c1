"""The carrier: what it says of itself, of units, and of exchanges."""

from __future__ import annotations

import pytest

from inspector.carriers.base import Cost, Taken, Transfer
from inspector.carriers.redis.carrier import carrier
from inspector.carriers.registry import carriers, loaded
from tests.inspector.carriers.redis.conversations import (
    BROKER,
    CLIENT,
    EVENT,
    REPLY,
    REQUEST,
    confirmed,
    read,
    strings,
)


def test_it_is_one_of_ours() -> None:
    assert loaded(carriers()["redis"]) is carrier
    assert (carrier.title, carrier.brokered, carrier.queued) == ("Redis", True, False)


def test_a_call_takes_a_packet_for_each_hop_and_errand() -> None:
    errands = ("SUBSCRIBE", "subscribed", ":1", ":1", "UNSUBSCRIBE", "unsubscribed")

    plain = carrier.cost(Taken("message"))
    assert plain is not None
    assert plain.packets == 10
    assert carrier.cost(Taken("message", 4, errands)) == plain
    shared = carrier.cost(Taken("message", 4, (":1", ":1")))
    assert shared == Cost(6, "2 × (PUBLISH, :1, message)")


def test_an_event_takes_three() -> None:
    assert carrier.cost(Taken("event")) == Cost(3, "PUBLISH, :1, message")
    assert carrier.cost(Taken("event", 2, (":1",))) == carrier.cost(Taken("event"))
    assert carrier.cost(Taken("event", 4, (":3",))) == Cost(
        5, "4 × PUBLISH or message, :3"
    )
    assert carrier.cost(Taken("orphan", 1)) is None


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        ((CLIENT, strings("PUBLISH", "sum", REQUEST)), "PUBLISH request"),
        ((CLIENT, strings("PUBLISH", "log", EVENT)), "PUBLISH event"),
        ((BROKER, strings("message", "sum.reply", REPLY)), "message reply"),
        ((BROKER, strings("pmessage", "s*", "sum", REQUEST)), "pmessage request"),
        ((BROKER, b":1\r\n"), ":1"),
        ((CLIENT, strings("subscribe", "sum.reply")), "SUBSCRIBE sum.reply"),
        ((BROKER, confirmed("unsubscribe", "a.reply", 0)), "unsubscribed a.reply"),
        ((CLIENT, strings("subscribe", "a" * 30 + ".reply")), f"SUBSCRIBE {'a' * 23}…"),
        ((CLIENT, strings("AUTH", "secret")), "AUTH"),
        ((CLIENT, strings("subscribe", "sum")), "SUBSCRIBE sum"),
        ((BROKER, confirmed("subscribe", "sum", 1)), "subscribed"),
    ],
)
def test_a_unit_is_explained_in_a_few_words(
    turn: tuple[int, bytes], words: str
) -> None:
    (unit,) = read(turn)

    assert carrier.explain(unit) == words
    if isinstance(unit, Transfer):
        assert carrier.measure(unit) == ""
