from __future__ import annotations

import pytest
from hypothesis import given

from inspector.calls import identities
from inspector.calls.identities import Routes, identity_key
from protocol import Json, loads, route
from tests.strategies import values


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (5, 5.0, True),
        (5, "5", False),
        ("5", "5", True),
        (True, 1, False),
        (False, 0, False),
        (None, "null", False),
        (2**53, 2**53 + 1, True),  # JavaScript has one number for both
        ([1], [1], True),
        ({"a": 1}, {"a": 2}, False),
        (0, -0.0, True),
    ],
)
def test_ids_are_the_same_as_in_javascript(
    one: Json, other: Json, *, same: bool
) -> None:
    assert (identity_key(one) == identity_key(other)) is same


@given(values)
def test_whatever_json_an_id_is_it_has_a_key(identity: Json) -> None:
    assert hash(identity_key(identity)) == hash(identity_key(identity))


def test_routes_are_those_of_patterns() -> None:
    routes = Routes()

    assert routes.find("sum") == "sum"
    assert routes.find({"v": 1, "cmd": "sum"}) == route({"v": 1, "cmd": "sum"})
    assert routes.find(5) == route(5)
    assert routes == {"sum": "sum"}


def test_a_route_that_is_known_is_not_made_again() -> None:
    routes = Routes(sum="remembered")

    assert routes.find("sum") == "remembered"


def test_not_all_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "_MAX_ROUTES", 2)
    routes = Routes()

    assert [routes.find(each) for each in ("a", "b", "c", "c")] == ["a", "b", "c", "c"]
    assert list(routes) == ["a", "b"]
    assert loads(b"1") == 1
