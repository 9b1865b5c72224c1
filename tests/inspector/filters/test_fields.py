"""The words of an expression are the keys of the JSON lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from inspector.calls.exchanges import Kind, Outcome
from inspector.carriers.registry import carriers
from inspector.errors import ExpressionError
from inspector.filters.fields import ALL, FIELDS, SHORT, enumerated
from inspector.filters.selection import compile_selection
from inspector.sources.files import read_capture
from inspector.views.jsonlines import exchange_line
from protocol import UNDEFINED, loads
from tests.inspector.captures import CAPTURES, OWN, name_of
from tests.inspector.conversation import CLIENT, SERVER, Wire, inspected, response

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_every_key_of_every_line_is_a_field_with_that_value(capture: Path) -> None:
    for exchange in inspected(read_capture(str(capture))).exchanges:
        line = loads(exchange_line(exchange))
        for name, read in FIELDS.items():
            assert read(exchange) == line.get(name, UNDEFINED), name
        assert line.keys() <= FIELDS.keys()


def test_a_field_that_has_few_values_has_those_of_the_exchanges() -> None:
    assert enumerated() == {
        "kind": list(Kind),
        "outcome": list(Outcome),
        "carrier": list(carriers()),
    }


def test_short_words_say_the_same_or_a_sum() -> None:
    first_ns = next(read_capture(str(OWN[0]))).time_ns
    for exchange in inspected(read_capture(str(OWN[0]))).exchanges:
        assert ALL["latency"](exchange) == exchange.latency_ns
        assert ALL["duration"](exchange) == exchange.duration_ns
        assert ALL["time"](exchange) == exchange.time_ns - first_ns
        total = exchange.request_bytes + exchange.reply_bytes
        assert ALL["bytes"](exchange) == total


def test_response_and_err_are_those_of_the_last_reply_that_has_one() -> None:
    wire = Wire()
    talk = wire.connect().ask("stream", "1").ask("none", "2")
    talk.send(SERVER, response("1", {"a": 1}, last=False), response("1", 2, last=False))
    talk.send(SERVER, response("1"), response("2")).send(CLIENT, b"2#{}")
    stream, none = inspected(wire.records).exchanges

    assert SHORT["response"](stream) == 2
    assert SHORT["err"](stream) is UNDEFINED
    assert SHORT["response"](none) is UNDEFINED


def test_the_payload_of_another_exchange_is_not_remembered() -> None:
    wire = Wire()
    wire.connect().emit("a", {"x": 1}).emit("a").emit("a", {"x": 2}).emit("a", {"x": 2})
    found = inspected(wire.records).exchanges

    assert [ALL["data"](each) for each in found] == [
        {"x": 1},
        UNDEFINED,
        {"x": 2},
        {"x": 2},
    ]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ('carrier == "tpc"', "no carrier 'tpc', did you mean tcp?"),
        ('"tpc" != carrier', "no carrier 'tpc', did you mean tcp?"),
        ('carier == "tcp"', "no field 'carier', did you mean carrier?"),
        ('outcome == "eror"', "no outcome 'eror', did you mean error?"),
    ],
)
def test_a_word_that_a_field_never_has_suggests_one_that_it_has(
    expression: str, message: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_selection(expression)

    assert str(caught.value) == f"--where: {message}"


def test_exchanges_are_chosen_by_their_carrier() -> None:
    wire = Wire()
    wire.connect().emit("a", 1)
    (exchange,) = inspected(wire.records).exchanges

    assert compile_selection('carrier == "tcp"')(exchange)
    assert not compile_selection('carrier != "tcp"')(exchange)
