from __future__ import annotations

import msgspec
from jsonschema import Draft202012Validator

from inspector.shapes.inferring import infer
from inspector.shapes.schemas import TYPES, Schema
from inspector.shapes.shape import Room, Shape
from tests.inspector.shapes.values import Truth


def test_a_schema_is_one_of_json_schema() -> None:
    shape, room, truth = Shape(), Room(), Truth(105)
    for _ in range(200):
        shape.add(truth.value(), room)
    written = msgspec.to_builtins(infer(shape))

    Draft202012Validator.check_schema(written)
    assert msgspec.convert(written, Schema) == infer(shape)


def test_a_schema_names_its_types() -> None:
    both = Schema(any_of=[Schema(type="integer"), Schema(type=["string", "null"])])

    assert Schema().types == []
    assert Schema(type="null").types == ["null"]
    assert {*TYPES} >= {"integer", "null"}
    assert both.nullable
    assert both.of_type("string") is both.variants()[1]
    assert both.of_type("array") is None


def test_what_is_inside_is_every_schema_right_below() -> None:
    items, member, others = Schema(type="null"), Schema(type="string"), Schema()
    whole = Schema(items=items, properties={"a": member}, additional_properties=others)

    assert list(whole.inner()) == [member, items, others]
    assert list(Schema(any_of=[whole]).inner()) == [whole]
    assert not whole.requires("a")
    assert Schema(required=["a"]).requires("a")
