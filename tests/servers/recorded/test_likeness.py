from __future__ import annotations

from functools import partial

import pytest

import servers
from protocol import loads
from servers.recorded.likeness import Likeness
from tests.steps import steps_in


@pytest.mark.parametrize(
    ("asked", "nearer", "farther"),
    [
        ({"id": 7, "lang": "de"}, {"id": 7, "lang": "en"}, {"id": 8, "lang": "en"}),
        ({"id": 9}, {"id": 1}, {"name": "x"}),
        ([1, 2, 3], [1, 2], [7, 8, 9]),
        ([{"a": 1}], [{"a": 2}], 5),
        ({}, {}, {"a": 1}),
    ],
)
def test_the_nearer_payload_is_more_alike(
    asked: object, nearer: object, farther: object
) -> None:
    likeness = Likeness(asked)

    assert likeness.to(Likeness(nearer)) > likeness.to(Likeness(farther)) >= 0
    assert likeness.to(Likeness(asked)) == 1


def test_a_payload_of_any_size_costs_no_more_than_its_first_values() -> None:
    many = {f"key{number}": number for number in range(100_000)}

    assert 0 < Likeness(many).to(Likeness({"key0": 0})) < 1


def test_a_deep_payload_costs_no_more_than_its_size() -> None:
    def compare(depth: int) -> None:
        deep = loads(b"[" * depth + b"]" * depth)
        assert Likeness(deep).to(Likeness(deep)) == 1

    few, many = (steps_in(servers, partial(compare, depth)) for depth in (1_000, 4_000))
    assert 0 < many <= 4 * few
    compare(50_000)
