from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.figures.failing import fails
from inspector.figures.health import assess
from inspector.views.traffic_tables import pattern_lines, service_lines, slowest_lines
from tests.inspector.conversation import inspected
from tests.inspector.figures.services import Call, captured
from tests.inspector.over_nats import Broker, called, emitted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.figures.report import Report
    from inspector.views.text import Text


def _report(calls: list[Call]) -> Report:
    return inspected(captured(calls).records).report


def _patterns(calls: list[Call]) -> Iterable[Text]:
    report = _report(calls)
    return pattern_lines(report, assess(report), 80)


def _table(lines: Iterable[Text]) -> list[list[str]]:
    """Return the rows below the header, as words."""
    return [line.plain.split() for line in lines][1:]


_calls = st.lists(
    st.builds(
        Call,
        st.integers(0, 2),
        st.sampled_from([f"svc.{number}" for number in range(40)]),
        st.sampled_from(["well", "well", "well", "thrown", "silence"]),
        st.sampled_from([1, 2, 150]),
    ),
    min_size=1,
    max_size=150,
)


@settings(max_examples=60, deadline=None)
@given(_calls, st.integers(80, 160))
def test_columns_add_up_and_no_trouble_is_left_out_unseen(
    calls: list[Call], width: int
) -> None:
    report = _report(calls)
    rows = _table(pattern_lines(report, assess(report), width))
    counts = [row[-7:-3] if row[0] != "and" else row[3:7] for row in rows]

    assert sum(int(row[0]) for row in counts) == len(calls)
    assert sum(int(row[1]) for row in counts) == sum(c.end == "thrown" for c in calls)
    assert sum(int(row[2]) for row in counts) == sum(c.end == "silence" for c in calls)
    shown = {row[0] for row in rows}
    left_out = [
        (route, row)
        for (_, route, _), row in report.patterns.items()
        if route not in shown
    ]
    if any(row.errors or row.unanswered for _, row in left_out):
        assert len(rows) > 20  # those in worse trouble stand there
    assert not [route for route, row in left_out if fails(row)] or len(rows) > 20


def test_trouble_stands_first_then_what_takes_longest() -> None:
    calls = [
        Call(0, "fast", "well", 1),
        Call(0, "slow", "well", 90),
        Call(0, "bad", "thrown", 1),
        *[Call(0, "worse", "thrown", 1)] * 2,
    ]

    assert [row[0] for row in _table(_patterns(calls))] == [
        "worse",
        "bad",
        "slow",
        "fast",
    ]


def test_a_row_left_out_alone_is_shown() -> None:
    calls = [Call(0, f"p{number:02}", "well", number + 1) for number in range(11)]

    rows = _table(_patterns(calls))
    assert len(rows) == 11
    assert rows[-1][0] == "p00"

    more = [*calls, Call(0, "q", "well", 1)]
    rows = _table(_patterns(more))
    assert len(rows) == 11
    assert rows[-1][:4] == ["and", "2", "more", "2"]


@pytest.mark.parametrize(("wait_ms", "shown"), [(98, 0), (100, 1)])
def test_the_slowest_are_shown_where_one_is_long(wait_ms: int, shown: int) -> None:
    report = _report([Call(0, "a", "well", wait_ms)])
    rows = _table(slowest_lines(report, assess(report), 80))

    assert len(rows) == shown
    if rows:
        assert rows[0] == [
            "#1",
            "a",
            "100",
            "10",
            "11",
            "10.0.0.1",
            "→",
            "10.0.1.0:8888",
        ]


def test_services_are_shown_where_there_are_several_the_slowest_first() -> None:
    one = [Call(0, "a", "well", 1)]

    assert _table(service_lines(_report(one), 80)) == []
    rows = _table(service_lines(_report([*one, Call(2, "a", "thrown", 30)]), 80))
    assert [row[:4] for row in rows] == [
        ["10.0.0.1", "10.0.1.2:8888", "1", "1"],
        ["10.0.0.1", "10.0.1.0:8888", "1", "0"],
    ]


def test_many_services_are_summed_unless_all_are_asked_for() -> None:
    calls = [Call(n, "a", "well", n + 1) for n in range(3)]
    report = _report(calls)

    few = _table(service_lines(report, 80, 1))
    assert [row[:2] for row in few] == [["10.0.0.1", "10.0.1.2:8888"], ["and", "2"]]
    assert len(_table(service_lines(report, 80, None))) == 3


def test_an_event_has_no_times() -> None:
    report = inspected(captured([Call(0, "log", "event", 0)]).records).report
    (line,) = list(pattern_lines(report, assess(report), 80))[1:]

    assert re.fullmatch(r"log +1 +– +– +event +[0-9]+ *", line.plain)


def test_over_a_broker_the_time_of_each_stage_stands_beside_the_whole() -> None:
    broker = Broker()
    worker, caller = broker.worker("sum", "log", group="workers"), broker.peer()
    for _ in range(2):
        called(caller, worker, value=1)
    emitted(caller, worker)
    report = inspected(broker.wire.records).report

    def table(width: int) -> list[str]:
        lines = pattern_lines(report, assess(report), width)
        return [" ".join(line.plain.split()) for line in lines]

    whole = table(120)
    assert whole[0] == (
        "Patterns count errors no reply p50 ms p99 ms max ms broker ms handler ms bytes"
    )
    assert whole[1].startswith("sum 2 0 0 0.300 0.300 0.300 0.200 0.100 ")
    assert whole[2].startswith("log 1 – – event ")
    assert table(80)[0] == (
        "Patterns count errors no reply p50 ms max ms broker ms handler ms"
    )


def test_over_a_broker_a_server_is_who_serves() -> None:
    broker = Broker()
    worker, caller = broker.worker("sum", group="workers"), broker.peer()
    called(caller, worker, value=1)
    refused = caller.ask("nope")
    caller.refused(refused).leave(refused)
    report = inspected(broker.wire.records).report
    _, *rows = (line.plain.split() for line in service_lines(report, 120))

    assert [row[1:3] for row in rows] == [["behind", "NATS"], ["workers", "1"]]
