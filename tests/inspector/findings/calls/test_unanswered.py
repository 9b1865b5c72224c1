from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.scenes import (
    ANSWERED,
    Sentences,
    Trace,
    begun,
    replies,
    said_of,
)

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire

TRACE = Trace(replies(), replies(ANSWERED))


def test_what_it_says() -> None:
    assert said_of(TRACE, "unanswered") == Sentences(
        message="no reply to sum by the end of the capture, 100 µs later",
        headline="1 message without a reply",
        cause=(
            "sum (#1) had no reply by the end of the capture, 100 µs later. Packet 4."
        ),
        hint="apply timeout() on the client: without it, Nest waits forever",
    )


def test_a_request_that_is_the_last_packet_did_not_wait() -> None:
    sentences = said_of(Trace(_last_packet, replies(ANSWERED)), "unanswered")

    assert sentences.message == "no reply to sum by the end of the capture"
    assert sentences.cause.endswith("by the end of the capture. Packet 4.")


def _last_packet() -> Wire:
    wire, call = begun()
    call.ask("sum", "1", [1, 2])
    return wire
