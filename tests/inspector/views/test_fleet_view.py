from __future__ import annotations

from msgspec.structs import replace

from inspector.fleet.report import (
    Cause,
    FleetReport,
    Noticed,
    Row,
    Shared,
    SourceFigures,
    Speakers,
    View,
)
from inspector.views.fleet_view import (
    MOST_CAUSES,
    MOST_CLOCKS,
    MOST_PAIRS,
    MOST_SOURCES,
    fleet_lines,
)
from tests.inspector.fleet.test_overview import REPORT

_SHARED = Shared("api-2", "api-1", 9, 2 * 10**9, 2e-6, 0, 150_000, 10)
_CAUSE = Cause("api-1", "tcp", "order", "message", "nats", "pay", 3, 6, 2, 9 * 10**6)


def _lines(report: FleetReport, width: int = 100) -> list[str]:
    return [line.plain.rstrip() for line in fleet_lines(report, width)]


def test_a_report_begins_with_what_is_wrong() -> None:
    lines = _lines(REPORT)

    assert lines[:4] == [
        "2 sources   0 packets captured",
        "8 calls and 4 events on 2 connections, 7 packets of these",
        "✗ 2 errors, 1 without a reply.",
        "11 exchanges seen by several sources, counted once",
    ]
    table = "\n".join(lines)
    assert table.index("10.0.0.2 ") < table.index("api-1 ")
    assert "! c   3×   b:1" in table


def test_what_is_well_is_said_so() -> None:
    view = replace(REPORT.views[0], findings=[])
    lines = _lines(replace(REPORT, views=[view]))

    assert "✓ Every call was answered in the usual time." in lines
    assert "Findings" not in lines
    assert "! 3 slow." in [
        line.plain for line in fleet_lines(replace(REPORT, views=[view]), 80, 10**6)
    ]


def test_clocks_causes_and_the_network_have_their_tables() -> None:
    sources = [SourceFigures("api-1"), SourceFigures("api-2", gap_bytes=2_000)]
    report = FleetReport(sources=sources, causes=[_CAUSE], shared=[_SHARED])
    text = "\n".join(_lines(report))

    assert "api-2   2.00 s ahead of  api-1  gains 2.00 µs" in text
    assert "2.00 kB" in text
    assert "api-1            api-2       0.150" in text
    assert "order    pay    NATS            3      6      3.00" in text


def test_clocks_that_are_days_off_are_aligned_and_fit_80_cells() -> None:
    name, day_ns = "orders-service-production-eu-central-1-{:03}", 86_400 * 10**9
    begin_ns = 1_795_000_000 * 10**9
    behind = begin_ns + 5 * 10**9 - 3 * day_ns
    sources = [
        SourceFigures(name.format(1), first_ns=begin_ns, last_ns=begin_ns + 10**9),
        SourceFigures(name.format(2), first_ns=behind, last_ns=behind + 10**9),
    ]
    clock = replace(
        _SHARED,
        source=name.format(2),
        leading=name.format(1),
        offset_ns=-3 * day_ns,
        at_ns=behind,
    )
    same = replace(clock, source=name.format(3), offset_ns=0, drift=0.0)
    report = FleetReport(sources=sources, shared=[same, clock])
    lines = _lines(report, 80)

    assert lines[1] == "2026-11-18 11:06:40 to 11:06:45 UTC   clocks aligned"
    assert max(map(len, lines)) <= 80
    begins = [line for line in lines if "2026-11-1" in line]
    assert ["2026-11-18 11:06:40  1.00 s" in line for line in begins[1:]] == [1, 0]
    assert begins[2].endswith("2026-11-15 11:06:45  1.00 s")
    table = lines[next(n for n, line in enumerate(lines) if "Clocks" in line) :]
    assert "72 h 0 min behind" in table[1]
    assert table[1].endswith("gains 2.00 µs")
    assert "the same as" in table[2]
    assert table[2].endswith("001")


def test_problems_and_stops_are_told() -> None:
    broken = SourceFigures("a", problems=["/x: no such file"], stopped=True)
    lines = _lines(FleetReport(sources=[broken]))

    assert "No traffic of Nest was seen." in lines
    assert lines[-2:] == ["✗ a: /x: no such file", "! a was stopped"]


def test_long_names_fit_and_long_tables_end() -> None:
    name = "orders-service-production-eu-central-1-{:03}"
    sources = [SourceFigures(name.format(n), (f"10.0.1.{n}",)) for n in range(200)]
    row = REPORT.views[0].rows[0]
    rows = [replace(row, client=f"10.0.1.{n}") for n in range(200)]
    causes = [replace(_CAUSE, source=name.format(n)) for n in range(200)]
    shared = [replace(_SHARED, source=name.format(n)) for n in range(200)]
    report = FleetReport(
        sources=sources, causes=causes, views=[View(("a",), rows=rows)], shared=shared
    )
    lines = _lines(report, 80)

    assert max(map(len, lines)) <= 80
    rests = [line for line in lines if line.startswith("and ")]
    left = [int(line.split()[1]) for line in rests]
    assert left == [
        200 - most
        for most in (MOST_PAIRS, MOST_CAUSES, MOST_SOURCES, MOST_CLOCKS, MOST_PAIRS)
    ]


def test_nothing_that_a_terminal_obeys_is_shown() -> None:
    evil = SourceFigures("a\x1b[2J", problems=["\x1b]0;x\x07"])

    assert "\x1b" not in "".join(_lines(FleetReport(sources=[evil])))


def test_a_terminal_obeys_nothing_that_a_report_holds() -> None:
    bad = "\x1b]0;x\x07\x1b[2J"
    source = SourceFigures(bad, problems=[bad], first_ns=1, stopped=True)
    view = View(
        (bad,),
        [Speakers(bad, bad, bad, 1)],
        [Row(bad, "10.0.0.1", "10.0.0.2:1", bad, bad, "message", 1)],
        [Noticed(bad, bad, bad, "error", bad, bad, 1, bad, bad, bad)],
    )
    causes = [Cause(bad, bad, bad, "message", bad, bad, 1, 1, 1, 1)]
    shared = [replace(_SHARED, source=bad, leading=bad)]
    report = FleetReport(sources=[source], views=[view], causes=causes, shared=shared)
    text = "".join(_lines(report))

    assert "\\U001B" in text.upper()
    assert {"\x1b", "\x07"}.isdisjoint(text)


def test_a_source_without_nest_says_what_it_has_and_all_fits_80_cells() -> None:
    secret = SourceFigures("a", records=33, other_connections=1)
    secret = replace(secret, foreign={"TLS on :4242": 1})
    mixed = SourceFigures("b", records=9, connections=2, other_connections=7)
    mixed = replace(mixed, foreign={f"HTTP on :{port}": 1 for port in range(7)})
    empty = SourceFigures("c", problems=["c.pcap: no such file"])
    lines = _lines(FleetReport(sources=[secret, mixed, empty]), 80)

    place = lines.index("Sources  files  packets  from (UTC)  for  lacking") + 4
    assert lines[place : place + 2] == [
        "! a: no Nest traffic in 33 packets of 1 TCP connection (TLS on :4242); TLS is",
        "  read with the key log of a side (--keylog), see docs/tls.md",
    ]
    assert "✗ c: c.pcap: no such file" in lines
    assert lines[-2].startswith("Other connections: 1 HTTP on :0, 1 HTTP on :1, ")
    assert lines[-1].endswith("HTTP on :4, and 3 more")
    assert max(map(len, lines)) <= 80
