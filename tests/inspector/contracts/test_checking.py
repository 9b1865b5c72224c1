from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from inspector.contracts.checking import Checking, Repeats, Violation
from protocol import UNDEFINED
from tests.inspector.contracts.gathered import called, contract, exchanges
from tests.inspector.scenes import NOBODY, replies

if TYPE_CHECKING:
    from collections.abc import Iterable

_KNOWN = [
    ("get", {"id": 7}, {"name": "ann"}),
    ("get", {"id": 8}, {"name": "bob", "age": 3}),
    ("count", 3, (1, 2)),
    ("fail", 1, ValueError("no")),
]


def _found(
    calls: Iterable[tuple[Any, Any, Any]], *, closed: bool = False
) -> list[Violation]:
    checking = Checking(contract(_KNOWN), closed=closed)
    return list(checking.violations_in(exchanges(called(calls))))


def test_traffic_keeps_to_its_own_contract() -> None:
    checking = Checking(contract(_KNOWN))
    found = list(checking.violations_in([*exchanges(called(_KNOWN)), "a finding"]))

    assert found == []
    assert (checking.checked, checking.violating, checking.violations) == (4, 0, 0)


@pytest.mark.parametrize(
    ("call", "part", "path", "expected", "came"),
    [
        (
            ("get", {"id": "7"}, {"name": "a"}),
            "data",
            "data.id",
            "integer",
            'string "7"',
        ),
        (("get", UNDEFINED, {"name": "a"}), "data", "data", "object", "no data"),
        (("get", {"id": 7}, {}), "reply", "reply.name", "string", "no such key"),
        (("get", {"id": 7}, UNDEFINED), "reply", "reply", "object", "no value"),
        (("count", 3, (1, "x")), "reply", "replies[1]", "integer", 'string "x"'),
        (("fail", 1, ValueError(7)), "error", "error", "string", "integer 7"),
        (
            ("put", 1, 2),
            "pattern",
            "pattern",
            "a pattern of the contract",
            "message put",
        ),
    ],
)
def test_a_violation_says_where_and_what(
    call: tuple[Any, Any, Any], part: str, path: str, expected: str, came: str
) -> None:
    (found,) = _found([call])

    assert (found.exchange, found.part, found.path) == (1, part, path)
    assert (found.expected, found.came) == (expected, came)
    assert found.packet is not None


def test_several_values_violate_where_one_was_seen() -> None:
    found = _found([("get", {"id": 7}, ({"name": "a"}, {"name": "b"}))])

    assert [(each.expected, each.came) for each in found] == [("one value", "2 values")]


def test_new_keys_violate_only_a_closed_contract() -> None:
    call = ("get", {"id": 7, "extra": 1}, {"name": "a"})

    assert _found([call]) == []
    assert [each.path for each in _found([call], closed=True)] == ["data.extra"]


def test_violations_of_a_payload_are_bounded() -> None:
    known = Checking(contract([("sum", [1, 2], 3)]))
    (exchange,) = exchanges(called([("sum", ["x"] * 500, 3)]))

    assert len(known.check(exchange)) == 20


def test_a_call_that_nobody_handles_has_its_data_checked_alone() -> None:
    (exchange,) = exchanges(replies(NOBODY)())

    assert Checking(contract([("sum", [1, 2], 3)])).check(exchange) == []


def test_the_first_of_each_place_are_shown() -> None:
    found = _found([("get", {"id": "7"}, {"name": 3})] * 9 + [("put", 1, 2)])
    repeats = Repeats(2)

    assert len([each for each in found if repeats.take(each)]) == 5
    assert repeats.more == {("get", "data.id"): 7, ("get", "reply.name"): 7}
