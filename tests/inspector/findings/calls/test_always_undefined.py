from __future__ import annotations

from protocol import UNDEFINED
from tests.inspector.conversation import Wire, inspected
from tests.inspector.scenes import Sentences, Trace, begun, said_of


def _answered(*values: object) -> Wire:
    wire, call = begun()
    for number, value in enumerate(values):
        call.ask("save", str(number)).answer(str(number), value)
    return wire


TRACE = Trace(
    lambda: _answered(UNDEFINED, UNDEFINED, UNDEFINED),
    lambda: _answered(UNDEFINED, UNDEFINED),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "always-undefined") == Sentences(
        message="3 calls of save ended, and never with a value",
        headline="save never answered with a value",
        cause=(
            "3 calls ended without one, the first #1: their handlers return undefined, "
            "for instance because return or await is missing. lastValueFrom() and "
            "firstValueFrom() then throw EmptyError. Packet 5."
        ),
        hint=(
            "return or await the result, return null, or use emit() if no one needs a "
            "value"
        ),
    )


def test_one_value_is_enough_to_know_that_the_handler_has_some() -> None:
    codes = inspected(_answered(UNDEFINED, UNDEFINED, UNDEFINED, 1).records).codes

    assert "always-undefined" not in codes
