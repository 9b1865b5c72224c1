from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector import shorthand
from inspector.shorthand import found_by, names, short, short_value
from protocol import Json, dumps, route

_DEPTH = 5

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
# What looks like something else: the strings that need their quotes.
confusing = st.text("0123456789.-e+", min_size=1, max_size=4) | st.sampled_from(
    ["true", "null", "cmd:sum", "a,b", "{", "}", "[]", '"', "\\", "a b", "a\tb", ""]
)
patterns = values | confusing | st.dictionaries(confusing, confusing, max_size=3)


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("users.find", "users.find"),
        (42, "42"),
        ("42", "42"),
        ({"cmd": "users.find"}, "cmd:users.find"),
        ("cmd:users.find", '"cmd:users.find"'),
        ("a b", '"a b"'),
        ("", '""'),
        ({"v": 1, "cmd": "echo"}, "cmd:echo,v:1"),
        ({"v": "1", "w": "true"}, 'v:"1",w:"true"'),
        ({"a": {"b": {"c": "d e"}}}, 'a:{b:{c:"d e"}}'),
        (["a", 1], "0:a,1:1"),
        ({"a": {}, "b": None}, "a:{},b:null"),
        ({}, "{}"),
        ("überall", "überall"),
        ("a\x00b", '"a\\u0000b"'),
    ],
)
def test_a_pattern_written_short(pattern: Json, shown: str) -> None:
    assert short(route(pattern)) == shown


@pytest.mark.parametrize("odd", ["{bad", '{"a":[MAX_DEPTH_REACHED]}', "{" * 5000])
def test_a_route_that_is_neither_stays_as_it_is(odd: str) -> None:
    assert short(odd) == odd


def test_what_nests_deep_or_is_long_stays_json() -> None:
    deep = '{"a":' * 40 + "1" + "}" * 40
    long = '{"a":"' + "x" * 5000 + '"}'

    assert (short(deep), short(long)) == (deep, long)
    assert short_value([[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]).startswith("[[[")


@given(patterns, patterns)
def test_no_two_routes_look_alike(one: Json, other: Json) -> None:
    alike = short(route(one)) == short(route(other))

    assert alike == (route(one) == route(other))


@given(st.dictionaries(confusing, confusing, min_size=1, max_size=3))
def test_a_colon_outside_quotes_means_an_object(pattern: Json) -> None:
    assert ":" in short(route(pattern))


@given(st.text())
def test_a_string_has_no_colon_outside_quotes(text: str) -> None:
    shown = short(text)

    assert text.startswith("{") or shown.startswith('"') or ":" not in shown


@given(patterns)
def test_a_route_is_found_by_itself_and_by_what_is_shown(pattern: Json) -> None:
    name = route(pattern)

    assert {name, short(name)} <= names(name)
    assert found_by(short(name), [name])


def test_a_pattern_of_one_key_is_found_by_its_value() -> None:
    assert names('{"cmd":"sum"}') == {'{"cmd":"sum"}', "cmd:sum", "sum"}
    assert "sum" not in names('{"cmd":"sum","v":1}')
    assert not found_by("sum", ['{"cmd":"sum","v":1}', "summer"])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"userId": 7, "name": "Ann"}, "userId:7,name:Ann"),
        ([1, 2, "three"], "[1,2,three]"),
        ("three", "three"),
        ("3", '"3"'),
        (None, "null"),
        ([], "[]"),
        ({"a": {"b": 1}}, "a:{b:1}"),
    ],
)
def test_a_value_written_short(value: Json, shown: str) -> None:
    assert short_value(value) == shown


@given(values)
def test_a_value_is_never_longer_than_its_json(value: Json) -> None:
    assert len(short_value(value)) <= len(dumps(value).decode())


def test_a_very_long_route_is_not_remembered() -> None:
    long = "x" * 100_000
    shorthand._short.cache_clear()  # noqa: SLF001
    shorthand._names.cache_clear()  # noqa: SLF001

    assert short(long) == long
    assert names(long) == {long}
    assert shorthand._short.cache_info().currsize == 0  # noqa: SLF001
    assert shorthand._names.cache_info().currsize == 0  # noqa: SLF001
