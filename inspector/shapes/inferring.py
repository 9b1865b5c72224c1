"""A shape to a schema: what the samples make sure, and nothing else.

============  ======================================================================
claimed       if
============  ======================================================================
a type        it was seen; ``integer`` if no number had a fraction
required      the key was in every object
an enum       at least 10 strings for each distinct one, and 50 in all; each was seen
              twice, and is a word without blanks
a format      all strings have it; digits only from 5 strings on
a minimum     200 numbers, of which one in fifty is the smallest, and at least 5: so
              many that smaller ones would have been seen (their share is below 1.5 %
              with a probability of 95 %, the rule of three); a maximum likewise
a map         more distinct keys than an object has (:mod:`.shape`); or one that looks
              like a secret; or all keys look like identifiers; or many keys, none of
              which is in half of the objects, with values of one type
============  ======================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from protocol.lazy_regex import lazy_regex

from .schemas import Schema
from .shape import Room, Shape
from .texts import has_format

if TYPE_CHECKING:
    from .shape import Numbers
    from .texts import Texts

_WORD = lazy_regex(r"[\w.:/#@+-]{1,64}")
_FEWEST_OF_ENUM, _PER_VALUE, _PER_EACH = 50, 10, 2
_FEWEST_DIGITS = 5
_FEWEST_OF_RANGE, _SHARE, _AT_END = 200, 50, 5
_MANY_KEYS = 12
_FEW_KEYS = 2
_NAMES = ("digits", "uuid", "object-id", "date", "date-time", "email", "ipv4")
"""Formats of keys that name things rather than their properties."""


# decision 187: A contract claims what so many samples make sure
def infer(shape: Shape) -> Schema:
    """Return what is sure of the values that a shape has seen."""
    if shape.deep or not shape.samples:
        return Schema(samples=shape.samples)
    found = [each for each in _kinds(shape) if each is not None]
    if len(found) > 1:
        if shape.nulls:
            found.append(Schema(type="null", samples=shape.nulls))
        return Schema(any_of=found, samples=shape.samples)
    if not found:
        return Schema(type="null", samples=shape.samples)
    return _nullable(found[0], shape.nulls)


def is_map(shape: Shape) -> bool:
    """Whether the objects at a place are maps: their keys name things."""
    keys = shape.keys
    if keys is None:
        return True
    if len(keys) >= _FEW_KEYS and any(
        all(has_format(key, name) for key in keys) for name in _NAMES
    ):
        return True
    if len(keys) < _MANY_KEYS:
        return False
    rare = all(2 * found.samples < shape.objects for found in keys.values())
    kinds = {tuple(sorted(_types(found))) for found in keys.values()}
    return rare and len(kinds) == 1


def map_values(shape: Shape) -> Shape:
    """Return what the values of a map are, whatever their keys."""
    together, room = Shape(), Room()
    if shape.values is not None:
        together.merge(_copy(shape.values), room)
    for found in (shape.keys or {}).values():
        together.merge(_copy(found), room)
    return together


def type_counts(shape: Shape) -> dict[str, int]:
    """Return the types that were seen, each with its number; whole numbers are one."""
    numbers = "number" if shape.numbers.fractions else "integer"
    found = {
        "boolean": shape.booleans,
        numbers: shape.numbers.count,
        "string": shape.texts.count,
        "array": shape.arrays,
        "object": shape.objects,
        "null": shape.nulls,
    }
    return {name: count for name, count in found.items() if count}


def _types(shape: Shape) -> list[str]:
    return [name for name in type_counts(shape) if name != "null"]


def _kinds(shape: Shape) -> list[Schema | None]:
    """Return the schemas of the types that were seen, but for null."""
    return [
        Schema(type="boolean", samples=shape.booleans) if shape.booleans else None,
        _numbers(shape.numbers) if shape.numbers.count else None,
        _texts(shape.texts) if shape.texts.count else None,
        _arrays(shape) if shape.arrays else None,
        _objects(shape) if shape.objects else None,
    ]


def _nullable(schema: Schema, nulls: int) -> Schema:
    if nulls:
        assert isinstance(schema.type, str)
        assert isinstance(schema.samples, int)
        schema.type = [schema.type, "null"]
        schema.samples += nulls
        if schema.enum is not UNSET:
            schema.enum = [*schema.enum, None]
    return schema


def _numbers(numbers: Numbers) -> Schema:
    found = Schema(
        type="number" if numbers.fractions else "integer", samples=numbers.count
    )
    if numbers.low == numbers.high:
        return found  # of one number alone nobody knows which others there are
    if _is_end(numbers.at_low, numbers.count):
        found.minimum = numbers.low
    if _is_end(numbers.at_high, numbers.count):
        found.maximum = numbers.high
    return found


def _is_end(count: int, numbers: int) -> bool:
    """Whether so many of all numbers are the last one that none is beyond it."""
    return numbers >= _FEWEST_OF_RANGE and count >= max(_AT_END, numbers / _SHARE)


def _texts(texts: Texts) -> Schema:
    found = Schema(type="string", samples=texts.count)
    name = texts.format
    if name is not None and (name != "digits" or texts.count >= _FEWEST_DIGITS):
        found.format = name
    elif is_enum(texts):
        found.enum = [*sorted(texts.values or {})]
    elif texts.example:
        found.examples = [texts.example]
    return found


def is_enum(texts: Texts) -> bool:
    """Whether strings are sure to be those few that were seen."""
    values = texts.values
    if not values or texts.count < max(_FEWEST_OF_ENUM, _PER_VALUE * len(values)):
        return False
    return all(
        count >= _PER_EACH and _WORD.fullmatch(text) for text, count in values.items()
    )


def _arrays(shape: Shape) -> Schema:
    items = UNSET if shape.items is None else infer(shape.items)
    return Schema(type="array", items=items, samples=shape.arrays)


def _objects(shape: Shape) -> Schema:
    if is_map(shape):
        values = infer(map_values(shape))
        return Schema(
            type="object", additional_properties=values, samples=shape.objects
        )
    keys = shape.keys or {}
    required = [key for key in keys if keys[key].samples == shape.objects]
    return Schema(
        type="object",
        properties={key: infer(keys[key]) for key in sorted(keys)},
        required=sorted(required) or UNSET,
        samples=shape.objects,
    )


def _copy(shape: Shape) -> Shape:
    """Return a shape that may be merged, while the other one is used on."""
    return msgspec.convert(msgspec.to_builtins(shape), Shape)
