from __future__ import annotations

import pytest

from inspector.carriers.base import Cost, Remark, Taken, Transfer, Unit
from inspector.carriers.mqtt.carrier import carrier
from inspector.carriers.registry import carriers, loaded
from tests.inspector.carriers.mqtt.written import (
    BROKER,
    CLIENT,
    EVENT,
    PUBACK,
    REPLY,
    REQUEST,
    acknowledge,
    connect,
    publish,
    read,
    suback,
    subscribe,
)

_OPENED = ("SUBSCRIBE", "SUBACK")
_CLOSED = ("UNSUBSCRIBE", "UNSUBACK")


def test_it_is_registered() -> None:
    assert loaded(carriers()["mqtt"]) is carrier


@pytest.mark.parametrize(
    ("taken", "cost"),
    [
        (
            Taken("message"),
            Cost(8, "SUBSCRIBE, SUBACK, 2 × (PUBLISH, PUBLISH), UNSUBSCRIBE, UNSUBACK"),
        ),
        (
            Taken("message", 4, _OPENED + _CLOSED),
            Cost(8, "SUBSCRIBE, SUBACK, 2 × (PUBLISH, PUBLISH), UNSUBSCRIBE, UNSUBACK"),
        ),
        (
            Taken("message", 5, (*_OPENED, "PUBACK")),
            Cost(8, "SUBSCRIBE, SUBACK, 2 × (PUBLISH, PUBLISH), PUBLISH, PUBACK"),
        ),
        (Taken("message", 4), Cost(4, "2 × (PUBLISH, PUBLISH)")),
        (Taken("event"), Cost(2, "PUBLISH, PUBLISH")),
        (Taken("event", 2), Cost(2, "PUBLISH, PUBLISH")),
        (Taken("event", 3), Cost(3, "PUBLISH, PUBLISH, PUBLISH")),
        (Taken("event", 1, ("PUBACK",)), Cost(2, "PUBLISH, PUBACK")),
        (Taken("orphan"), None),
    ],
)
def test_an_exchange_takes_a_packet_for_each_hop_and_errand(
    taken: Taken, cost: Cost | None
) -> None:
    assert carrier.cost(taken) == cost


def test_units_are_explained_in_a_few_words() -> None:
    units = read(
        (CLIENT, connect()),
        (CLIENT, subscribe("sum/reply")),
        (BROKER, suback(0)),
        (CLIENT, publish("sum", REQUEST, qos=1)),
        (BROKER, acknowledge(PUBACK, code=0x10)),
        (CLIENT, publish("log", EVENT)),
        (BROKER, publish("sum/reply", REPLY)),
        (CLIENT, subscribe("x" * 30 + "/reply")),
        (CLIENT, subscribe("sum", "w/+", "a", "b")),
        (CLIENT, b"\xc0\0"),
    )
    assert list(map(carrier.explain, units)) == [
        "CONNECT caller",
        "SUBSCRIBE sum/reply",
        "SUBACK sum/reply",
        "PUBLISH request",
        "PUBACK nobody subscribed",
        "PUBLISH event",
        "PUBLISH reply",
        f"SUBSCRIBE {'x' * 23}…",
        "SUBSCRIBE sum w/+ a",
        "PINGREQ",
    ]
    some: Unit = Remark(side=0, begin=0, end=0, code="none")
    assert carrier.explain(some) == ""


def test_it_counts_bytes() -> None:
    (unit,) = read((CLIENT, publish("sum", REQUEST)))
    assert isinstance(unit, Transfer)
    assert carrier.measure(unit) == ""


def test_of_many_topics_that_a_peer_listens_on_a_few_are_named() -> None:
    (unit,) = read((CLIENT, subscribe(*(f"t{n}/reply" for n in range(1_000)))))

    assert carrier.explain(unit) == "SUBSCRIBE t0/reply t1/reply t2/reply"
