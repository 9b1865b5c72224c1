"""A filter that chose nothing says what it asked for, and what there is."""

from __future__ import annotations

from inspector.filters.moments import TimeRange, parse_moment
from inspector.filters.selection import compile_selection
from inspector.filters.watching import Watch, missing_route, routes_like, routes_of
from tests.inspector.conversation import Wire, inspected


def _watched(expression: str, *routes: str) -> Watch:
    wire = Wire()
    conversation = wire.connect()
    for route in routes:
        conversation.emit(route, 1)
    watch = Watch(compile_selection(expression))
    for exchange in inspected(wire.records).exchanges:
        watch(exchange)
    return watch


def test_a_filter_that_chose_nothing_names_the_nearest_routes() -> None:
    watch = _watched('route == "orders"', "orders.create", "users")

    assert watch.complaint() == (
        '--where: selected none of 2 exchanges. No exchange has route "orders". '
        "Similar routes: orders.create"
    )


def test_nothing_is_said_where_something_was_chosen_or_nothing_was_there() -> None:
    assert _watched('route == "a"', "b", "a", "c").complaint() is None
    assert _watched('route == "a"').complaint() is None


def test_a_route_that_is_there_is_not_called_missing() -> None:
    watch = _watched('route == "a" and packets > 9', "a")

    assert watch.complaint() == "--where: selected none of 1 exchange"


def test_routes_that_hold_the_text_come_before_those_that_resemble_it() -> None:
    known = ["user", "users", '{"cmd":"user.find"}', "orders"]

    assert routes_like("user", known) == ["cmd:user.find", "user", "users"]
    assert routes_like("zzz", known) == []
    assert missing_route("zzz", known) == 'No exchange has route "zzz"'


def test_the_routes_of_a_choice_are_those_that_it_compares_with() -> None:
    text = 'route == "a" or "b" == route or route != "c" or kind == "event"'

    assert set(routes_of(compile_selection(text))) == {"a", "b"}
    assert list(routes_of(print)) == []


def test_a_pattern_is_told_from_its_short_form() -> None:
    watch = _watched('pattern == "cmd:sum"', '{"cmd":"sum"}')
    other = _watched('pattern == "cmd:other"', '{"cmd":"sum"}')

    assert watch.complaint() == (
        "--where: selected none of 1 exchange. pattern is the JSON value; "
        'route == "cmd:sum" finds the short form'
    )
    assert other.complaint() == "--where: selected none of 1 exchange"


def test_a_time_after_the_capture_is_told_when_that_ended() -> None:
    wire = Wire()
    wire.connect().ask("sum", "1").answer("1", 1)
    watch = Watch(TimeRange(parse_moment("500", "--from")))
    for exchange in inspected(wire.records).exchanges:
        watch(exchange)

    assert watch.complaint() == (
        "--from: selected none of 1 exchange. The last request was sent at 0.000300 s"
    )


def test_a_number_that_was_quoted_is_told() -> None:
    watch = _watched('data == "1" and packets > 0', "a")
    other = _watched('data == "2" or data == "x"', "a")

    assert watch.complaint() == (
        "--where: selected none of 1 exchange. data is a number there: 1"
    )
    assert other.complaint() == "--where: selected none of 1 exchange"
