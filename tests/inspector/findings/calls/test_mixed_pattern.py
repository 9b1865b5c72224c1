from __future__ import annotations

from tests.inspector.scenes import (
    OWN_ERROR,
    Sentences,
    Trace,
    mixed,
    said_of,
)

TRACE = Trace(
    mixed("log", OWN_ERROR),
    mixed("a", OWN_ERROR),
    companions=frozenset({"thrown-error"}),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "mixed-pattern") == Sentences(
        message="log is both sent and emitted",
        headline="1 pattern both sent and emitted",
        cause=(
            "log (#2): a service has one handler for both; if two have the same "
            "pattern, the message handler runs. Packet 5."
        ),
        hint="use one pattern for requests and another for events",
    )
