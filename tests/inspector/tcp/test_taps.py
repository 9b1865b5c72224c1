from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.sources.reading import Reading
from inspector.streams.clocks import Clock
from inspector.tcp.taps import once, read_taps, shifted
from tests.inspector.captures import CAPTURES, SEED, name_of
from tests.inspector.conversation import (
    CLIENT,
    MILLISECOND,
    SECOND,
    SERVER,
    Wire,
    inspected,
)
from tests.inspector.tapped import FAR, Tap, written
from tests.inspector.traffic import traffic

if TYPE_CHECKING:
    from inspector.errors import InspectorError
    from inspector.sources.records import PacketRecord
    from tests.inspector.conversation import Line
    from tests.inspector.traffic import Traffic

_DRIFT = st.floats(-2e-4, 2e-4)
_OFFSETS = st.sampled_from(
    [0, 5 * MILLISECOND, -5 * MILLISECOND, 2 * SECOND, -3_600 * SECOND]
)
_DELAYS = st.sampled_from([0, 20_000, 300_000, 4 * MILLISECOND])


def _calls(count: int) -> Wire:
    wire = Wire()
    call = wire.connect()
    for number in range(count):
        call.ask("sum", f"identity {number}").ack(SERVER)
        wire.wait(3 * MILLISECOND)
        call.answer(f"identity {number}", number).ack(CLIENT)
        wire.wait(50 * MILLISECOND)
    call.finish(CLIENT).finish(SERVER).ack(CLIENT)
    return wire


def _read(*taps: list[PacketRecord]) -> tuple[list[PacketRecord], list[Clock]]:
    clocks: list[Clock] = []
    problems: list[InspectorError] = []
    with tempfile.TemporaryDirectory() as folder:
        names = written(Path(folder), *taps)
        records = list(read_taps(names, problems, Reading(), clocks))
    assert not problems
    return records, clocks


def _said(records: list[PacketRecord]) -> tuple[list[Line], list[Line], Line]:
    seen = inspected(records)
    return seen.lines, seen.finding_lines, seen.summary


@settings(max_examples=40)
@given(made=traffic(), offset=_OFFSETS, drift=_DRIFT, delay=_DELAYS, far=st.booleans())
def test_two_taps_of_one_traffic_say_what_the_first_alone_says(
    *, made: Traffic, offset: int, drift: float, delay: int, far: bool
) -> None:
    first = Tap(delay_ns=delay, far=not far).see(made.wire.records)
    second = Tap(offset, drift, far, delay).see(made.wire.records)
    records, _ = _read(first, second)

    assert _said(records) == _said(first)


@settings(max_examples=40)
@given(
    offset=_OFFSETS,
    drift=_DRIFT,
    delay=_DELAYS,
    missed=st.tuples(*[st.sets(st.integers(4, 86), max_size=30)] * 2),
)
def test_what_either_tap_has_missed_the_other_adds(
    offset: int, drift: float, delay: int, missed: tuple[set[int], set[int]]
) -> None:
    wire = _calls(20)
    first = Tap(delay_ns=delay, missed=missed[0]).see(wire.records)
    second = Tap(offset, drift, FAR, delay, missed[1] - missed[0]).see(wire.records)
    records, clocks = _read(first, second)
    seen = inspected(records)

    assert len(records) == len(wire.records)
    assert clocks[1].shared == len(wire.records) - len(missed[0]) - len(
        missed[1] - missed[0]
    )
    assert seen.summary["completed"] == seen.summary["messages"] == 20
    assert seen.summary["retransmissions"] == seen.summary["gap_bytes"] == 0


@pytest.mark.parametrize("offset", [5 * MILLISECOND, 2 * SECOND, -2 * SECOND])
@pytest.mark.parametrize("drift", [0.0, 5e-5, -3e-5])
def test_offset_and_drift_are_found(offset: int, drift: float) -> None:
    wire = _calls(200)
    first = Tap(delay_ns=200_000).see(wire.records)
    second = Tap(offset, drift, FAR, 200_000).see(wire.records)
    _, (lead, clock) = _read(first, second)

    assert lead.leading == ""
    assert (clock.leading, clock.shared) == (lead.name, len(wire.records))
    assert clock.drift == pytest.approx(drift, abs=2e-6)
    middle = (second[0].time_ns + second[-1].time_ns) // 2
    there = middle - offset
    gained = round(drift * (there - first[0].time_ns))
    assert clock.leading_ns(middle) == pytest.approx(there - gained, abs=100_000)


@pytest.mark.parametrize("capture", CAPTURES, ids=name_of)
def test_a_capture_and_its_copy_are_the_capture(capture: Path) -> None:
    alone, twice = [
        list(read_taps([str(capture)] * count, [], Reading(), [])) for count in (1, 2)
    ]

    assert [(each.number, each.time_ns, each.data) for each in twice] == [
        (number, each.time_ns, each.data) for number, each in enumerate(alone, start=1)
    ]


def test_captures_that_share_no_packet_are_not_shifted() -> None:
    one = _calls(3).records
    other = Wire()
    other.connect(client="10.0.0.9:40000", isns=(5, 6)).ask("sum", "1").answer("1", 1)
    records, clocks = _read(one, other.records)

    assert sorted(each.time_ns for each in records) == sorted(
        each.time_ns for each in (*one, *other.records)
    )
    assert {clock.leading for clock in clocks} == {""}


def test_one_capture_is_read_as_it_is() -> None:
    clocks: list[Clock] = []

    assert list(read_taps([str(SEED)], [], Reading(), clocks))
    assert clocks == []


def test_times_are_shifted_only_to_a_clock_that_leads() -> None:
    times = [each.time_ns for each in _calls(1).records]
    ahead = Clock("b", leading="a", offset_ns=7)

    assert [each.time_ns for each in shifted(_calls(1).records, Clock("a"))] == times
    assert [each.time_ns + 7 for each in shifted(_calls(1).records, ahead)] == times


def test_a_packet_that_comes_after_its_copy_was_passed_on_is_left_out() -> None:
    early, late = _calls(1).records, _calls(1).records
    for record in late:
        record.time_ns += 5 * SECOND
    clocks = [Clock("first"), Clock("second", leading="first")]
    both = [(1, each) for each in early] + [(0, each) for each in late]

    assert list(once(both, clocks)) == early
    assert clocks[0].shared == len(early)
