"""What is inferred: never narrower than the truth, and nearly always as narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from inspector.shapes.faults import faults
from inspector.shapes.inferring import infer
from inspector.shapes.schemas import Schema
from inspector.shapes.shape import Room, Shape
from tests.inspector.shapes.values import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

_SAMPLES = 10_000
_SEEDS = range(100, 112)


def _shape(*values: Any) -> Shape:  # noqa: ANN401 — JSON
    shape, room = Shape(), Room()
    for value in values:
        shape.add(value, room)
    return shape


def _inferred(*values: Any) -> Schema:  # noqa: ANN401 — JSON
    return infer(_shape(*values))


def _fields(truth: Schema, found: Schema | None) -> Iterator[tuple[str, bool]]:
    """Yield each claim of the truth, and whether it was found as well."""
    kinds = [truth, *truth.variants()]
    kinds += [inner for each in truth.variants() for inner in each.variants()]
    for each in kinds:
        for name in each.types:
            here = None if found is None else found.of_type(name)
            yield name, here is not None
            if name != "null":
                yield from _claims(each, here)


def _claims(truth: Schema, found: Schema | None) -> Iterator[tuple[str, bool]]:
    for name in ("format", "enum", "minimum", "maximum", "required"):
        wanted = getattr(truth, name)
        if wanted:
            got = getattr(found, name, None)
            if name == "enum" and isinstance(got, list):
                got = [each for each in got if each is not None]
            yield name, got == wanted
    for key, member in truth.members().items():
        yield from _fields(member, None if found is None else found.members().get(key))
    if isinstance(truth.items, Schema):
        inner = getattr(found, "items", None)
        yield from _fields(truth.items, inner if isinstance(inner, Schema) else None)
    if isinstance(truth.additional_properties, Schema):
        inner = getattr(found, "additional_properties", None)
        yield "map", isinstance(inner, Schema)
        values = inner if isinstance(inner, Schema) else None
        yield from _fields(truth.additional_properties, values)


def test_random_schemas_are_found_from_their_values() -> None:
    claims: list[bool] = []
    for seed in _SEEDS:
        truth = Truth(seed)
        values = [truth.value() for _ in range(_SAMPLES)]
        found = _inferred(*values)

        unseen = [truth.value() for _ in range(500)]
        judged = [faults(each, found, "data") for each in unseen]
        assert [each for each in judged if each] == []
        assert all(not faults(each, truth.schema, "data") for each in values[:100])
        claims += [same for _, same in _fields(truth.schema, found)]

    assert len(claims) > 200
    assert sum(claims) >= 0.95 * len(claims)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([1, 2], Schema(type="integer", samples=2)),
        ([1, 2.5], Schema(type="number", samples=2)),
        ([1.0], Schema(type="integer", samples=1)),
        ([None], Schema(type="null", samples=1)),
        ([True, None], Schema(type=["boolean", "null"], samples=2)),
        ([[]], Schema(type="array", samples=1)),
        ([{}], Schema(type="object", properties={}, samples=1)),
        (
            ["a", 1],
            Schema(
                any_of=[
                    Schema(type="integer", samples=1),
                    Schema(type="string", examples=["x"], samples=1),
                ],
                samples=2,
            ),
        ),
    ],
)
def test_a_few_values_say_their_types(values: list[Any], wanted: Schema) -> None:
    assert _inferred(*values) == wanted


def test_few_strings_make_no_enum() -> None:
    assert _inferred(*["open", "closed"] * 24).enum is not None
    assert isinstance(_inferred(*["open", "closed"] * 25).enum, list)
    assert not isinstance(_inferred(*["open", "closed"] * 24).enum, list)
    assert not isinstance(_inferred(*["open"] * 99, "closed").enum, list)
    assert not isinstance(_inferred(*["two words", "closed"] * 50).enum, list)


def test_null_is_one_of_the_values_of_an_enum() -> None:
    assert _inferred(*["open", None] * 60).enum == ["open", None]


def test_a_range_is_claimed_if_its_ends_come_often() -> None:
    rating = _inferred(*[1, 2, 3, 4, 5] * 50)
    growing = _inferred(*range(500))

    assert (rating.minimum, rating.maximum) == (1, 5)
    assert not isinstance(growing.minimum, int)
    assert not isinstance(growing.maximum, int)
    assert not isinstance(_inferred(*[1, 5] * 50).maximum, int)


def test_keys_that_are_identifiers_make_a_map() -> None:
    named = _inferred({"7": 1, "12": 2}, {"8": 3})
    many = _inferred(
        *({f"key{(n * 7 + k) % 40}": k for k in range(3)} for n in range(99))
    )

    for found in (named, many):
        assert isinstance(found.additional_properties, Schema)
        assert found.additional_properties.type == "integer"
    assert _inferred({"7": 1}).members()


def test_many_keys_that_are_nearly_always_there_make_no_map() -> None:
    found = _inferred(*({f"field{k}": k for k in range(40)} for _ in range(9)))

    assert len(found.members()) == 40
    assert found.requires("field39")


def test_what_is_too_deep_is_anything() -> None:
    deep: Any = 1
    for _ in range(60):
        deep = [deep]

    assert "anything" not in repr(_inferred(deep))
    assert not faults(deep, _inferred(deep), "data")


def test_an_object_with_a_key_that_is_a_secret_is_a_map() -> None:
    secret = {"a": 1, "sk_live_51H8abcdefSECRETabcd1234": 2}
    for values in ([secret, {"a": 3}], [{"a": 3}, secret]):
        found = _inferred(*values)
        assert found.members() == {}
        assert isinstance(found.additional_properties, Schema)
        assert found.additional_properties.type == "integer"
