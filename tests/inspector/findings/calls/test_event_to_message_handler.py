from __future__ import annotations

from tests.inspector.scenes import (
    ANSWERED,
    Sentences,
    Trace,
    mixed,
    said_of,
)

TRACE = Trace(mixed("log", ANSWERED), mixed("a", ANSWERED))


def test_what_it_says() -> None:
    assert said_of(TRACE, "event-to-message-handler") == Sentences(
        message="an event for log, whose handler answers requests",
        headline="1 message pattern also emitted",
        cause=(
            "log (#1): the handler answers requests. An event runs it too, but its "
            "value and its errors are discarded. Packet 4."
        ),
        hint="use send() where the reply matters, @EventPattern where it does not",
    )
