from __future__ import annotations

from typing import TYPE_CHECKING

from tests.inspector.scenes import Sentences, Trace, begun, said_of

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _twice(first: str, second: str) -> Wire:
    wire, call = begun()
    call.ask("sum", first).ask("sum", second).answer(first, 1).answer(second, 2)
    return wire


TRACE = Trace(lambda: _twice("1", "1"), lambda: _twice("1", "2"))


def test_what_it_says() -> None:
    assert said_of(TRACE, "duplicate-id") == Sentences(
        message="a request reuses the id of sum, which waits for its reply",
        headline="1 id used twice at the same time",
        cause=(
            "sum (#2): replies are matched by id alone, so one caller gets the "
            "reply of another. Packet 5."
        ),
        hint="give every pending request an id of its own",
    )
