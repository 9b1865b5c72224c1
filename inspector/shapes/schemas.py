"""What is claimed of values, in the words of JSON Schema (draft 2020-12).

Only the words that are needed here, so that whoever writes a type, a class or a fault
of it finds few cases:

========================  ==========================================================
a schema                  values
========================  ==========================================================
``type``                  one of these types; ``integer`` is a number that is whole
``anyOf``                 one of several, if they are of more than one type
``properties``            of an object, by key; those in ``required`` are there
``additionalProperties``  of a map, whatever its keys; if it is false: no other keys
``items``                 of an array, each
``enum``                  one of these
``format``                a string that looks so (:mod:`.texts`)
``minimum``, ``maximum``  a number between
``x-samples``             how many were seen, which is a claim of nothing
========================  ==========================================================

A schema without any of them is of any value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
"""The types of values, as JSON Schema has them."""


class Schema(msgspec.Struct, omit_defaults=True, kw_only=True):
    """A claim about values; see the module.

    Attributes:
        type: A type, or several.
        any_of: Schemas, one of which holds.
        format: Of strings.
        enum: Strings, and null, of which it is one.
        minimum: Of numbers.
        maximum: Of numbers.
        items: Of elements.
        properties: Of members by key.
        required: Keys that are always there.
        additional_properties: Of members whose keys are not named; False if there are
            none.
        examples: What a value looks like, without its content.
        samples: How many were seen.
    """

    type: str | list[str] | UnsetType = UNSET
    any_of: list[Schema] | UnsetType = msgspec.field(name="anyOf", default=UNSET)
    format: str | UnsetType = UNSET
    enum: list[str | None] | UnsetType = UNSET
    minimum: int | float | UnsetType = UNSET
    maximum: int | float | UnsetType = UNSET
    items: Schema | UnsetType = UNSET
    properties: dict[str, Schema] | UnsetType = UNSET
    required: list[str] | UnsetType = UNSET
    additional_properties: Schema | bool | UnsetType = msgspec.field(
        name="additionalProperties", default=UNSET
    )
    examples: list[str] | UnsetType = UNSET
    samples: int | UnsetType = msgspec.field(name="x-samples", default=UNSET)

    @property
    def types(self) -> list[str]:
        """The types that it names itself, null among them."""
        if self.type is UNSET:
            return []
        return [self.type] if isinstance(self.type, str) else self.type

    @property
    def nullable(self) -> bool:
        """Whether it says that a value may be null."""
        return "null" in self.types or any(each.nullable for each in self.variants())

    def variants(self) -> list[Schema]:
        """Return the schemas of which one holds; none if it is by itself."""
        return [] if self.any_of is UNSET else self.any_of

    def members(self) -> dict[str, Schema]:
        """Return the schemas of members by key."""
        return {} if self.properties is UNSET else self.properties

    def requires(self, key: str) -> bool:
        """Whether a key is always there."""
        return self.required is not UNSET and key in self.required

    def of_type(self, name: str) -> Schema | None:
        """Return the schema of values of one type; None if there are none."""
        if name in self.types:
            return self
        found = (each.of_type(name) for each in self.variants())
        return next((each for each in found if each is not None), None)

    def inner(self) -> Iterator[Schema]:
        """Yield the schemas right inside this one."""
        yield from self.variants()
        yield from self.members().values()
        if isinstance(self.items, Schema):
            yield self.items
        if isinstance(self.additional_properties, Schema):
            yield self.additional_properties
