from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.views.bars import LogAxis, bar, heights, time_axis, unit_for

_MS = 1_000_000


def test_heights_are_relative_and_what_is_there_can_be_seen() -> None:
    assert heights([0, 1, 2, 3, 4, 5, 6, 7, 8]) == " ▁▂▃▄▅▆▇█"
    assert heights([1, 1_000_000]) == "▁█"
    assert heights([0, 0]) == "  "
    assert heights([]) == ""


def test_bars_have_eighths_of_a_cell() -> None:
    assert bar(197, 197, 54) == "█" * 54
    assert bar(2, 197, 54) == "▌"
    assert bar(1, 197, 54) == "▎"
    assert bar(1, 10**9, 10) == "▏"
    assert bar(0, 197, 54) == ""
    assert bar(0, 0, 54) == ""


@given(st.integers(0, 1000), st.integers(1, 1000), st.integers(1, 200))
def test_no_bar_is_longer_than_it_may_be(count: int, more: int, width: int) -> None:
    drawn = bar(count, count + more, width)

    assert len(drawn) <= width
    assert bool(drawn) is bool(count)


def test_an_axis_of_time_has_its_beginning_middle_and_end() -> None:
    assert time_axis(326 * _MS, 46) == (
        "0                   163 ms              326 ms"
    )
    assert len(time_axis(326 * _MS, 46)) == 46


@given(st.integers(0, 10**14), st.integers(20, 200))
def test_an_axis_of_time_is_as_wide_as_it_may_be(span_ns: int, width: int) -> None:
    assert time_axis(span_ns, width).startswith("0 ")
    assert len(time_axis(span_ns, width)) == width


def test_an_axis_without_room_for_its_middle_does_without() -> None:
    assert time_axis(1_629_500_000_000, 26) == "0              27 min 10 s"


def test_a_logarithmic_axis_has_a_tick_at_every_power_of_ten() -> None:
    axis = LogAxis(1 * _MS // 2, 71 * _MS, 46)

    assert axis.ticks() == "┴──────────────┴──────────────┴──────────────┴"
    assert axis.labels() == "100 µs       1 ms           10 ms       100 ms"
    counts = axis.columns([(100_000, 1), (1 * _MS, 2), (100 * _MS, 3), (1, 4)])
    assert {place: n for place, n in enumerate(counts) if n} == {0: 5, 15: 2, 45: 3}


@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=20), st.integers(10, 150))
def test_an_axis_holds_every_duration_and_its_labels_fit(
    durations: list[int], width: int
) -> None:
    axis = LogAxis(min(durations), max(durations), width)
    counts = axis.columns([(each, 1) for each in durations])

    assert sum(counts) == len(durations)
    assert len(axis.ticks()) == axis.width == len(counts)
    assert len(axis.labels()) <= max(axis.width, 10)
    assert axis.width <= max(width, 13)


@pytest.mark.parametrize(
    ("longest_ns", "unit"),
    [
        (500_000, "µs"),
        (1 * _MS, "µs"),
        (2 * _MS, "ms"),
        (10_000 * _MS, "ms"),
        (20_000 * _MS, "s"),
    ],
)
def test_ranges_have_the_unit_that_reads_best(longest_ns: int, unit: str) -> None:
    assert unit_for(longest_ns)[0] == unit
