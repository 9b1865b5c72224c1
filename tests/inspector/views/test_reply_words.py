"""A reply says its value or its outcome, and a failure decides the role."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Outcome
from inspector.views.layout import Cell
from inspector.views.reply_words import reply_cell, reply_words
from protocol import JsonText, Response
from tests.inspector.conversation import (
    CLIENT,
    SECOND,
    SERVER,
    Wire,
    event,
    failure,
    inspected,
    response,
)
from tests.inspector.over_nats import Broker

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange

_NO_HANDLER = Response(
    "1",
    err=JsonText(
        b'"There is no matching message handler defined in the remote service."'
    ),
)


def _answered(*replies: Response) -> Exchange:
    """Return a call and the replies to it, each in a segment."""
    wire = Wire()
    call = wire.connect().ask("a", "1")
    for reply in replies:
        call.send(SERVER, reply)
    wire.wait(5 * SECOND)
    call.close()
    (exchange,) = inspected(wire.records).exchanges
    return exchange


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        ([response("1", 6)], ["6"]),
        ([response("1", None)], ["null"]),
        ([response("1")], ["no value"]),
        ([response("1", 1, last=False), response("1", 2)], ["1", "2"]),
        ([response("1", "v", last=False), response("1")], ["v", "end"]),
        ([response("1", last=False), response("1", 2)], ["undefined", "2"]),
        ([failure("1", {"message": "mid"})], ["error: mid"]),
        ([failure("1", "")], ["no value"]),
        ([_NO_HANDLER], ["no handler"]),
        ([response("1", 1, last=False)], ["1", "no end"]),
        (
            [response("1", value, last=value == 24) for value in range(25)],
            [*map(str, range(20)), "… (25)"],
        ),
    ],
)
def test_a_reply_says_its_value_or_its_outcome(
    replies: list[Response], words: list[str]
) -> None:
    assert list(reply_words(_answered(*replies))) == words


@pytest.mark.parametrize(
    ("replies", "cell"),
    [
        ([response("1", 6)], Cell("6")),
        ([response("1")], Cell("no value", "warning")),
        (
            [response("1", last=False), response("1", 2)],
            Cell("undefined, 2", "warning"),
        ),
        ([response("1", 1, last=False)], Cell("1, no end", "warning")),
        ([failure("1", "no")], Cell("error: no", "error")),
        ([_NO_HANDLER], Cell("no handler", "error")),
        ([], Cell("unanswered 5.00 s", "error")),
    ],
)
def test_a_failure_decides_the_role(replies: list[Response], cell: Cell) -> None:
    assert reply_cell(_answered(*replies)) == cell


def test_a_call_that_did_not_wait_says_no_time() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1")
    (exchange,) = inspected(wire.records).exchanges

    assert reply_cell(exchange) == Cell("in flight", "muted")
    exchange.in_flight = False
    assert reply_cell(exchange) == Cell("unanswered", "error")


def test_a_stream_in_flight_has_no_end_yet() -> None:
    exchange = _answered(response("1", 1, last=False))
    exchange.in_flight = True

    assert reply_cell(exchange) == Cell("1, in flight", "")


def test_an_event_says_that_it_is_one() -> None:
    wire = Wire()
    wire.connect().send(CLIENT, event("log", 1))
    (exchange,) = inspected(wire.records).exchanges

    assert reply_cell(exchange) == Cell("event", "muted")


def test_what_a_broker_refuses_has_nobody_who_subscribed() -> None:
    broker = Broker()
    caller = broker.peer()
    asked = caller.ask("nope")
    caller.refused(asked).leave(asked)
    (exchange,) = inspected(broker.wire.linger().records).exchanges

    assert reply_cell(exchange) == Cell("nobody subscribed", "error")


def test_a_caller_that_stopped_listening_has_left() -> None:
    broker = Broker()
    worker, caller = broker.worker("sum"), broker.peer()
    asked = caller.ask("sum")
    worker.take(asked)
    broker.wire.wait(SECOND)
    caller.leave(asked)
    broker.wire.wait(SECOND)
    worker.answer(asked, 1)
    (exchange,) = inspected(broker.wire.linger().records).exchanges

    assert reply_cell(exchange) == Cell("caller left 1.00 s", "error")


def test_an_event_that_nobody_gets_is_undelivered() -> None:
    wire = Wire()
    wire.connect().emit("log")
    (exchange,) = inspected(wire.records).exchanges
    exchange.outcome = Outcome.UNDELIVERED

    assert reply_cell(exchange) == Cell("undelivered", "warning")
