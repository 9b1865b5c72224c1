"""What an exchange takes, and how units are called."""

from __future__ import annotations

import pytest

from inspector.carriers.base import Cost, Taken
from inspector.carriers.rabbitmq.carrier import carrier
from inspector.carriers.registry import carriers, loaded
from tests.inspector.carriers.rabbitmq.wire import (
    BROKER,
    CLIENT,
    DIRECT,
    EVENT,
    HEARTBEAT,
    REPLY,
    REPLY_TO,
    REQUEST,
    Basic,
    commands,
    deliver,
    method,
    publish,
    read,
)

_ASKS = {"reply_to": REPLY_TO, "correlation_id": "c1"}


def test_it_is_registered() -> None:
    assert loaded(carriers()["rabbitmq"]) is carrier
    assert (carrier.title, carrier.brokered, carrier.queued) == ("RabbitMQ", True, True)


@pytest.mark.parametrize(
    ("taken", "packets", "words"),
    [
        (Taken("message"), 6, "publish, confirm, deliver, publish, confirm, deliver"),
        (Taken("event"), 3, "publish, confirm, deliver"),
        (Taken("event", 2), 2, "publish, deliver"),
        (Taken("event", 1, ("confirm",)), 2, "publish, confirm"),
        (
            Taken("event", 2, ("confirm", "ack")),
            4,
            "publish, confirm, deliver, ack",
        ),
        (
            Taken("message", 4, ("confirm", "confirm", "ack")),
            7,
            "publish, confirm, deliver, ack, publish, confirm, deliver",
        ),
        (
            Taken("event", 3, ("confirm", "nack", "ack")),
            6,
            "publish, confirm, deliver, ack, deliver, nack",
        ),
    ],
)
def test_an_exchange_takes_a_packet_for_each_hop_and_errand(
    taken: Taken, packets: int, words: str
) -> None:
    assert carrier.cost(taken) == Cost(packets, words)


def test_replies_without_a_request_have_no_cost() -> None:
    assert carrier.cost(Taken("orphan", 2)) is None


def test_units_are_called_in_a_few_words() -> None:
    units = read(
        (CLIENT, method(commands.Queue.Declare(queue="q" * 30)) + HEARTBEAT),
        (CLIENT, method(commands.Basic.Consume(queue="cats_q"))),
        (CLIENT, method(commands.Confirm.Select()) + publish(REQUEST, **_ASKS)),
        (BROKER, deliver(EVENT, 1) + deliver(REPLY, 2, DIRECT, correlation_id="c1")),
        (CLIENT, publish(EVENT)),
        (BROKER, method(Basic.Ack(2, multiple=True))),
        (CLIENT, method(Basic.Ack(1)) + b"\x01\0\x01\0\0\0\x00\xce"),
    )
    assert [carrier.explain(unit) for unit in units] == [
        f"queue.declare {'q' * 23}…",
        "heartbeat",
        "basic.consume cats_q",
        "confirm.select",
        "publish request",
        "deliver event",
        "deliver reply",
        "publish event",
        "confirm of 2",
        "ack",
        "",
    ]
