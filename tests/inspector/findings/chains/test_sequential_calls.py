from __future__ import annotations

from tests.inspector.caused import in_turn
from tests.inspector.scenes import Sentences, Trace, said_of

TRACE = Trace(
    lambda: in_turn({"item": "item-7"}),
    lambda: in_turn({"item": "item-7", "zone": "eu-west"}),  # which the first answered
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "sequential-calls") == Sentences(
        message=(
            "order made user.get and stock.get in turn, 20.1 ms longer than need be"
        ),
        headline="order waited for user.get and stock.get one after another",
        cause=(
            "These calls, answered in packets 9 14, have nothing of one another's"
            " answers in their data. Made at once, they would save #1 up to 20.1 "
            "ms of 51.1 ms (39 %). Packet 15."
        ),
        hint=("make them at once, unless one decides whether the next is made at all"),
    )
