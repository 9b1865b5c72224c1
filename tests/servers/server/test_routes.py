from __future__ import annotations

import pytest

from protocol import UNDEFINED, Json
from servers import DuplicateHandlerError, PatternError
from servers.server.handlers import Handler
from servers.server.routes import Routes, routes_of


def _handler(route: str, *, is_event: bool = False) -> Handler:
    return Handler(lambda: route, route, is_event=is_event)


def _message(routes: Routes, route: str) -> Handler:
    handler = _handler(route)
    routes.add(handler)
    return handler


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("sum", ["sum"]),
        ("", [""]),
        ("007", ["007"]),
        ("#é😀", ["#é😀"]),
        (1, ["1"]),
        (1.5, ["1.5"]),
        ("2", ["2"]),
        ({"cmd": "sum"}, ['{"cmd":"sum"}']),
        ({"b": 1, "a": {"d": "x", "c": 2}}, ['{"a":{"c":2,"d":"x"},"b":1}']),
        ('{"k":1,"l":2}', ['{"k":1,"l":2}']),
        (["a", {"b": 1}, 3], ["a", '{"b":1}', "3"]),
    ],
)
def test_patterns_have_the_routes_that_nest_gives_them(
    pattern: Json, found: list[str]
) -> None:
    assert routes_of(pattern) == found


@pytest.mark.parametrize(
    "pattern", [None, True, UNDEFINED, b"sum", object(), [], [None], {"a": object()}]
)
def test_what_is_no_pattern_is_refused(pattern: Json) -> None:
    with pytest.raises(PatternError):
        routes_of(pattern)


@pytest.mark.parametrize(
    "pattern", ["1.0", "true", "null", '{"z":1,"y":2}', '"sum"', " 1", '{"a": 1}']
)
def test_what_nothing_can_reach_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match="no packet can reach"):
        routes_of(pattern)


@pytest.mark.parametrize(
    ("route", "patterns"),
    [
        ("1", [1, "1", " 1 ", "1.0", "1e0", 1.0]),
        ("sum", ["sum", '"sum"']),
        ('{"cmd":"sum"}', [{"cmd": "sum"}, '{"cmd":"sum"}', '{ "cmd" : "sum" }']),
        ('{"a":1,"b":2}', [{"b": 2, "a": 1}, '{"b":2,"a":1}']),
        ('{"0":"a","1":"b"}', [["a", "b"]]),
    ],
)
def test_every_spelling_finds_the_handler(route: str, patterns: list[Json]) -> None:
    routes = Routes()
    handler = _message(routes, route)

    for pattern in patterns * 2:  # the second time from memory
        assert routes.find(pattern) is handler


@pytest.mark.parametrize(
    "pattern", ["Sum", "sum ", "", None, UNDEFINED, "null", True, {"cmd": "sum"}, []]
)
def test_other_patterns_find_nothing(pattern: Json) -> None:
    routes = Routes()
    for route in ("sum", "undefined", '{"cmd":"sums"}'):
        _message(routes, route)

    assert routes.find(pattern) is None


def test_a_pattern_nested_beyond_reason_finds_nothing() -> None:
    deep: Json = []
    for _ in range(20_000):
        deep = [deep]

    assert Routes().find(deep) is None


def test_spellings_that_peers_invent_are_not_all_remembered() -> None:
    routes = Routes()
    handler = _message(routes, "1")

    for blanks in range(10_000):
        assert routes.find(" " * blanks + "1") is handler
    assert len(routes._spellings) < 5_000  # noqa: SLF001 — the memory itself


def test_a_second_message_handler_is_refused_unless_it_replaces() -> None:
    routes = Routes()
    first = _message(routes, "a")

    with pytest.raises(DuplicateHandlerError, match="'a'"):
        routes.add(_handler("a"))
    assert routes.find("a") is first

    second = _handler("a")
    second.replaces = True
    routes.add(second)
    assert routes.find("a") is second


def test_event_handlers_of_one_route_follow_each_other() -> None:
    routes = Routes()
    handlers = [_handler("a", is_event=True) for _ in range(3)]
    for handler in handlers:
        routes.add(handler)

    assert list(routes) == handlers
    assert routes.find("a") is handlers[0]
    assert handlers[0].following is handlers[1]
    assert handlers[1].following is handlers[2]


def test_a_message_handler_replaces_event_handlers_and_stays_in_front() -> None:
    routes = Routes()
    routes.add(_handler("a", is_event=True))
    message = _message(routes, "a")
    routes.add(_handler("a", is_event=True))

    assert routes.find("a") is message
    assert not message.is_event
