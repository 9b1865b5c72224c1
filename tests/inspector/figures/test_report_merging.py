"""The report of the parts of a capture, merged, is the report of the whole."""

from __future__ import annotations

from io import StringIO
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from inspector.figures.report import Report
from inspector.figures.traffic import OTHER_PATTERNS
from inspector.sources.files import read_capture
from inspector.sources.records import PacketRecord
from inspector.views.console import THEME
from inspector.views.jsonlines import summary_line
from inspector.views.report_view import print_report
from tests.inspector.captures import CAPTURES, name_of
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SERVER,
    Conversation,
    Wire,
    event,
    failure,
    inspected,
    request,
    response,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MASKED = {"status": "error", "message": "Internal server error"}


class Step(NamedTuple):
    """What happens next: on which connection, what, and after how long."""

    connection: int
    deed: str
    pause_ns: int


steps = st.lists(
    st.builds(
        Step,
        st.integers(0, 2),
        st.sampled_from(["call", "event", "stream", "split", "error", "both", "lost"]),
        st.integers(0, 300 * MILLISECOND),
    ),
    min_size=1,
    max_size=12,
)


def _do(call: Conversation, deed: str, number: int) -> None:
    identity, data = str(number), {"password": "x"} if number % 5 == 0 else number
    if deed == "event":
        call.emit("log", data)
    elif deed == "both":
        call.send(CLIENT, event("log", data), request("sum", identity))
        call.answer(identity, 1)
    elif deed == "split":
        call.split(CLIENT, request("sum", identity, data), 9).answer(identity, 1)
    elif deed == "error":
        call.ask("fail", identity).send(SERVER, failure(identity, MASKED))
    elif deed == "stream":
        call.ask("ticks", identity)
        call.send(SERVER, response(identity, 1, last=False)).answer(identity, 2)
    elif deed == "lost":
        call.ask("slow", identity).ack(SERVER)
    else:
        call.ask("sum", identity, data).answer(identity, 1)
    call.ack(CLIENT)


def _captured(
    wire: Wire, plan: Sequence[Step], first: int = 40_000
) -> dict[int, list[int]]:
    """Capture a plan, on ports from the first on.

    Returns:
        Connection → the numbers of its records.
    """
    calls = {
        number: wire.connect(client=f"10.0.0.1:{first + number}")
        for number in sorted({step.connection for step in plan})
    }
    for number, step in enumerate(plan):
        wire.wait(step.pause_ns)
        _do(calls[step.connection], step.deed, number)
    for call in calls.values():
        call.close()
    return {number: call.records for number, call in calls.items()}


def _report(records: Iterable[PacketRecord]) -> Report:
    """Return the report of some records, without what is judged of all together."""
    report = inspected(records).report
    report.findings = {
        key: group
        for key, group in report.findings.items()
        if group.first.conclusion is None
    }
    return report


def _merged(parts: Iterable[Iterable[PacketRecord]]) -> Report:
    merged = Report()
    for part in parts:
        merged.merge(_report(part))
    return merged


def _renumbered(records: Iterable[PacketRecord]) -> list[PacketRecord]:
    """Return records as they stand in a file of their own."""
    return [
        PacketRecord(number, each.time_ns, each.link_type, each.data, each.length)
        for number, each in enumerate(records, start=1)
    ]


def _screen(report: Report) -> str:
    console = Console(file=StringIO(), width=100, theme=THEME)
    print_report(console, report, ["capture.pcap"])
    text = console.file
    assert isinstance(text, StringIO)
    return text.getvalue()


def _figures(report: Report) -> object:
    return {
        key: (
            row.count,
            row.errors,
            row.unanswered,
            row.bytes,
            [row.latencies.quantile(place / 100) for place in range(1, 101)],
        )
        for key, row in report.patterns.items()
    }


@settings(max_examples=25, deadline=None)
@given(st.lists(steps, min_size=1, max_size=4))
def test_parts_one_after_the_other_make_the_whole_byte_for_byte(
    plans: list[list[Step]],
) -> None:
    wire, borders = Wire(), [0]
    for number, plan in enumerate(plans):
        _captured(wire, plan, 40_000 + 10 * number)
        borders.append(len(wire.records))
    parts = [_renumbered(wire.records[begin:end]) for begin, end in pairwise(borders)]
    whole, merged = _report(wire.records), _merged(parts)

    assert summary_line(merged) == summary_line(whole)
    assert _screen(merged) == _screen(whole)


@settings(max_examples=25, deadline=None)
@given(steps, st.permutations([0, 1, 2]))
def test_connections_apart_make_the_same_figures_in_any_order(
    plan: list[Step], order: list[int]
) -> None:
    wire = Wire()
    numbers = _captured(wire, plan)
    parts = [
        _renumbered(wire.records[number - 1] for number in numbers[connection])
        for connection in order
        if connection in numbers
    ]
    whole, merged = _report(wire.records), _merged(parts)

    assert summary_line(merged) == summary_line(whole)
    assert _figures(merged) == _figures(whole)


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_a_report_merged_into_an_empty_one_is_the_same(capture: str) -> None:
    report, again = (_report(read_capture(capture)) for _ in range(2))
    merged = Report()
    merged.merge(again)

    assert summary_line(merged) == summary_line(report)
    assert _screen(merged) == _screen(report)


def test_what_is_judged_of_all_together_is_not_merged() -> None:
    def part() -> Report:
        wire = Wire()
        call = wire.connect()
        for number in range(3):
            call.ask("pay", str(number)).send(SERVER, failure(str(number), "no"))
        return inspected(wire.records).report

    merged = part()
    assert any(each.first.conclusion for each in merged.findings.values())
    merged.merge(part())
    assert not any(each.first.conclusion for each in merged.findings.values())


def test_beyond_many_patterns_all_others_are_one_row_of_their_kind() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(9):
        call.ask(f"user.{number}", "1").answer("1", 1)
    call.emit("user.9", 1).ask("user.0", "1").answer("1", 1)
    found = inspected(wire.records)
    report, merged = Report(3), Report(3)
    for exchange in found.exchanges:
        report.add_exchange(exchange)
    merged.merge(found.report)

    for each in (report, merged):
        assert {key: row.count for key, row in each.patterns.items()} == {
            ("tcp", "user.0", "message"): 2,
            ("tcp", "user.1", "message"): 1,
            ("tcp", "user.2", "message"): 1,
            ("tcp", OTHER_PATTERNS, "message"): 6,
            ("tcp", OTHER_PATTERNS, "event"): 1,
        }
