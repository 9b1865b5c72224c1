from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.calls.exchanges import Kind
from inspector.figures.latency import Latencies
from inspector.figures.timeline import (
    MAX_DRAWN,
    Moments,
    Timeline,
    failed,
    histogram,
    steps,
)
from tests.inspector.conversation import (
    SECOND,
    SERVER,
    START,
    Wire,
    failure,
    inspected,
    response,
)

_MS = 1_000_000


def _moments(times: list[int]) -> Moments:
    moments = Moments()
    for time_ns in times:
        moments.add(time_ns)
    return moments


@given(st.lists(st.integers(0, 10**12), max_size=50), st.integers(1, 200))
def test_every_moment_is_in_one_column(times: list[int], number: int) -> None:
    columns = _moments(times).columns(0, 10**12, number)

    assert len(columns) == number
    assert sum(columns) == len(times)
    for time_ns in times:
        assert columns[min(time_ns * number // 10**12, number - 1)] > 0


def test_many_moments_are_counted_in_bounded_memory() -> None:
    count = 30_000
    times = [START + number * SECOND // 7 for number in range(count)]
    moments = _moments(times)
    columns = moments.columns(times[0], times[-1] - times[0], 60)

    assert moments.count == sum(columns) == count
    # Bins of at most 2 per mille of the whole; so much a column may be wrong.
    assert all(abs(each - count / 60) <= count * 2 / 2048 + 1 for each in columns)
    assert len(vars(moments)["_bins"]) <= 4096
    assert vars(moments)["_exact"] == []


def test_a_capture_of_one_moment_has_one_column() -> None:
    assert _moments([5, 5]).columns(5, 0, 3) == [2, 0, 0]


def test_exchanges_are_counted_by_pattern_and_kind() -> None:
    wire = Wire()
    call = wire.connect().ask("a", "1").answer("1", 1).emit("a", 1)
    call.ask("b", "2").send(SERVER, response("2", 1, last=False))
    wire.wait(50 * _MS)
    call.send(SERVER, response("2", 2)).ask("b", "3").send(SERVER, failure("3", "x"))
    timeline = Timeline()
    exchanges = inspected(wire.records).exchanges
    for exchange in exchanges:
        timeline.add(exchange)

    assert {key: row.count for key, row in timeline.rows.items()} == {
        ("tcp", "a", Kind.MESSAGE): 1,
        ("tcp", "a", Kind.EVENT): 1,
        ("tcp", "b", Kind.MESSAGE): 2,
    }
    assert timeline.carriers == ["tcp"]
    streamed = timeline.rows["tcp", "b", Kind.MESSAGE]
    assert timeline.streams
    assert timeline.count == 4
    assert streamed.failed == 1
    assert streamed.last.maximum - streamed.first.maximum > 49 * _MS
    assert [failed(each) for each in exchanges] == [False, False, False, True]


def test_only_the_first_exchanges_are_kept_to_be_drawn() -> None:
    wire = Wire()
    call = wire.connect()
    for _ in range(MAX_DRAWN + 10):
        call.emit("log", 1)
    wire.join(client="10.9.9.9:1").answer("9", 1)
    timeline = Timeline()
    for exchange in inspected(wire.records).exchanges:
        timeline.add(exchange)

    assert timeline.count == MAX_DRAWN + 10
    assert len(timeline.drawn) == MAX_DRAWN + 1
    assert not timeline.streams


@pytest.mark.parametrize(
    ("shortest", "longest", "bounds"),
    [
        (2_900, 49_900, [0, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000]),
        (5, 5, [0, 1, 2, 5, 10]),
        (100, 100, [0, 100, 200]),
        (999, 1_000, [0, 100, 200, 500, 1_000, 2_000]),
        (0, 0, [0, 1]),
    ],
)
def test_ranges_end_at_1_2_and_5(
    shortest: int, longest: int, bounds: list[int]
) -> None:
    ranges = steps(shortest, longest)

    assert [low for low, _ in ranges] + [ranges[-1][1]] == bounds


@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=30))
def test_every_duration_is_in_one_range(durations: list[int]) -> None:
    latencies = Latencies()
    for duration_ns in durations:
        latencies.add(duration_ns)
    ranges = histogram(latencies)

    assert sum(count for _, _, count in ranges) == len(durations)
    assert ranges[-1][2] > 0
    for low, high, count in ranges:
        assert count == sum(low <= each < high for each in durations)


def test_without_durations_there_is_no_histogram() -> None:
    assert histogram(Latencies()) == []


def test_what_is_in_flight_has_not_failed() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1")
    (exchange,) = inspected(wire.records).exchanges
    assert not failed(exchange)
    exchange.in_flight = False

    assert failed(exchange)
