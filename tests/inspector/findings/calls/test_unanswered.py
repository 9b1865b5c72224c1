from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol import LengthUnit
from tests.inspector.conversation import CLIENT, SERVER, Wire, request
from tests.inspector.scenes import (
    ANSWERED,
    Sentences,
    Trace,
    begun,
    counted_in,
    endless,
    replies,
    said_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

TRACE = Trace(endless(), replies(ANSWERED))


def test_what_it_says() -> None:
    assert said_of(TRACE, "unanswered") == Sentences(
        message="no reply to sum by the end of the capture, 2.00 s later",
        headline="1 message without a reply",
        cause=(
            "sum (#1) had no reply by the end of the capture, 2.00 s later. Packet 4."
        ),
        hint=(
            "look at what the handler on 10.0.0.2:8888 waits for; timeout() on the "
            "client bounds the wait"
        ),
    )


def _said(make: Callable[[], Wire]) -> Sentences:
    return said_of(Trace(make, replies(ANSWERED)), "unanswered")


def test_a_server_that_closes_under_a_call_is_named_with_its_packet() -> None:
    def trace() -> Wire:
        wire = Wire()
        wire.connect().ask("sum", "1").finish(SERVER).finish(CLIENT)
        return wire

    assert _said(trace) == Sentences(
        message="no reply to sum before the server closed the connection, 100 µs later",
        headline="1 message without a reply",
        cause=(
            "sum (#1) had no reply before the server closed the connection (FIN in "
            "packet 5), 100 µs later. A Nest client then fails with “Connection "
            "closed” at once. Packet 4."
        ),
        hint=(
            "look at 10.0.0.2:8888: its process has ended, or it closed the connection "
            "itself"
        ),
    )


def test_a_connection_that_was_idle_for_a_second_may_have_been_closed_for_it() -> None:
    def trace() -> Wire:
        wire = Wire()
        call = wire.connect().ask("sum", "1")
        wire.wait(2_000_000_000)
        call.finish(SERVER).finish(CLIENT)
        return wire

    assert _said(trace).hint == (
        "look at 10.0.0.2:8888: its process has ended, or a load balancer in front of "
        "it closes idle connections"
    )


def test_what_nest_never_read_is_told_with_the_finding_that_says_why() -> None:
    def trace() -> Wire:
        wire, call = begun()
        call.send(CLIENT, counted_in(LengthUnit.UTF8, request("greet", "1", "é")))
        call.ask("sum", "2").finish(SERVER).finish(CLIENT)
        return wire

    assert _said(trace) == Sentences(
        message=(
            "no reply to greet before the server closed the connection, 200 µs later: "
            "Nest never read it, see length-unit"
        ),
        headline="2 messages without a reply",
        cause=(
            "greet (#1) and sum (#2) had no reply before the server closed the "
            "connection (FIN in packet 6), 100 to 200 µs later. Nest never read them: "
            "see length-unit. Packets 4–5."
        ),
        hint="correct what length-unit reports; Nest then reads such requests",
    )


def test_a_client_that_gives_up_is_named_with_its_packet() -> None:
    def trace() -> Wire:
        wire = Wire()
        wire.connect().ask("sum", "1").reset(CLIENT)
        return wire

    said = _said(trace)

    assert "before the client reset the connection (RST in packet 5)" in said.cause
    assert "Connection closed" not in said.cause
    assert said.hint.startswith("look at what the handler on 10.0.0.2:8888 waits for")


@pytest.mark.parametrize(("sent", "named"), [(2_000, True), (100, False)])
def test_a_large_request_after_which_the_server_closes_is_a_reason(
    sent: int, *, named: bool
) -> None:
    def trace() -> Wire:
        wire = Wire()
        wire.connect().ask("sum", "1", "x" * sent).finish(SERVER).finish(CLIENT)
        return wire

    assert ("compare maxBufferSize" in _said(trace).hint) is named


def test_a_large_request_that_waits_before_the_server_closes_is_none() -> None:
    def trace() -> Wire:
        wire = Wire()
        call = wire.connect().ask("sum", "1", "x" * 2_000)
        wire.wait(2_000_000_000)
        call.finish(SERVER).finish(CLIENT)
        return wire

    assert "maxBufferSize" not in _said(trace).hint


def test_a_handler_that_alone_gives_no_answer_is_told_from_a_dead_service() -> None:
    def trace() -> Wire:
        wire = Wire()
        call = wire.connect().ask("big", "1").ask("sum", "2").answer("2", 3)
        call.finish(CLIENT).finish(SERVER)
        return wire

    said = _said(trace)

    assert (
        "Later requests of the connection were answered in the meantime." in said.cause
    )
    assert "BigInt" in said.hint
