from __future__ import annotations

from inspector.library.reprs import kind_of, listed, milliseconds, shortened
from protocol import UNDEFINED


def test_a_value_is_spelled_as_json_and_a_long_one_is_shortened() -> None:
    assert shortened({"a": [1, None]}) == '{"a":[1,null]}'
    assert shortened("x" * 38) == '"' + "x" * 38 + '"'
    assert shortened("x" * 39) == '"' + "x" * 38 + "…"
    assert shortened(None) == "null"
    assert shortened(UNDEFINED) == ""


def test_a_lone_surrogate_can_be_spelled() -> None:
    assert shortened("\ud83d") == '"\\ud83d"'


def test_a_long_list_ends_in_how_many_more_there_are() -> None:
    assert listed("none", []) == "none"
    assert listed("2 items", [1, "b"]) == "2 items\n  1\n  b"
    lines = listed("many", range(1_030)).splitlines()
    assert lines[20:] == ["  19", "  … and 1,010 more"]


def test_a_type_is_named_as_an_error_has_it() -> None:
    assert kind_of(b"") == "bytes"


def test_milliseconds_are_those_of_nanoseconds() -> None:
    assert milliseconds(1_500_000) == 1.5
    assert milliseconds(0) == 0
    assert milliseconds(None) is None
