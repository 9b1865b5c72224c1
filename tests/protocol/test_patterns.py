"""Routes are those under which a real Nest looks for handlers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from protocol import NEST_VERSIONS, UNDEFINED, NestVersion, dumps, loads, route
from tests.protocol.node import ask
from tests.strategies import scalars

NEST = Path(__file__).parents[2] / "nest"

# What a server does to the pattern of a packet before it looks for the handler.
_LOOK_UP = """text => {
  const { ServerTCP } = require('@nestjs/microservices');
  const { pattern } = JSON.parse(text);
  const written = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
  const route = new ServerTCP({}).getRouteFromPattern(written);
  return String(route);
}"""

each_version = pytest.mark.parametrize(
    "version", NEST_VERSIONS, ids=lambda version: version.release
)

_KEYS = ["cmd", "a", "A", "B", "_", "10", "9", "é", 'q"', "b\\", "", " ", "__proto"]
patterns = st.recursive(
    scalars | st.sampled_from(['"', "\\", "x", '{"z":1, "y":2}', "1.0", '"sum"']),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5)
    ),
    max_leaves=10,
)
"""Patterns that a packet can carry."""


def _nested(depth: int, leaf: object = 1) -> Any:  # noqa: ANN401
    value = leaf
    for _ in range(depth):
        value = {"a": value}
    return value


def _wide(keys: int) -> dict[str, int]:
    return {f"k{key:03}": key for key in range(keys)}


_CHOSEN: list[Any] = [
    *("sum", "Sum", "sum ", "", "007", "1", " 1 ", "1.0", "1e0", "1e400", "-0", "NaN"),
    *(1, 0, -1, 1.5, 1e21, 1e-7, 0.1, True, False, None, "true", "null", '"sum"', "{}"),
    *('{"cmd":"sum"}', ' { "cmd" : "sum" } ', {"cmd": "sum"}, {}, [], ["b", "a"]),
    *({"b": 1, "a": {"d": [1, None], "c": True}}, {"a": "1"}, {"a": 1}, {"é": "求😀"}),
    *({'q"': 'x"\\'}, {"\ud83d": "\ude00"}, "\ud83d", '"\\ud83d"', list(range(12))),
    *(_nested(5), _nested(6), _nested(7), _nested(30), _wide(20), _wide(21), _wide(40)),
    *({"a": _wide(21), "b": _nested(6)}, [[[[[[[1]]]]]]], {"_": 1, "10": 2, "9": 3}),
    {"9" * 5000: 1, "x": 2},
]


@each_version
def test_chosen_patterns_have_the_routes_of_a_real_server(version: NestVersion) -> None:
    _compare(_CHOSEN, version)


@each_version
def test_any_pattern_has_the_route_of_a_real_server(version: NestVersion) -> None:
    _compare(_any_patterns(), version)


@cache
def _any_patterns() -> tuple[Any, ...]:
    found: list[Any] = []

    @given(patterns)
    def collect(pattern: object) -> None:
        found.append(pattern)

    collect()
    assert len(found) >= 100
    return tuple(found)


def _compare(chosen: Any, version: NestVersion) -> None:  # noqa: ANN401
    packets = [dumps({"pattern": pattern}).decode() for pattern in chosen]
    read = [loads(packet.encode())["pattern"] for packet in packets]
    told = ask(_LOOK_UP, packets, NEST / f"v{version.major}")

    assert [route(pattern, version) for pattern in read] == told


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("sum", "sum"),
        ({"cmd": "sum"}, '{"cmd":"sum"}'),
        ('{ "b" : 1, "a" : 2 }', '{"a":2,"b":1}'),
        (["a", "b"], '{"0":"a","1":"b"}'),
        (1.0, "1"),
        ("1.0", "1"),
        (None, "null"),
        (UNDEFINED, "undefined"),
    ],
)
def test_the_route_of_a_pattern(pattern: object, name: str) -> None:
    assert route(pattern) == name


@given(patterns)
def test_a_route_is_its_own_route_unless_it_was_cut(pattern: object) -> None:
    name = route(pattern)
    # A string of a string loses one pair of quotes each time.
    assume(not isinstance(loads_or_none(name), str))

    assert route(name) == name


def loads_or_none(text: str) -> object:
    try:
        return loads(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return None


@each_version
def test_no_pattern_is_too_deep(version: NestVersion) -> None:
    depth = 20_000
    name = route("[" * depth + "]" * depth, version)

    shown = version.route_max_depth
    assert name.count("{") == (depth if shown is None else shown + 1)
    assert ("[MAX_DEPTH_REACHED]" in name) == (shown is not None)


def test_patterns_that_differ_too_deep_share_a_route() -> None:
    assert route(_nested(7, 1)) == route(_nested(7, 2))
    old = NestVersion.of("10")
    assert route(_nested(7, 1), old) != route(_nested(7, 2), old)
