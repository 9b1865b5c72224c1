from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.costs import expected
from inspector.calls.reasons import ordinary, reasons_of
from tests.inspector.conversation import (
    CLIENT,
    SERVER,
    Wire,
    cut,
    event,
    inspected,
    request,
    response,
)
from tests.inspector.over_nats import Broker, Passing, body_of, publish

if TYPE_CHECKING:
    from protocol import Response


def _message(*replies: Response) -> Wire:
    wire = Wire()
    call = wire.connect().ask("sum", "1")
    for reply in replies:
        call.send(SERVER, reply)
    return wire


def _split() -> Wire:
    wire = Wire()
    wire.connect().split(CLIENT, request("sum", "1"), 9).answer("1", 1)
    return wire


def _shared() -> Wire:
    wire = Wire()
    wire.connect().send(CLIENT, request("sum", "1"), event("log", 1)).answer("1", 1)
    return wire


def _gapped() -> Wire:
    wire = Wire()
    call = wire.connect().ask("sum", "1")
    call.send(CLIENT, event("lost"), captured=False).ack(SERVER).emit("log", 1)
    call.answer("1", 1)
    return wire


def _one_direction() -> Wire:
    wire = Wire()
    wire.connect().ask("sum", "1")
    del wire.records[1]
    return wire


def _retransmitted() -> Wire:
    wire = Wire()
    call = wire.connect().ask("sum", "1")
    call.resend(len(wire.records)).answer("1", 1)
    return wire


@pytest.mark.parametrize(
    ("wire", "reasons"),
    [
        (_message(response("1", 1)), []),
        (_message().linger(), ["no reply"]),
        (_message(), ["in flight"]),
        (_message(response("1", 1, last=False)), ["in flight"]),
        (_message(response("1", 1, last=False), response("1", 2)), ["stream"]),
        (_split(), ["split"]),
        (_shared(), ["shared"]),
        (_gapped(), ["capture gap"]),
        (_one_direction(), ["one direction"]),
        (_retransmitted(), ["retransmitted"]),
    ],
    ids=[
        "plain",
        "no reply",
        "in flight",
        "stream in flight",
        "stream",
        "split",
        "shared",
        "capture gap",
        "one direction",
        "retransmitted",
    ],
)
def test_an_exchange_says_why_it_took_its_packets(
    wire: Wire, reasons: list[str]
) -> None:
    exchange = inspected(wire.records).exchanges[0]

    assert reasons_of(exchange) == reasons
    usual = exchange.packets == expected(exchange)
    assert (usual and ordinary(exchange)) == (not reasons)


@pytest.mark.parametrize(
    ("pieces", "reasons"), [((), ["apart"]), ((20,), ["split", "apart"])]
)
def test_a_subscription_in_a_packet_before_that_of_its_request_is_apart(
    pieces: tuple[int, ...], reasons: list[str]
) -> None:
    broker = Broker()
    caller, handler = broker.peer(), broker.worker("sum")
    asked = _ask_apart(broker, *pieces)
    caller.get(asked, handler.take(asked).answer(asked, 2)).leave(asked)
    (call,) = inspected(broker.wire.records).exchanges

    assert (call.packets, expected(call)) == (6 + len(pieces), 5)
    assert reasons_of(call) == reasons


def test_a_stream_of_which_hops_are_forgotten_is_not_called_apart() -> None:
    broker = Broker()
    broker.peer()
    _ask_apart(broker)
    (call,) = inspected(broker.wire.records).exchanges
    assert call.passage is not None
    assert (call.packets, expected(call), "apart" in reasons_of(call)) == (2, 1, True)

    call.passage.left_out = 10
    call.more_packets = 20

    assert "apart" not in reasons_of(call)
    assert "split" in reasons_of(call)


def _ask_apart(broker: Broker, *pieces: int) -> Passing:
    """Let the first peer subscribe in one packet, and ask in the next."""
    caller, inbox = broker.peers[0], "_INBOX.AAAAAAAAAAAAAAAAAAAAAA"
    body = body_of(request("sum", "1", 2))
    caller.say(caller.sub(inbox))
    for piece in cut(publish("sum", body, inbox), *pieces):
        caller.say(piece)
    return Passing("sum", body, "1", inbox)
