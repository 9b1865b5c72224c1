from __future__ import annotations

import pytest

from inspector.figures.health import assess
from inspector.figures.health_words import judge_health
from tests.inspector.conversation import Wire, inspected
from tests.inspector.figures.services import Call, captured
from tests.inspector.traces import TRACES

_WELL = Call(0, "sum", "well", 1)


def _said(*calls: Call) -> str:
    report = inspected(captured(list(calls)).records).report
    verdict = judge_health(report, assess(report))
    return "" if verdict is None else f"{verdict.mark} {verdict.sentence}"


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ([], ""),
        ([_WELL], "✓ Nothing failed or waited; the call took 1.10 ms."),
        (
            [_WELL] * 3,
            "✓ Nothing failed or waited; the slowest of 3 calls took 1.10 ms.",
        ),
        (
            [Call(0, "pay", "thrown", 4_000)] * 10 + [_WELL] * 5,
            "✗ pay failed 10 of 10 times, after 4.00 s each.",
        ),
        (
            [Call(0, "pay", "thrown", ms) for ms in (1, 2, 30)],
            "✗ pay failed 3 of 3 times.",
        ),
        (
            [Call(0, name, "thrown", 1) for name in "abc" for _ in range(3)],
            "✗ a and 2 more patterns fail.",
        ),
        (
            [Call(0, "a", "nobody", 1), Call(0, "b", "thrown", 1), _WELL],
            "✗ 2 of 3 calls failed: a has no handler, b threw.",
        ),
        ([Call(0, "a", "500", 1), _WELL], "✗ 1 of 2 calls failed with status 500."),
        (
            [Call(0, "a", "500", 1), Call(0, "a", "404", 1), _WELL],
            "✗ 1 of 3 calls failed with status 500, and 1 was refused.",
        ),
        (
            [Call(0, "a", "404", 1), _WELL],
            "✓ Nothing failed; 1 of 2 calls was refused; the slowest took 1.10 ms.",
        ),
        ([Call(0, "a", "silence", 1), _WELL], "✗ 1 call has no reply."),
        (
            [Call(0, "a", "silence", 1)] * 2 + [Call(0, "b", "thrown", 1)],
            "✗ 1 of 3 calls failed, and 2 calls have no reply.",
        ),
        (
            [_WELL] * 30 + [Call(0, "sum", "well", 3_000)],
            "! 1 took 3.00 s.",
        ),
        (
            [
                Call(n, "sum", "well", 500 if n else 2)
                for n in (0, 1)
                for _ in range(20)
            ],
            "! 10.0.1.1 takes 500 ms for what the others do in 2.10 ms.",
        ),
    ],
)
def test_the_worst_that_holds_is_said(calls: list[Call], said: str) -> None:
    assert _said(*calls) == said


def test_what_waits_for_a_delayed_ack_is_said_where_nothing_is_worse() -> None:
    report = inspected(TRACES["nagle-stall"].triggers().records).report
    verdict = judge_health(report, assess(report))

    assert verdict is not None
    assert (verdict.mark, verdict.style) == ("!", "warning")
    assert verdict.sentence.startswith("Nothing failed; 1 request waited")


def test_events_alone_give_no_verdict() -> None:
    wire = Wire()
    wire.connect().emit("log", 1)

    report = inspected(wire.records).report

    assert judge_health(report, assess(report)) is None


def test_other_calls_that_fail_are_counted_beside_a_pattern_that_does() -> None:
    plan = (
        [Call(0, "pay", "thrown", 1)] * 3
        + [Call(0, "b", "thrown", 1)]
        + [Call(0, "b", "well", 1)] * 30
    )

    assert _said(*plan) == (
        "✗ pay failed 3 of 3 times, after 1.10 ms each, and 1 other call failed."
    )
