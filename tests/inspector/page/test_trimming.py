from __future__ import annotations

import pytest

from inspector.calls.exchanges import last_error
from inspector.calls.statuses import status_of
from inspector.figures.failures import failure_text
from inspector.figures.worst import is_failure
from inspector.page.page_limits import PageLimits
from inspector.page.trimming import ReplyText, Text, bodies_of, kept
from protocol import UNDEFINED, JsonText
from tests.inspector.conversation import SERVER, Wire, failure, inspected, response
from tests.inspector.page.pages import calls

_LIMITS = PageLimits(one_payload=100, replies=4)


def test_a_small_exchange_is_kept_as_it_is() -> None:
    (exchange,) = inspected(calls(1).records).exchanges

    held = kept(exchange, _LIMITS)

    assert (held.exchange, held.bodies) == (exchange, None)
    bodies = held.read(_LIMITS)
    assert bodies.data == Text('"x"', 3)
    assert bodies.replies == [ReplyText(1, Text("1", 1), None, last=True)]
    assert (bodies.brief, bodies.answer, bodies.style) == ("x", "1", "")
    assert bodies.again == ["protocol-call", "send", "10.0.0.2:8888", "sum", "'\"x\"'"]


def test_of_a_large_payload_the_beginning_is_kept_and_its_size() -> None:
    (exchange,) = inspected(calls(1, data="求" * 2000).records).exchanges

    held = kept(exchange, _LIMITS)

    assert held.exchange.data is UNDEFINED
    assert held.exchange.replies == []
    assert held.exchange.values == 1
    bodies = held.read(_LIMITS)
    assert bodies.data == Text('"' + "求" * 33, 6002)
    assert held.bytes < 200
    assert len(bodies.brief) <= 100


def test_of_many_replies_the_first_and_the_last_are_kept() -> None:
    wire = Wire()
    call = wire.connect().ask("many", "1")
    for number in range(9):
        call.send(SERVER, response("1", number, last=number == 8))
    (exchange,) = inspected(wire.records).exchanges

    replies = bodies_of(exchange, _LIMITS).replies

    assert [(each.place, each.value and each.value.text) for each in replies] == [
        (1, "0"),
        (2, "1"),
        (8, "7"),
        (9, "8"),
    ]


def test_an_exchange_can_lose_its_payloads_later() -> None:
    (exchange,) = inspected(calls(1).records).exchanges
    held = kept(exchange, _LIMITS)

    held.strip()

    bodies = held.read(_LIMITS)
    assert held.stripped
    assert (bodies.data, bodies.replies, bodies.again, held.bytes) == (
        None,
        [],
        None,
        0,
    )
    assert exchange.data is not UNDEFINED  # which others may look at


@pytest.mark.parametrize(
    "error",
    [
        "no",
        "n" * 9000,
        {"message": "no such user", "statusCode": 404, "stack": "s" * 9000},
        {"status": 503, "reason": "<" * 9000},
    ],
)
def test_what_an_exchange_failed_with_is_known_without_its_payloads(
    error: object,
) -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1", "x" * 4000)
    call.send(SERVER, failure("1", error))
    (exchange,) = inspected(wire.records).exchanges
    held = kept(exchange, _LIMITS)

    for _ in range(2):
        bare = held.exchange
        err = last_error(bare)
        assert bare.data is UNDEFINED
        assert isinstance(err, JsonText)
        assert len(err) <= 600
        assert status_of(err) == status_of(exchange.replies[-1].err)
        assert failure_text(bare) == failure_text(exchange)
        assert is_failure(bare) == is_failure(exchange)
        assert bare.values == 1
        held.strip()
