from __future__ import annotations

from tests.inspector.conversation import SERVER, Wire, failure, inspected
from tests.inspector.scenes import Sentences, Trace, said_of


def calls(*datas: object, failing: object = None) -> Wire:
    """Return calls with some data, of which those fail that come before ``failing``."""
    wire = Wire()
    talk = wire.connect()
    for number, data in enumerate(datas):
        talk.ask("pay", str(number), data)
        if isinstance(data, dict) and data.get("fails", failing):
            talk.send(SERVER, failure(str(number), "no"))
        else:
            talk.answer(str(number), 1)
    return wire


_WELL = [{"user": number} for number in range(12)]

TRACE = Trace(
    lambda: calls(*[{"user": 9, "coupon": c, "fails": 1} for c in "abc"], *_WELL),
    lambda: calls(
        *[{"user": 9, "coupon": c, "fails": 1} for c in "ab"], *_WELL, {"fails": 0}
    ),
    companions=frozenset({"failing-pattern"}),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "failures-share") == Sentences(
        message="all 3 calls that failed carry data.coupon and data.fails",
        headline="All 3 failed calls carry data.coupon and data.fails",
        cause=(
            "The 12 other calls do not. The failed calls ended with “no”; the "
            "first is #1. "
            "Packet 5."
        ),
        hint="check first how the service handles it",
    )


def test_what_the_calls_of_a_pattern_have_that_always_fails_says_nothing() -> None:
    wire = Wire()
    talk = wire.connect()
    for number in range(15):
        talk.ask("list", f"f{number}", {"page": 1})
        talk.send(SERVER, failure(f"f{number}", "no"))
        talk.ask("get", str(number), {"id": number}).answer(str(number), 1)

    assert "failures-share" not in inspected(wire.records).codes
