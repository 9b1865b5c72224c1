"""Steps, as a client is told them."""

from __future__ import annotations

from inspector.conformance.calling.steps import (
    Call,
    Step,
    at_once,
    failed,
    in_pieces,
    last,
    reply,
    values,
)
from inspector.conformance.card import Check

_CHECK = Check("one", "Does it", "the-unit", "does it")


def test_a_step_is_told_by_its_calls() -> None:
    calls = [Call(1), Call("x", {"a": 1}, "emit")]
    step = Step(_CHECK, calls, lambda _: [], [values()])

    assert step.planned() == {
        "check": "one",
        "calls": [
            {"kind": "send", "pattern": "conformance.one", "data": 1},
            {"kind": "emit", "pattern": {"a": 1}, "data": "x"},
        ],
    }


def test_replies_have_the_keys_in_the_order_of_nest() -> None:
    assert last("a", 1) == b'41#{"response":1,"isDisposed":true,"id":"a"}'
    assert reply(5, err="x") == b'18#{"err":"x","id":5}'
    assert failed("x", 1) == {"values": [1], "error": "x"}
    assert at_once([b"a", b"b"])[0].pieces == [(0, b"ab")]  # type: ignore[union-attr]
    assert len(in_pieces([b"a", b"b"], 1)) == 2
