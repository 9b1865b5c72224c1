"""Which patterns fail, and on which servers, against a count by hand."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings

from inspector.calls.exchanges import Exchange, Outcome
from inspector.figures.failing import failing_patterns
from inspector.filters.selection import compile_selection
from inspector.pipeline import Options, Pipeline
from tests.inspector.conversation import inspected
from tests.inspector.figures.services import Call, captured, plans

_FAILURES = {"thrown", "500", "nobody"}


def _server(call: Call) -> str:
    return f"10.0.1.{call.server}:8888"


def _fails(failed: int, calls: int) -> bool:
    return failed >= 3 and failed * 10 >= calls


def _expected(plan: list[Call]) -> dict[str, tuple[int, int, set[str]]]:
    """Return route → calls that failed, of how many, and on which servers."""
    expected = {}
    for route in {call.route for call in plan}:
        own = [call for call in plan if call.route == route]
        calls = Counter(map(_server, own))
        failed = Counter(_server(call) for call in own if call.end in _FAILURES)
        bad = {server for server in calls if _fails(failed[server], calls[server])}
        inside = [sum(each[server] for server in bad) for each in (failed, calls)]
        outside = failed.total() - inside[0], calls.total() - inside[1]
        usual = inside[1] * (outside[0] + 1) / (outside[1] + 2)
        if not bad or (inside[0] - usual) <= 5 * usual**0.5:
            bad, inside = set(calls), [failed.total(), calls.total()]
        if _fails(*inside):
            expected[route] = inside[0], inside[1], bad
    return expected


@settings(max_examples=100, deadline=None)
@given(plans)
def test_patterns_fail_as_a_count_by_hand_says(plan: list[Call]) -> None:
    found = failing_patterns(inspected(captured(plan).records).report)

    assert {
        each.route: (each.failed, each.calls, set(each.servers)) for each in found
    } == _expected(plan)
    assert [each.failed for each in found] == sorted(
        (each.failed for each in found), reverse=True
    )
    for each in found:
        asked = {_server(call) for call in plan if call.route == each.route}
        assert each.asked == len(asked)
        assert each.partly == (set(each.servers) != asked)
        assert each.calls + each.elsewhere.count == sum(
            call.route == each.route for call in plan
        )


def _mixed(*failed_of: tuple[int, int]) -> list[Call]:
    """Return calls of a pattern: on each server so many fail, of so many."""
    return [
        Call(server, "a", "thrown" if number < failed else "well", 1)
        for server, (failed, calls) in enumerate(failed_of)
        for number in range(calls)
    ]


@pytest.mark.parametrize(
    ("failed_of", "servers"),
    [
        (((2, 10),), []),  # too few
        (((3, 31),), []),  # too small a share
        (((3, 30),), ["10.0.1.0:8888"]),
        (((0, 100), (10, 40), (0, 100)), ["10.0.1.1:8888"]),  # 4 % of all
        (((0, 20), (20, 20), (1, 20)), ["10.0.1.1:8888"]),
        (((1, 10), (1, 10), (1, 10)), [f"10.0.1.{n}:8888" for n in range(3)]),
        (((3, 20), (3, 100)), []),  # 15 % of few calls is no proof
        (((10, 100), (22, 500)), []),
        (((20, 100), (22, 500)), ["10.0.1.0:8888"]),
        (((14, 100), (22, 500)), []),
        (((9, 50), (6, 50), (4, 50)), [f"10.0.1.{n}:8888" for n in range(3)]),
    ],
)
def test_a_pattern_fails_on_the_servers_that_show_it(
    failed_of: tuple[tuple[int, int], ...], servers: list[str]
) -> None:
    found = failing_patterns(inspected(captured(_mixed(*failed_of)).records).report)

    assert [each for pattern in found for each in pattern.servers] == servers


def test_of_calls_that_somebody_chose_no_pattern_is_said_to_fail() -> None:
    wire = captured(_mixed((4, 200)))
    pipeline = Pipeline(Options(where=compile_selection('outcome == "error"')))
    chosen = [
        each for each in pipeline.inspect(wire.records) if isinstance(each, Exchange)
    ]

    assert [each.outcome for each in chosen] == [Outcome.ERROR] * 4
    assert failing_patterns(pipeline.report()) == []


def test_whether_most_calls_failed_for_want_of_a_handler() -> None:
    plan = [Call(0, "a", "nobody", 1)] * 3 + [Call(0, "b", "thrown", 1)] * 2
    plan += [Call(0, "b", "nobody", 1)] * 2
    found = failing_patterns(inspected(captured(plan).records).report)

    assert [
        (each.route, each.unhandled, each.lacks_handler, each.first) for each in found
    ] == [("b", 2, False, 4), ("a", 3, True, 1)]
