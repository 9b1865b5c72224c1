"""Conversations with a real broker, held to the properties of every carrier."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.carriers.base import Errand, Transfer, Trouble
from inspector.carriers.rabbitmq.carrier import RabbitMQ, carrier
from inspector.carriers.testing import Turn, check_carrier, check_cuts, check_noise
from tests.inspector.carriers.rabbitmq.wire import (
    BROKER,
    CLIENT,
    DIRECT,
    EVENT,
    FOLDER,
    HEARTBEAT,
    PREAMBLE,
    REPLY,
    REPLY_TO,
    REQUEST,
    Basic,
    captured,
    commands,
    deliver,
    message,
    method,
    publish,
    read,
)

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Talk

SMALL = [FOLDER / "rabbitmq-backlog-nest12.pcap", FOLDER / "rabbitmq-raw-nest12.pcap"]
_ASKS = {"reply_to": REPLY_TO, "correlation_id": "c1"}
SOME = [
    Turn(CLIENT, PREAMBLE),
    Turn(
        BROKER,
        method(commands.Connection.Start(0, 9, {}, "PLAIN", "en_US"), 0),
    ),
    Turn(CLIENT, method(commands.Connection.StartOk({}, "PLAIN", "\0u\0p"), 0)),
    Turn(CLIENT, method(commands.Channel.Open()) + method(commands.Confirm.Select())),
    Turn(CLIENT, method(commands.Basic.Consume(queue=REPLY_TO, no_ack=True))),
    Turn(BROKER, method(commands.Basic.ConsumeOk("tag")) + HEARTBEAT),
    Turn(CLIENT, publish(REQUEST, **_ASKS) + publish(EVENT, most=7)),
    Turn(BROKER, method(Basic.Ack(2, multiple=True))),
    Turn(BROKER, deliver(REPLY, 1, DIRECT, correlation_id="c1")),
    Turn(CLIENT, publish(EVENT, "nowhere", mandatory=True) + HEARTBEAT),
    Turn(BROKER, message(Basic.Return(312, "NO_ROUTE", "", "nowhere"), EVENT)),
    Turn(
        BROKER, method(Basic.Ack(3)) + deliver(b"nope", 2, DIRECT, correlation_id="c")
    ),
    Turn(BROKER, method(commands.Channel.Close(404, "NOT_FOUND", 50, 10))),
]


class _Known(RabbitMQ):
    """The carrier, where it is known who the client is, as an inspection does.

    By an acknowledgement alone nobody can tell: clients and brokers write the same.
    """

    def talk(self, conceal: Concealment | None, *, whole: bool) -> Talk:
        talk = super().talk(conceal, whole=whole)
        talk.client = CLIENT
        return talk


@pytest.mark.parametrize("capture", SMALL, ids=lambda path: path.stem)
def test_what_was_captured_has_all_properties(capture: object) -> None:
    assert isinstance(capture, type(FOLDER))
    conversations = captured(capture)
    assert len(conversations) > (capture is SMALL[0])
    check_carrier(_Known(), [each[:90] for each in conversations])


def test_what_there_is_in_one_has_all_properties() -> None:
    check_carrier(_Known(), [SOME[:-2]])  # what is not JSON is a reply to a request


def test_units_of_one_conversation() -> None:
    units = read(*SOME)

    said = [
        unit.verb if isinstance(unit, Errand) else type(unit.packet).__name__
        for unit in units
        if isinstance(unit, Errand | Transfer)
    ]
    assert said == [
        "Request",
        "Event",
        "confirm",
        "Response",
        "Event",
        "return",
        "confirm",
    ]
    assert [unit.code for unit in units if isinstance(unit, Trouble)] == [
        "invalid-json",
        "broker-error",
    ]


@given(data=st.data())
def test_any_cuts_give_the_same_units(data: st.DataObject) -> None:
    size = sum(len(turn.data) for turn in SOME)

    check_cuts(carrier, SOME, cuts=data.draw(st.sets(st.integers(1, size), max_size=9)))


@given(st.integers(0, 1 << 32))
def test_no_bytes_raise(seed: int) -> None:
    check_noise(carrier, [SOME], rounds=2, seed=seed)


def test_random_bytes_are_not_kept() -> None:
    random = Random(7)  # noqa: S311 — no secret depends on it
    talk = carrier.talk(None, whole=True)
    for _ in range(200):
        talk.receive(random.getrandbits(1), b"\xce" + random.randbytes(1_000), 0)
        assert talk.buffered(0) + talk.buffered(1) < 4_096
