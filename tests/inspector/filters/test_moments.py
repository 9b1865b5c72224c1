"""A moment is read as a person writes it, and what is malformed is pointed at."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.errors import ExpressionError
from inspector.filters.moments import TimeRange, parse_moment
from tests.inspector.conversation import MILLISECOND, SECOND, Wire, inspected

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGAN = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)


def _ns(moment: datetime) -> int:
    return round(moment.timestamp()) * SECOND


def _since_began(text: str, began: datetime = BEGAN) -> int:
    first_ns = _ns(began)
    return parse_moment(text, "--from").since_1970(first_ns) - first_ns


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the clock of this machine in Berlin's zone."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "expected_ns"),
    [
        ("0", 0),
        ("2.5", 2_500_000_000),
        ("2.5s", 2_500_000_000),
        ("0.000000001", 1),
        ("300 ms", 300 * MILLISECOND),
        ("1min", 60 * SECOND),
        ("-0.25", -250 * MILLISECOND),
        ("09:30", 0),
        ("09:30:05.25", 5_250 * MILLISECOND),
        ("9:29", -60 * SECOND),
        ("11:30+02:00", 0),
        ("04:00:00-0530", 0),
        ("2026-11-28T09:30:01Z", SECOND),
        ("2026-11-28 09:30:01,5", 1_500 * MILLISECOND),
        ("2026-11-28T10:30+01:00", 0),
        ("2026-11-28", -9 * 3600 * SECOND - 1800 * SECOND),
    ],
)
def test_a_moment_is_read_in_all_its_forms(text: str, expected_ns: int) -> None:
    assert _since_began(text) == expected_ns


def test_a_time_long_before_the_beginning_is_meant_on_the_day_after() -> None:
    late = BEGAN.replace(hour=23, minute=50)

    assert _since_began("00:10", late) == 20 * 60 * SECOND
    assert _since_began("23:40", late) == -10 * 60 * SECOND
    assert _since_began("11:50", late) == -12 * 3600 * SECOND


@pytest.mark.usefixtures("in_berlin")
def test_without_an_offset_the_zone_of_the_machine_may_be_meant() -> None:
    for text in ("10:30", "2026-11-28T10:30"):
        moment = parse_moment(text, "--to", local=True)
        assert moment.since_1970(_ns(BEGAN)) == _ns(BEGAN)
    zulu = parse_moment("09:30Z", "--to", local=True)
    assert zulu.since_1970(_ns(BEGAN)) == _ns(BEGAN)


@given(
    st.integers(31_536_000 * 10**6, 7_258_118_400 * 10**6),
    st.integers(-23 * 60, 23 * 60),
)
def test_what_python_writes_is_read_as_it_was_meant(
    microseconds: int, minutes: int
) -> None:
    zone = timezone(timedelta(minutes=minutes))
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    text = moment.astimezone(zone).isoformat()

    assert parse_moment(text, "--from").since_1970(0) == microseconds * 1000


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("", 1, "expected seconds (2.5), a date or a time (10:00:05) at character 1"),
        ("soon", 1, "expected seconds (2.5), a date or a time (10:00:05)"),
        ("2026-13-01", 6, "there is no month 13 at character 6"),
        ("2026-02-30", 9, "there is no day 30 in that month at character 9"),
        ("0000-02-03", 1, "there is no year 0000 at character 1"),
        ("2026-2-3", 1, "expected a date such as 2026-11-28 at character 1"),
        ("2026-11-28x", 11, "expected Z or an offset such as +02:00 at character 11"),
        ("2026-11-28T", 12, "expected a time such as 10:00:05 at character 12"),
        ("24:00", 1, "there is no hour 24 at character 1"),
        ("10:61", 4, "there is no minute 61 at character 4"),
        ("10:00:60", 7, "there is no second 60 at character 7"),
        ("10:00+24:00", 7, "there is no hour 24 at character 7"),
        ("10:00Zulu", 7, "expected the end at character 7, not 'ulu'"),
        ("5parsec", 2, "no unit of time 'parsec'"),
        ("5 mss", 3, "no unit of time 'mss', did you mean ms?"),
        ("5kB", 2, "no unit of time 'kB'"),
        ("5 s later", 4, "expected the end at character 4"),
    ],
)
def test_what_is_malformed_is_pointed_at(text: str, place: int, problem: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_moment(text, "--from")

    assert str(caught.value).startswith(f"--from: {problem}")
    assert caught.value.place == place


def test_a_time_beyond_the_calendar_has_no_day_and_no_error() -> None:
    moment = parse_moment("10:00", "--from")

    assert isinstance(moment.since_1970(2**62 * 1000), int)


def _chosen(begin: str | None, end: str | None) -> list[int]:
    wire = Wire()
    wire.wait(SECOND)
    call = wire.connect()
    for _ in range(3):
        wire.wait(SECOND)
        call.emit("tick", 1)
    moments = [
        None if text is None else parse_moment(text, option)
        for text, option in ((begin, "--from"), (end, "--to"))
    ]
    within = TimeRange(*moments)
    return [each.number for each in inspected(wire.records).exchanges if within(each)]


def test_a_range_chooses_by_when_the_request_began() -> None:
    assert _chosen("2", None) == [2, 3]
    assert _chosen(None, "2") == [1]
    assert _chosen("2", "2.5") == [2]
    assert _chosen(None, None) == [1, 2, 3]
    assert _chosen("1h", None) == []


def test_what_tables_show_as_the_end_lies_within() -> None:
    wire = Wire()
    call = wire.connect()
    wire.wait(1_234_567)
    call.emit("tick", 1)
    (exchange,) = inspected(wire.records).exchanges
    shown = (exchange.time_ns - exchange.connection.capture_ns) // 1000 / 1e6

    assert TimeRange(None, parse_moment(f"{shown:.6f}", "--to"))(exchange)
    assert not TimeRange(None, parse_moment(f"{shown - 1e-6:.6f}", "--to"))(exchange)


@pytest.mark.parametrize(
    ("begin", "end", "meant"),
    [
        ("50", "40", False),
        ("2026-11-28", "2026-11-27", False),
        ("40", "40", True),
        ("23:00", "01:00", True),
        ("2026-11-28", "5", True),
    ],
)
def test_a_range_does_not_end_before_it_begins(
    begin: str, end: str, *, meant: bool
) -> None:
    moments = parse_moment(begin, "--from"), parse_moment(end, "--to")
    if meant:
        assert TimeRange(*moments)
        return
    with pytest.raises(ExpressionError, match="--to: lies before --from"):
        TimeRange(*moments)


def test_a_range_stands_for_its_options() -> None:
    moment = parse_moment("1", "--from")

    assert TimeRange(moment, moment).options == ["--from", "--to"]
    assert TimeRange(None, moment).options == ["--to"]
