"""Faults: as a validator of JSON Schema sees them, and where they are."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from inspector.shapes.faults import MOST, Fault, faults, member_path, words_of
from inspector.shapes.inferring import infer
from inspector.shapes.schemas import Schema
from inspector.shapes.shape import Room, Shape
from tests.inspector.shapes.values import Truth


def _harmed(value: Any, chance: random.Random) -> Any:  # noqa: ANN401 — JSON
    """Return a value with a random part of it otherwise."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key = chance.choice(sorted(value))
        if chance.random() < 0.3:
            return {name: each for name, each in value.items() if name != key}
        return value | {key: _harmed(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        return [*value[:-1], _harmed(value[-1], chance)]
    return chance.choice([None, True, 3, 0.5, "x", [], {}, [None], {"a0": 1}])


@pytest.mark.parametrize("seed", [101, 104, 109])
def test_a_validator_of_json_schema_agrees(seed: int) -> None:
    truth, chance = Truth(seed), random.Random(seed)  # noqa: S311 — no secret
    shape, room = Shape(), Room()
    for _ in range(120):
        shape.add(truth.value(), room)
    schema = infer(shape)
    validator = Draft202012Validator(msgspec.to_builtins(_without_formats(schema)))
    harmed = [_harmed(truth.value(), chance) for _ in range(150)]

    verdicts = [not faults(each, _without_formats(schema), "data") for each in harmed]
    assert verdicts == [validator.is_valid(each) for each in harmed]
    assert not all(verdicts)


def _without_formats(schema: Schema) -> Schema:
    """Return a schema without what a validator takes for a remark."""
    made = msgspec.convert(msgspec.to_builtins(schema), Schema)
    for each in _all(made):
        each.format = msgspec.UNSET
    return made


def _all(schema: Schema) -> list[Schema]:
    return [schema, *(each for inner in schema.inner() for each in _all(inner))]


_USER = Schema(
    type="object",
    properties={
        "id": Schema(type="integer", minimum=1),
        "state": Schema(type="string", enum=["new", "old"]),
        "tags": Schema(type="array", items=Schema(type="string")),
        "a b": Schema(type=["string", "null"], format="uuid"),
    },
    required=["id"],
)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({}, Fault("data.id", "integer from 1", "no such key")),
        ({"id": "7"}, Fault("data.id", "integer from 1", 'string "7"')),
        ({"id": 0}, Fault("data.id", "integer from 1", "integer 0")),
        (
            {"id": 1, "state": "lost"},
            Fault("data.state", '"new" | "old"', 'string "lost"'),
        ),
        ({"id": 1, "tags": ["a", 2]}, Fault("data.tags[1]", "string", "integer 2")),
        (
            {"id": 1, "a b": "x"},
            Fault('data["a b"]', "string (uuid) or null", 'string "x"'),
        ),
        ([], Fault("data", "object", "array")),
        (None, Fault("data", "object", "null")),
    ],
)
def test_a_fault_has_its_place_and_both_sides(value: Any, fault: Fault) -> None:  # noqa: ANN401
    assert faults(value, _USER, "data") == [fault]


def test_a_new_key_is_a_fault_only_where_that_is_asked_for() -> None:
    value = {"id": 1, "extra": "x" * 99}
    (fault,) = faults(value, _USER, "data", closed=True)

    assert faults(value, _USER, "data") == []
    assert (fault.path, fault.expected) == ("data.extra", "no such key")
    assert len(fault.came) < 60


def test_of_a_union_the_nearest_variant_is_compared() -> None:
    union = Schema(any_of=[Schema(type="integer"), _USER])

    assert faults(3, union, "data") == []
    assert faults({"id": "x"}, union, "data")[0].path == "data.id"
    assert faults([], union, "data")[0].expected == "integer or object"


def test_faults_are_bounded() -> None:
    schema = Schema(type="array", items=Schema(type="integer"))

    assert len(faults(["x"] * 10_000, schema, "data")) == MOST


def test_a_key_that_is_no_name_stands_in_brackets() -> None:
    assert member_path("data", "a.b") == 'data["a.b"]'
    assert member_path("data", "$id") == "data.$id"


def test_words_of_a_schema() -> None:
    numbers = Schema(type="array", items=Schema(type="number", minimum=0, maximum=1))
    maps = Schema(type="object", additional_properties=Schema())

    assert words_of(numbers) == "array of number from 0 to 1"
    assert words_of(maps) == "map of anything"
    assert words_of(Schema(enum=[*"abcdefgh"], type="string")).endswith("2 more")
