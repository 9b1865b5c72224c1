"""The health of services, against a computation by brute force."""

from __future__ import annotations

from collections import defaultdict
from statistics import median_low

import pytest
from hypothesis import given, settings

from inspector.calls.exchanges import Exchange, Outcome
from inspector.figures.health import Limits, assess, calls_from
from inspector.figures.report import Report
from inspector.pipeline import Options, Pipeline
from protocol import UNDEFINED, JsonText, Response, loads
from tests.inspector.conversation import MILLISECOND, SERVER, Wire, inspected
from tests.inspector.figures.services import Call, captured, plans


def _status(call: Exchange) -> int | None:
    err = call.replies[-1].err
    value = None if err is UNDEFINED else loads(err)
    return value.get("statusCode") if isinstance(value, dict) else None


def _fails(call: Exchange) -> bool:
    if call.outcome is Outcome.NO_HANDLER:
        return True
    return call.outcome is Outcome.ERROR and (_status(call) or 0) not in range(400, 500)


def _by_route(calls: list[Exchange]) -> dict[str, list[Exchange]]:
    routes: dict[str, list[Exchange]] = defaultdict(list)
    for call in calls:
        routes[call.route or ""].append(call)
    return routes


def _slow(calls: list[Exchange]) -> int:
    times = [call.latency_ns for call in calls if call.latency_ns is not None]
    if not times:
        return 0
    median = median_low(times)
    if len(times) >= 20:
        return sum(ns >= 10 * median and ns >= median + 100_000_000 for ns in times)
    if len(times) >= 3 and median >= 1_000_000_000:  # it is the pattern that is slow
        return 0
    return sum(ns >= 1_000_000_000 for ns in times)


@settings(max_examples=60, deadline=None)
@given(plans)
def test_health_is_what_brute_force_computes(plan: list[Call]) -> None:
    seen = inspected(captured(plan).records)
    health, calls = assess(seen.report), seen.exchanges
    failed = [call for call in calls if _fails(call)]
    routes = _by_route(calls)

    assert (health.calls, health.failed) == (len(calls), len(failed))
    assert health.refused == sum(call.end == "404" for call in plan)
    assert health.unanswered == sum(call.end == "silence" for call in plan)
    assert health.statuses[500] == sum(call.end == "500" for call in plan)
    assert health.slow == sum(map(_slow, routes.values()))
    times = [call.latency_ns for call in calls if call.latency_ns is not None]
    assert health.slowest_ns == max(times, default=0)


def _served(own_ms: int, others_ms: int, count: int = 20) -> list[Call]:
    return [
        Call(server, "a", "well", own_ms if server == 2 else others_ms)
        for _ in range(count)
        for server in range(3)
    ]


@pytest.mark.parametrize(
    ("own_ms", "others_ms", "count", "slow"),
    [
        (500, 2, 20, True),
        (500, 2, 19, False),  # too few
        (12, 2, 20, False),  # not 20 ms above
        (200, 50, 20, False),  # not five times
    ],
)
def test_a_server_is_slow_beside_the_others(
    own_ms: int, others_ms: int, count: int, *, slow: bool
) -> None:
    found = assess(
        inspected(captured(_served(own_ms, others_ms, count)).records).report
    )

    assert (found.slow_server is not None) is slow
    if found.slow_server is not None:
        assert found.slow_server.server == "10.0.1.2:8888"
        assert found.slow_server.median_ns > 5 * found.slow_server.others_ns


def test_a_limit_of_ones_own_makes_calls_slow() -> None:
    plan = [Call(0, "a", "well", 30)] * 3
    report = inspected(captured(plan).records).report

    assert assess(report).slow == 0
    assert assess(report, 30_000_000).slow == 3
    assert assess(report, 31_000_000).slow == 0


@pytest.mark.parametrize(
    ("waits_ms", "slow", "stands_out"),
    [
        ([999], 0, []),
        ([1_000], 1, ["a"]),  # nothing to compare it with
        ([1_000, 1_000], 2, ["a"]),
        ([1_000, 1_000, 2], 0, []),  # the pattern is slow, and not a call of it
        ([1_000, 2, 2], 1, ["a"]),
        ([1_000] + [2] * 18, 1, ["a"]),
        ([1_000] + [150] * 19, 0, []),  # that many have a usual time
    ],
)
def test_of_few_calls_one_is_slow_from_a_second_on(
    waits_ms: list[int], slow: int, stands_out: list[str]
) -> None:
    plan = [Call(0, "a", "well", ms) for ms in waits_ms]
    health = assess(inspected(captured(plan).records).report)

    assert health.slow == slow
    assert [each.route for each in health.slow_routes] == stands_out


def test_a_limit_of_ones_own_moves_that_of_patterns_too() -> None:
    plan = [Call(0, "a", "well", 1_000)] * 3 + [Call(0, "a", "well", 5_000)]
    (row,) = inspected(captured(plan).records).report.patterns.values()

    def slow_calls(seconds: int) -> int:
        return calls_from(row, Limits(seconds * 1_000_000_000).slow_from(row))

    assert [Limits(ns).is_slow(row) for ns in (None, 10**9, 2 * 10**9)] == [
        True,
        True,
        False,
    ]
    assert [slow_calls(seconds) for seconds in (1, 2, 6)] == [4, 1, 0]
    assert Limits(10**9).outstanding_from(row) is None
    assert Limits(selective=True).outstanding_from(row) == 10**9


def test_the_first_value_of_a_stream_may_take_its_time() -> None:
    wire = Wire()
    talk = wire.connect()
    for number in "123":
        talk.ask("ticks", number)
        wire.wait(2_000 * MILLISECOND)
        for value in (b"1", b"2"):
            talk.send(SERVER, Response(response=JsonText(value), id=number))
            wire.wait(MILLISECOND)
        talk.answer(number)
    health = assess(inspected(wire.records).report)

    assert health.slowest_ns > 2_000_000_000
    assert (health.slow, health.alarms.slow_patterns) == (0, [])


def test_the_worst_pattern_stands_first_with_its_first_failure() -> None:
    plan = [Call(0, "a", "thrown", 1)] * 3 + [Call(0, "b", "nobody", 2)] * 4
    health = assess(inspected(captured(plan).records).report)

    assert [(each.route, each.first, each.failed) for each in health.failing] == [
        ("b", 4, 4),
        ("a", 1, 3),
    ]
    assert (health.unhandled, health.thrown) == (["b"], ["a"])


def test_the_limit_of_an_inspection_is_that_of_its_report() -> None:
    wire = captured([Call(0, "a", "well", 30)] * 3)
    pipeline = Pipeline(Options(slow_ns=30_000_000))
    for _ in pipeline.inspect(wire.records):
        pass
    report, merged = pipeline.report(), Report()
    merged.merge(report)

    assert (assess(report).slow, assess(report, 31_000_000).slow) == (3, 0)
    assert assess(merged).slow == 3
