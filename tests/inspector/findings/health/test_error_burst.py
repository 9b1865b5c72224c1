from __future__ import annotations

from inspector.findings.finding import Finding
from inspector.pipeline import Options, Pipeline
from tests.inspector.conversation import inspected
from tests.inspector.figures.services import Call, captured
from tests.inspector.scenes import Sentences, Trace, said_of

_WELL, _FAILED = Call(0, "pay", "well", 1), Call(0, "pay", "thrown", 1)

TRACE = Trace(
    lambda: captured([*[_WELL] * 100, *[_FAILED] * 10]),
    lambda: captured([*[_WELL] * 10, _FAILED, _WELL] * 10),
    companions=frozenset({"thrown-error"}),
)


def test_what_it_says() -> None:
    assert said_of(TRACE, "error-burst") == Sentences(
        message="10 consecutive calls of pay failed, from 11:06:40.122 UTC on",
        headline="10 consecutive calls failed, from 11:06:40.122 UTC on",
        cause=(
            "pay on 10.0.1.0:8888, first #101: 10.8 ms from the first to the last. "
            "100 calls before them did not fail, and none after them. Packet 211."
        ),
        hint="find out what changed for 10.0.1.0:8888 at 11:06:40.122 UTC",
    )


def test_calls_of_other_patterns_do_not_end_a_row_and_well_ones_after_it_are_told() -> (
    None
):
    other = Call(0, "log", "well", 1)
    seen = inspected(
        captured([*[_WELL] * 200, *[_FAILED, other] * 12, *[_WELL] * 5]).records
    )
    (found,) = (each for each in seen.findings if each.code == "error-burst")
    group = next(g for g in seen.report.findings.values() if g.first is found)

    assert found.message.startswith("12 consecutive calls of pay")
    assert "200 calls before them did not fail, and 5 after them" in found.rule.cause(  # type: ignore[attr-defined]
        group
    )


def test_a_pattern_that_always_failed_has_no_time_since_when() -> None:
    codes = inspected(captured([*[_WELL] * 9, *[_FAILED] * 40]).records).codes

    assert "error-burst" not in codes


def test_failures_that_are_mostly_elsewhere_are_no_burst() -> None:
    spread = [_FAILED, _WELL] * 10
    codes = inspected(captured([*[_WELL] * 10, *spread, *[_FAILED] * 10]).records).codes

    assert "failing-pattern" in codes
    assert "error-burst" not in codes


def test_where_calls_may_be_left_out_nothing_is_said_of_a_row() -> None:
    pipeline = Pipeline(Options(where=lambda _: True))
    found = pipeline.inspect(TRACE.triggers().records)
    codes = {each.code for each in found if isinstance(each, Finding)}

    assert codes == {"thrown-error"}


def test_what_failing_pattern_tells_is_not_told_again() -> None:
    calls = [*[_WELL] * 20, *[_FAILED] * 12]

    assert inspected(captured(calls).records).codes == ["failing-pattern"]
