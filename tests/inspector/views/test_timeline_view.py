from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from rich.console import Console

from inspector.figures.timeline import Timeline
from inspector.views.console import THEME
from inspector.views.timeline_view import print_timeline, timeline_lines
from tests.inspector.conversation import (
    CLIENT,
    SECOND,
    SERVER,
    Wire,
    failure,
    inspected,
    request,
    response,
)

if TYPE_CHECKING:
    from inspector.figures.report import Report

_MS = 1_000_000


def _seen(wire: Wire) -> tuple[Timeline, Report]:
    found, timeline = inspected(wire.records), Timeline()
    for exchange in found.exchanges:
        timeline.add(exchange)
    return timeline, found.report


def _lines(wire: Wire, width: int = 80) -> list[str]:
    return [line.plain.rstrip() for line in timeline_lines(*_seen(wire), width)]


def _few() -> Wire:
    wire = Wire()
    call = wire.connect().ask("a", "1")
    wire.wait(20 * _MS)
    call.answer("1", 1).emit("求和", 1).ask("list", "2")
    wire.wait(10 * _MS)
    call.send(SERVER, response("2", 1, last=False))
    wire.wait(40 * _MS)
    call.send(SERVER, failure("2", "no")).ask("lost", "3")
    wire.wait(30 * _MS)
    call.close()
    return wire


def test_few_exchanges_are_drawn_one_by_one() -> None:
    head, *lines = _lines(_few(), 70)

    assert head.split("   ")[1:] == [
        "━ until the first reply",
        "─ until the last",
        "╸ event",
    ]
    assert lines[:5] == [
        " #1  a     ━━━━━━━━━━                                        20.1 ms",
        " #2  求和           ╸                                          event",
        " #3  list           ━━━━━━──────────────────                 50.2 ms ✗",
        " #4  lost                                  ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄  no reply ✗",
        "           0                   50.6 ms              101 ms",
    ]


def test_stretches_are_as_long_as_the_time_they_took() -> None:
    head, *lines = _lines(_few(), 120)
    axis = next(line for line in lines if line.endswith("101 ms"))
    area = len(axis) - axis.index("0")
    stretches = [lines[number].split()[2] for number in (0, 2, 3)]

    assert head
    for stretch, milliseconds in zip(stretches, (20.1, 50.2, 30.1), strict=True):
        assert len(stretch) == pytest.approx(milliseconds * area / 101, abs=1.5)
    assert stretches[1].count("━") == pytest.approx(10 * area / 101, abs=1.5)


def test_streams_are_measured_to_their_last_reply() -> None:
    lines = _lines(_few())
    start = next(i for i, line in enumerate(lines) if line.startswith("Time to last"))

    assert lines[start].endswith("p50 ms   p99 ms")
    assert [line.split()[0] for line in lines[start + 1 : start + 3]] == ["a", "list"]
    assert lines[start + 2].endswith("50.2     50.2")
    assert set(lines[start + 3].strip()) == {"┴", "─"}
    assert lines[start + 4].split() == ["10", "ms", "100", "ms"]


def _many(pattern: str = "echo") -> Wire:
    wire = Wire()
    call = wire.connect()
    for number in range(30):
        call.send(CLIENT, request(pattern, str(number)))
        wire.wait((5 if number < 3 else 30) * _MS)
        call.answer(str(number), number)
    return wire


def test_many_exchanges_are_counted_and_their_latencies_spread_out() -> None:
    lines = _lines(_many())

    assert lines[0].startswith("Calls over time   ")
    assert lines[1].startswith("echo  30  ")
    assert lines[1].endswith("  peak 3")
    assert lines[2].split() == ["0", "416", "ms", "831", "ms"]
    assert lines[4].startswith("Latency to first reply")
    assert lines[-7:] == [
        "echo   30 calls   p50 30.1 ms   p99 30.1 ms   max 30.1 ms",
        "   0 –  1 ms",
        "   1 –  2 ms",
        "   2 –  5 ms",
        "   5 – 10 ms  " + "█" * 7 + " 3",
        "  10 – 20 ms",
        "  20 – 50 ms  " + "█" * 63 + " 27",
    ]


def test_events_are_marked_and_many_patterns_counted() -> None:
    wire = Wire()
    call = wire.connect()
    for number in range(24):
        call.emit(f"event-{number}", 1)
    lines = _lines(wire)

    assert lines[0].endswith("   ╸ events")
    assert all("╸ 1" in line for line in lines[1:21])
    assert lines[21] == "and 4 more patterns"
    assert not any("reply" in line for line in lines)


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("make", [_few, _many], ids=["few", "many"])
def test_no_line_is_wider_than_the_screen(make: object, width: int) -> None:
    wire = _few() if make is _few else _many("求" * 40)
    lines = _lines(wire, width)

    assert max(map(cell_len, lines[1:])) <= width
    assert max(map(cell_len, lines[1:])) >= width - 2


def test_a_timeline_is_printed_line_by_line() -> None:
    file = StringIO()
    console = Console(file=file, theme=THEME, width=80, highlight=False)
    print_timeline(console, *_seen(_few()))

    assert file.getvalue().splitlines() == _lines(_few())


def test_a_pattern_of_two_carriers_has_a_row_for_each() -> None:
    for wire, drawn in ((_few(), "Exchanges over time"), (_many(), "Calls over time")):
        found, timeline = inspected(wire.records), Timeline()
        for exchange in found.exchanges:
            exchange.ledger.carrier = "nats" if exchange.number % 2 else "tcp"
            timeline.add(exchange)
        lines = [line.plain for line in timeline_lines(timeline, found.report, 80)]
        names = {line.split("  ")[0].strip() for line in lines}

        assert lines[0].startswith(drawn)
        assert any("over NATS" in line for line in lines)
        assert any("over TCP" in line for line in lines)
        if drawn == "Calls over time":
            assert {"echo over NATS", "echo over TCP"} <= names


def test_a_call_in_flight_is_drawn_without_a_mark_of_failure() -> None:
    wire = Wire()
    wire.connect().ask("a", "1").answer("1", 1).ask("late", "2")
    lines = _lines(wire, 70)

    assert lines[2].endswith("in flight")
    assert not any("✗" in line for line in lines)


def test_a_call_over_which_the_clock_was_set_has_no_time() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1").answer("1", 1).ask("b", "2")
    wire.wait(-SECOND)
    call.answer("2", 1)
    lines = _lines(wire)

    assert lines[2].split()[-1] == "–"
    assert "✗" not in lines[2]
