from __future__ import annotations

from copy import copy

from inspector.calls.exchanges import Exchange
from inspector.calls.plain import PlainExchange
from inspector.figures.activity import HISTORY_S, MAX_PATTERNS, Activity, Row
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from tests.inspector.captures import SEED, SHOWCASE
from tests.inspector.conversation import Wire, inspected
from tests.inspector.plainly import Kept, mostly_plain

_SECOND = 1_000_000_000


def exchanges(capture: object = SEED) -> list[Exchange]:
    found = Pipeline().inspect(read_capture(str(capture)))
    return [item for item in found if isinstance(item, Exchange)]


_FIRST = exchanges()[0]


def at(second: float) -> Exchange:
    exchange = copy(_FIRST)
    exchange.time_ns = round(second * _SECOND)
    return exchange


def test_patterns_are_counted_with_their_latencies_and_errors() -> None:
    activity = Activity()
    for each in exchanges(SHOWCASE):
        activity.add(each)

    assert activity.exchanges == 211
    assert activity.rows["tcp", "square"].count == 200
    assert activity.rows["tcp", "square"].latencies.count == 200
    assert (
        activity.rows["tcp", "refuse"].errors
        == activity.rows["tcp", "unknown"].errors
        == 1
    )
    assert activity.rows["tcp", "square"].errors == 0
    assert list(activity.rows)[-1] == ("tcp", "square")


def test_a_rate_is_that_of_the_last_ten_seconds() -> None:
    row = Row()
    for tenth in range(200):  # ten a second, from 1000 to 1020
        row.add(at(1000 + tenth / 10))

    assert row.rate(1019 * _SECOND + 999_999_999) == 10
    assert row.rate(1024 * _SECOND) == 5
    assert row.rate(1030 * _SECOND) == 0


def test_the_history_ends_now_and_forgets() -> None:
    row = Row()
    for second in (1000, 1000, 1002):
        row.add(at(second))

    assert row.history(1002 * _SECOND, 4) == [0, 2, 0, 1]
    assert row.history(1004 * _SECOND, 5) == [2, 0, 1, 0, 0]
    assert sum(row.history((1000 + HISTORY_S) * _SECOND, HISTORY_S)) == 1
    assert sum(row.history(9_000 * _SECOND, HISTORY_S)) == 0
    assert row.count == 3


def test_an_exchange_that_ended_late_counts_when_it_began() -> None:
    row = Row()
    row.add(at(1010))
    row.add(at(1007))
    row.add(at(2))

    assert row.history(1010 * _SECOND, 4) == [1, 0, 0, 1]
    assert row.count == 3
    assert row.last_ns == 1010 * _SECOND


def test_patterns_are_bounded_and_the_latest_stay() -> None:
    activity = Activity()
    for number in range(MAX_PATTERNS + 5):
        each = at(1000)
        each.route = f"route {number}"
        activity.add(each)

    assert len(activity.rows) == MAX_PATTERNS
    assert ("tcp", "route 4") not in activity.rows
    assert ("tcp", "route 5") in activity.rows


def test_what_is_in_flight_at_the_end_is_no_error() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1")
    (exchange,) = inspected(wire.records).exchanges
    row = Row()
    row.add(exchange)
    assert (row.count, row.errors) == (1, 0)
    exchange.in_flight = False
    row.add(exchange)

    assert (row.count, row.errors) == (2, 1)


def test_what_is_plain_counts_like_any_other() -> None:
    plainly, ordinarily = Activity(), Activity()
    for item in Kept(mostly_plain()).items:
        if isinstance(item, PlainExchange):
            plainly.add_plain(item)
            ordinarily.add(item.exchange())
        elif isinstance(item, Exchange):
            plainly.add(item)
            ordinarily.add(item)

    assert plainly.exchanges == ordinarily.exchanges == 120
    for key, row in ordinarily.rows.items():
        other = plainly.rows[key]
        assert (other.count, other.errors) == (row.count, row.errors)
        assert other.last_ns == row.last_ns
        assert sorted(other.latencies.items()) == sorted(row.latencies.items())
        assert other.history(row.last_ns, HISTORY_S) == row.history(
            row.last_ns, HISTORY_S
        )
