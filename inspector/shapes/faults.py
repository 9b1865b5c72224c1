"""Values to faults: where they are not as a schema says.

A path is that of JSON as JavaScript reads it: ``data.items[3].price``. A key that is
not a name stands in brackets: ``data["a b"]``.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from protocol import dumps
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .schemas import Schema
from .texts import has_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json

MOST = 20
"""Faults of one value that are listed."""

_NAME = lazy_regex(r"[A-Za-z_$][\w$]*")
_LONGEST = 40  # characters of a value that are shown
_ENUM = 6  # values of an enum that are listed
_TYPE_NAMES = {
    bool: "boolean",
    int: "integer",
    str: "string",
    list: "array",
    dict: "object",
    type(None): "null",
}


class Fault(NamedTuple):
    """A place where a value is not what was expected.

    Attributes:
        path: Of the place.
        expected: What a schema says …
        came: … and what was there.
    """

    path: str
    expected: str
    came: str


def faults(
    value: Json, schema: Schema, path: str, *, closed: bool = False
) -> list[Fault]:
    """Return where a value is not as a schema says, at most :data:`MOST` places.

    Args:
        value: What ``loads`` gives.
        schema: What it should be.
        path: Of the value itself, with which all paths begin.
        closed: Whether keys that the schema does not name are faults.
    """
    return list(islice(_faults(value, schema, path, closed=closed), MOST))


def type_of(value: Json) -> str:
    """Return the type of a value, as JSON Schema calls it."""
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return _TYPE_NAMES[type(value)]


def member_path(path: str, key: str) -> str:
    """Return the path of a member: ``data.id``, ``data["a b"]``."""
    if _NAME.fullmatch(key):
        return f"{path}.{key}"
    return f"{path}[{dumps(key).decode()}]"


def words_of(schema: Schema) -> str:
    """Return what a schema expects, in few words: ``integer from 0 or null``."""
    variants = schema.variants()
    if variants:
        return " or ".join(words_of(each) for each in variants)
    if not schema.types:
        return "anything"
    return " or ".join(_type_words(schema, each) for each in schema.types)


def _type_words(schema: Schema, name: str) -> str:
    if name == "string":
        return _string_words(schema)
    if name in {"integer", "number"}:
        return name + _range_words(schema)
    if name == "array" and isinstance(schema.items, Schema):
        return f"array of {words_of(schema.items)}"
    if name == "object" and isinstance(schema.additional_properties, Schema):
        return f"map of {words_of(schema.additional_properties)}"
    return name


def _string_words(schema: Schema) -> str:
    if isinstance(schema.format, str):
        return f"string ({schema.format})"
    if not isinstance(schema.enum, list):
        return "string"
    texts = [dumps(each).decode() for each in schema.enum if each is not None]
    more = [f"{len(texts) - _ENUM} more"] if len(texts) > _ENUM else []
    return " | ".join(texts[:_ENUM] + more)


def _range_words(schema: Schema) -> str:
    low = f" from {schema.minimum}" if isinstance(schema.minimum, int | float) else ""
    high = f" to {schema.maximum}" if isinstance(schema.maximum, int | float) else ""
    return low + high


def shown(value: Json) -> str:
    """Return what came: its type, and its beginning if that says more."""
    name = type_of(value)
    if isinstance(value, dict | list) or value is None:
        return name
    text = dumps(value).decode()
    return f"{name} {text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}"


def _faults(value: Json, schema: Schema, path: str, *, closed: bool) -> Iterator[Fault]:
    if schema.variants():
        yield from _in_variants(value, schema, path, closed=closed)
        return
    if schema.types and not _has_type(value, schema.types):
        yield Fault(path, words_of(schema), shown(value))
        return
    if not _fits(value, schema):
        yield Fault(path, words_of(schema), shown(value))
    elif isinstance(value, list) and isinstance(schema.items, Schema):
        for place, each in enumerate(value):
            yield from _faults(each, schema.items, f"{path}[{place}]", closed=closed)
    elif isinstance(value, dict):
        yield from _in_object(value, schema, path, closed=closed)


def _in_variants(
    value: Json, schema: Schema, path: str, *, closed: bool
) -> Iterator[Fault]:
    """Yield the faults of the variant of its type; of several, the fewest."""
    fitting = [
        list(islice(_faults(value, each, path, closed=closed), MOST))
        for each in schema.variants()
        if not each.types or _has_type(value, each.types)
    ]
    if fitting:
        yield from min(fitting, key=len)
    else:
        yield Fault(path, words_of(schema), shown(value))


def _in_object(
    members: dict[str, Json], schema: Schema, path: str, *, closed: bool
) -> Iterator[Fault]:
    known, others = schema.members(), schema.additional_properties
    for key in schema.required if isinstance(schema.required, list) else ():
        if key not in members:
            expected = words_of(known[key]) if key in known else "a value"
            yield Fault(member_path(path, key), expected, "no such key")
    if (
        closed
        and isinstance(schema.properties, dict)
        and not isinstance(others, Schema)
    ):
        others = False
    for key, value in members.items():
        found = known.get(key, others)
        if isinstance(found, Schema):
            yield from _faults(value, found, member_path(path, key), closed=closed)
        elif found is False:
            yield Fault(member_path(path, key), "no such key", shown(value))


def _has_type(value: Json, types: list[str]) -> bool:
    name = type_of(value)
    return name in types or (name == "integer" and "number" in types)


def _fits(value: Json, schema: Schema) -> bool:
    """Whether a value of the right type is what its schema says beyond that."""
    if isinstance(value, str):
        if isinstance(schema.enum, list) and value not in schema.enum:
            return False
        return not isinstance(schema.format, str) or has_format(value, schema.format)
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = schema.minimum, schema.maximum
        return not (
            (isinstance(low, int | float) and value < low)
            or (isinstance(high, int | float) and value > high)
        )
    return True
