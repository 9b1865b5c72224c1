from __future__ import annotations

import pytest
from msgspec.structs import replace

from protocol import UNDEFINED
from tests.inspector.conversation import SERVER, Conversation, Wire, inspected
from tests.inspector.scenes import (
    NOBODY,
    OWN_ERROR,
    Sentences,
    Trace,
    group_in,
    replies,
    said_of,
    sentences,
)

TRACE = Trace(replies(NOBODY), replies(OWN_ERROR))


def test_what_it_says() -> None:
    assert said_of(TRACE, "no-handler") == Sentences(
        message="no handler for sum on 10.0.0.2:8888",
        headline="1 message without a handler",
        cause="sum (#1) has no handler on 10.0.0.2:8888. Packet 5.",
        hint=(
            "register @MessagePattern('sum') there, or send the pattern that is "
            "registered"
        ),
    )


def _said_of(pattern: object, *, answered: str | None = None) -> tuple[str, str]:
    """Return what is said of a request that nobody handles, after one that is."""
    wire = Wire()
    call = wire.connect()
    if answered is not None:
        call.ask(answered, "0").answer("0", 1)
    call.ask(pattern, "1", [1]).send(SERVER, NOBODY)
    (line,) = inspected(wire.records).finding_lines
    return line["message"], line["hint"]


def test_a_server_that_answers_at_other_times_is_several_processes() -> None:
    assert _said_of("sum", answered="sum") == (
        "no handler for sum on 10.0.0.2:8888, which answers it at other times",
        "give different services different addresses",
    )


@pytest.mark.parametrize("order", ["answered first", "unhandled first"])
def test_what_is_known_at_last_counts_whatever_came_first(order: str) -> None:
    wire = Wire()
    call = wire.connect()
    known = [("sum", "0"), ("users.find", "1")]
    if order == "answered first":
        _answer(call, known)
    for number, route in enumerate(["sum", "user.find"], start=2):
        call.ask(route, str(number)).send(SERVER, replace(NOBODY, id=str(number)))
    if order == "unhandled first":
        _answer(call, known)
    group = group_in(wire, "no-handler")
    said = sentences(group)

    assert group.count == 2
    assert "It answers sum at other times: several processes" in said.cause
    assert said.hint == "give different services different addresses"
    lines = inspected(wire.records).findings
    assert lines[1].hint == "did you mean users.find?"


def _answer(call: Conversation, known: list[tuple[str, str]]) -> None:
    for route, number in known:
        call.ask(route, number).answer(number, 1)


def test_a_pattern_that_is_emitted_too_is_not_meant_for_itself() -> None:
    wire = Wire()
    call = wire.connect().ask("sum", "1").send(SERVER, NOBODY)
    call.emit("sum", 1)
    (finding,) = inspected(wire.records).findings

    assert finding.hint.startswith("register @MessagePattern('sum') there")


def test_a_request_without_a_pattern_is_told_as_such() -> None:
    assert _said_of(UNDEFINED) == (
        "a request to 10.0.0.2:8888 lacks the key pattern",
        'put the pattern of the handler under the key "pattern"',
    )


@pytest.mark.parametrize(("sent", "known"), [({"cmd": "sum"}, "sum"), ("sum", "su")])
def test_a_pattern_that_is_nearly_one_of_the_service_is_named(
    sent: object, known: str
) -> None:
    _, hint = _said_of(sent, answered=known)

    assert hint == f"did you mean {known}?"
