from __future__ import annotations

from inspector.fleet.overview import chosen_by, names_of, overview, spanning, time_span
from inspector.fleet.report import (
    Durations,
    FleetReport,
    Noticed,
    Row,
    Shared,
    SourceFigures,
    Speakers,
    View,
)


def _row(
    client: str, kind: str, count: int, *, errors: int = 0, unanswered: int = 0
) -> Row:
    return Row(
        "tcp",
        client,
        "10.0.0.9:80",
        "",
        "sum",
        kind,
        count,
        errors,
        unanswered=unanswered,
        latency=Durations(10**6, [10**6] * count) if kind == "message" else None,
    )


def _noticed(severity: str, count: int, code: str) -> Noticed:
    return Noticed("a", "b", code, severity, "", "b:1", count, "message", "hint")


REPORT = FleetReport(
    sources=[
        SourceFigures("api-1", ("10.0.0.1", "10.1.0.0/16")),
        SourceFigures("api-1-lo", ("10.0.0.1",)),
    ],
    views=[
        View(
            ("api-1",),
            [Speakers("10.0.0.1", "10.0.0.9", "tcp", 2, packets={"data_packets": 7})],
            [_row("10.0.0.1", "message", 3), _row("10.0.0.1", "event", 4)],
            [_noticed("note", 9, "b"), _noticed("warning", 1, "a")],
        ),
        View(
            ("api-1", "api-2"),
            rows=[_row("10.0.0.2", "message", 5, errors=2, unanswered=1)],
            findings=[_noticed("warning", 3, "c")],
        ),
    ],
    left_out=6,
)


def test_totals_are_those_of_all_views() -> None:
    seen = overview(REPORT)

    assert (seen.exchanges, seen.messages) == (12, 8)
    assert (seen.errors, seen.unanswered) == (2, 1)
    assert (seen.connections, seen.packets) == (2, 7)
    assert seen.shared == 5 + 6


def test_the_worst_comes_first() -> None:
    seen = overview(REPORT)

    assert [each.pair.client for each in seen.services] == ["10.0.0.2", "10.0.0.1"]
    assert [each.trouble for each in seen.services] == [3, 0]
    assert [each.code for each in seen.findings] == ["c", "a", "b"]
    assert overview(REPORT, slow_ns=10**6).services[0].slow == 5


def test_a_host_is_called_as_its_first_source() -> None:
    names = names_of(REPORT)

    assert names.client("10.0.0.1") == "api-1"
    assert names.client("10.1.2.3") == "10.1.2.3"
    assert not names_of(FleetReport())


def test_clocks_are_compared_with_the_first_that_shares_enough() -> None:
    shared = [
        Shared("b", "a", 5, 1, 0.0, 0, 0, 0),
        Shared("c", "a", 5, 1, 0.0, 0, 0, 0),
        Shared("c", "b", 30, 1, 0.0, 0, 0, 0),
        Shared("d", "a", 30, 1, 0.0, 0, 0, 0),
        Shared("d", "c", 99, 1, 0.0, 0, 0, 0),
    ]
    found = spanning(FleetReport(shared=shared))

    leading = {name: each.leading for name, each in found.items()}
    assert leading == {"b": "a", "c": "b", "d": "a"}


def test_times_are_by_the_clock_that_leads_by_way_of_others() -> None:
    sources = [
        SourceFigures("a", first_ns=1_000, last_ns=2_000),
        SourceFigures("b", first_ns=1_400, last_ns=2_400),
        SourceFigures("c", first_ns=9_000, last_ns=9_800),
        SourceFigures("empty"),
    ]
    shared = [
        Shared("b", "a", 40, 500, 0.0, 0, 1, 0),
        Shared("c", "b", 40, 7_000, 0.0, 0, 1, 0),
    ]

    assert time_span(FleetReport(sources=sources, shared=shared)) == (900, 2_300)
    assert time_span(FleetReport(sources=sources)) == (1_000, 9_800)
    assert time_span(FleetReport()) is None


def test_what_chose_exchanges_is_one_expression() -> None:
    asked = [["a > 1"], ["a > 1", "b"], [], "x", 7]
    found = [chosen_by(FleetReport(asked={"where": each})) for each in asked]

    assert found == ["a > 1", "(a > 1) and (b)", "", "", ""]
    assert chosen_by(FleetReport()) == ""


def test_clocks_that_lead_each_other_end() -> None:
    shared = [Shared("a", "b", 40, 5, 0, 0, 1, 0), Shared("b", "a", 40, 5, 0, 0, 1, 0)]
    one = SourceFigures("a", first_ns=1_000, last_ns=2_000)

    assert time_span(FleetReport(sources=[one], shared=shared)) == (990, 1_990)
