from __future__ import annotations

from tests.inspector.scenes import EMPTY, Sentences, Trace, mixed, said_of

TRACE = Trace(mixed("log", EMPTY), mixed("a", EMPTY))


def test_what_it_says() -> None:
    assert said_of(TRACE, "request-to-event-handler") == Sentences(
        message="a request for log, whose replies have no value",
        headline="1 event pattern also requested",
        cause=(
            "log (#2) is also emitted, and replies have no value: an @EventPattern "
            "handler answers requests too. Packet 5."
        ),
        hint="use emit() if no reply is needed, else @MessagePattern and a value",
    )
