from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import UNDEFINED
from tests.inspector.scenes import Sentences, Trace, begun, said_of

if TYPE_CHECKING:
    from tests.inspector.conversation import Wire


def _answered(*values: object) -> Wire:
    wire, call = begun()
    for number, value in enumerate(values):
        call.ask("find", str(number))
        call.answer(str(number), value)
    return wire


TRACE = Trace(lambda: _answered(1, UNDEFINED), lambda: _answered(UNDEFINED, UNDEFINED))


def test_what_it_says() -> None:
    assert said_of(TRACE, "answer-without-value") == Sentences(
        message="find answered without a value",
        headline="find answered without a value",
        cause=(
            "A handler that returns a value at other times returned undefined (#2):"
            " lastValueFrom() and firstValueFrom() then throw EmptyError. Packet 7."
        ),
        hint="return null, or use lastValueFrom(…, { defaultValue: null })",
    )
