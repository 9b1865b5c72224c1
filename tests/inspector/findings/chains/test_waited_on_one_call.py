from __future__ import annotations

from tests.inspector.caused import waiting
from tests.inspector.scenes import Sentences, Trace, said_of

TRACE = Trace(lambda: waiting(300), lambda: waiting(90), frozenset({"slow-call"}))


def test_what_it_says() -> None:
    assert said_of(TRACE, "waited-on-one-call") == Sentences(
        message="order waited 300 ms of 301 ms (nearly all) for #2 pay",
        headline="order waited for pay nearly all the time",
        cause=(
            "#1 waited 300 ms of 301 ms (nearly all) for #2; that was answered in"
            " packet 9. Packet 10."
        ),
        hint=("look at what pay does: what is around it takes next to no time"),
    )
