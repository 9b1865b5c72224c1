"""The types of a contract's schemas, in whatever language: which there are, and when.

A language says how each is written. A structure gets a name of its own, which begins
with the name of what it is in; all else is written where it is used.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from inspector.shapes.schemas import Schema

from .naming import Names, type_name, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from protocol import Json

    from .json_schema import Named


class Types(ABC):
    """The types that are declared, and their lines.

    Args:
        patterns: Those whose parts are declared; no type in a part has their names.

    Attributes:
        lines: The declarations so far.
        taken: Names that types do not have: they are in use.
        unknown: What is written where nothing is known.
        scalars: Type of JSON → how it is written.
    """

    taken: ClassVar[tuple[str, ...]]
    unknown: ClassVar[str]
    scalars: ClassVar[dict[str, str]]

    def __init__(self, patterns: Iterable[Named]) -> None:
        self.lines: list[str] = []
        parts = (name for each in patterns for name in each.names.values())
        self._names = Names((*self.taken, *parts))

    def declare(self, name: str, schema: Schema) -> None:
        """Declare the type of a part, and those in it."""
        found = schema.of_type("object")
        if found is schema and not schema.nullable and self._is_structure(schema):
            self._structure(name, schema)
            return
        text = self._text(schema, name + "Value" if found is schema else name)
        self.lines += self._alias(name, text)

    def _text(self, schema: Schema, name: str) -> str:
        """Return the type of a schema; ``name`` is for a structure in it."""
        if schema.variants():
            inner = (self._text(each, name) for each in schema.variants())
            return " | ".join(dict.fromkeys(inner))
        if not schema.types:
            return self.unknown
        kinds = (self._one(schema, each, name) for each in schema.types)
        return " | ".join(dict.fromkeys(kinds))

    def _one(self, schema: Schema, kind: str, name: str) -> str:
        if kind == "string" and isinstance(schema.enum, list):
            return self._literals([each for each in schema.enum if each is not None])
        if kind == "array":
            if not isinstance(schema.items, Schema):
                return self._array(self.unknown)
            return self._array(self._text(schema.items, f"{name}Item"))
        return self._object(schema, name) if kind == "object" else self.scalars[kind]

    def _object(self, schema: Schema, name: str) -> str:
        if isinstance(schema.additional_properties, Schema):
            return self._map(self._text(schema.additional_properties, f"{name}Value"))
        if not self._is_structure(schema):
            return self._map(self.unknown)
        name = self._names.take(name)
        self._structure(name, schema)
        return name

    def _member(self, name: str, key: str, schema: Schema) -> str:
        """Return the type of a member of a structure."""
        return self._text(schema, name + type_name(words_of(key, "key")))

    def _is_structure(self, schema: Schema) -> bool:
        """Whether an object has keys that are known, and that can be declared."""
        return bool(schema.members()) and not isinstance(
            schema.additional_properties, Schema
        )

    @abstractmethod
    def _alias(self, name: str, text: str) -> list[str]:
        """Return the lines that give a type a name."""

    @abstractmethod
    def _structure(self, name: str, schema: Schema) -> None:
        """Declare an object with its members."""

    @abstractmethod
    def _literals(self, values: list[Json]) -> str:
        """Return the type of some strings alone."""

    @abstractmethod
    def _array(self, inner: str) -> str:
        """Return the type of an array."""

    @abstractmethod
    def _map(self, inner: str) -> str:
        """Return the type of an object with any keys."""


def range_of(schema: Schema) -> list[str]:
    """Return in words what a type does not say: from where, and up to where."""
    words = []
    if isinstance(schema.minimum, int | float):
        words.append(f"from {schema.minimum}")
    if isinstance(schema.maximum, int | float):
        words.append(f"to {schema.maximum}")
    return words
