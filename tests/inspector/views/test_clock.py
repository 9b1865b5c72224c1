"""Times of a table: of what, under which header, and how wide."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from inspector.views.clock import Clock, Times, time_range
from tests.inspector.conversation import SECOND

FIRST = round(datetime(2026, 11, 28, 23, 59, 58, tzinfo=UTC).timestamp()) * SECOND


def _shown(times: Times, *offsets_ns: int) -> list[str]:
    clock = Clock(FIRST, times)
    return [clock.header, *(clock.text(FIRST + each) for each in offsets_ns)]


def test_times_count_from_the_beginning_unless_others_are_asked_for() -> None:
    assert _shown(Times.RELATIVE, 0, 1_500_000) == ["time s", "0.000000", "0.001500"]
    assert Clock(FIRST).text(FIRST + SECOND) == "1.000000"


def test_times_may_count_from_the_row_above() -> None:
    assert _shown(Times.DELTA, SECOND, 3 * SECOND, 2 * SECOND) == [
        "delta s",
        "0.000000",
        "2.000000",
        "-1.000000",
    ]


def test_times_of_day_stand_below_their_day_and_zone() -> None:
    assert _shown(Times.UTC, 0, 1_999_999_999, 2 * SECOND, -86_400 * SECOND) == [
        "2026-11-28 UTC",
        "23:59:58.000000",
        "23:59:59.999999",
        "+1d 00:00:00.000000",
        "-1d 23:59:58.000000",
    ]


def test_times_may_be_those_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert _shown(Times.LOCAL, 0) == ["2026-11-29 CET", "00:59:58.000000"]
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("times", list(Times))
def test_a_time_beyond_the_calendar_counts_from_the_beginning(times: Times) -> None:
    clock = Clock(2**62 * 1000, times)

    assert clock.text(2**62 * 1000 + SECOND) in {"1.000000", "0.000000"}
    assert clock.header in {"time s", "delta s"}


def test_the_width_holds_the_header_and_the_last_time() -> None:
    assert Clock(FIRST).width(FIRST + 1) == len("0.000000")
    assert Clock(FIRST).width(FIRST + 1000 * SECOND) == len("1000.000000")
    assert Clock(FIRST, Times.UTC).width(FIRST) == len("23:59:58.000000")
    late = "+1d 00:00:00.000000"
    assert Clock(FIRST, Times.UTC).width(FIRST + 2 * SECOND) == len(late)
    assert Clock(FIRST, Times.DELTA).width(FIRST) == len("0.000000")


def test_a_range_says_a_date_once() -> None:
    assert time_range(FIRST, FIRST) == "2026-11-28 23:59:58 UTC"
    assert time_range(FIRST - SECOND, FIRST) == "2026-11-28 23:59:57 to 23:59:58 UTC"
    assert (
        time_range(FIRST, FIRST + 2 * SECOND)
        == "2026-11-28 23:59:58 to 2026-11-29 00:00:00 UTC"
    )
    assert time_range(2**62 * SECOND, 2**62 * SECOND) == f"{2**62:,} s after 1970"
