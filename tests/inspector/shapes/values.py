"""Random schemas, and values of them: the truth that inference has to find."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from inspector.shapes.schemas import Schema

if TYPE_CHECKING:
    from collections.abc import Callable

    Made = tuple[Schema, Callable[[], Any]]

_WORDS = ("open", "closed", "paid", "shipped", "lost", "new", "old", "held")
_DEEPEST = 3


class Truth:
    """A random schema, and a source of values that are of it.

    Args:
        seed: Of all that is random.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 — no secret
        self.schema, self.value = self._object(1)

    def _any(self, level: int) -> Made:
        makers = [self._integer, self._number, self._text, self._enum, self._format]
        makers += [self._boolean, self._range]
        if level < _DEEPEST:
            nested = [self._array, self._map, self._union, self._object, self._object]
            return self._random.choice([*makers[: 5 - level], *nested])(level + 1)
        return self._random.choice(makers)(level)

    def _integer(self, _: int) -> Made:
        return Schema(type="integer"), lambda: self._random.randrange(-(10**9), 10**9)

    def _number(self, _: int) -> Made:
        return Schema(type="number"), lambda: self._random.gauss(0, 100)

    def _range(self, _: int) -> Made:
        low = self._random.randrange(5)
        high = low + self._random.randrange(1, 6)
        schema = Schema(type="integer", minimum=low, maximum=high)
        return schema, lambda: self._random.randint(low, high)

    def _boolean(self, _: int) -> Made:
        return Schema(type="boolean"), lambda: self._random.random() < 0.5

    def _text(self, _: int) -> Made:
        def text() -> str:
            return " ".join(self._random.choices(_WORDS, k=self._random.randint(1, 9)))

        return Schema(type="string"), text

    def _enum(self, _: int) -> Made:
        words = sorted(self._random.sample(_WORDS, self._random.randint(2, 6)))
        return Schema(type="string", enum=[*words]), lambda: self._random.choice(words)

    def _format(self, _: int) -> Made:
        def moment() -> str:
            day = self._random.randint(10, 28)
            return f"2026-{self._random.randint(10, 12)}-{day}T10:20:30.{day}0Z"

        def identifier() -> str:
            text = f"{self._random.getrandbits(128):032x}"
            return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

        name, made = self._random.choice([("date-time", moment), ("uuid", identifier)])
        return Schema(type="string", format=name), made

    def _array(self, level: int) -> Made:
        items, value = self._any(level)
        return Schema(type="array", items=items), lambda: [
            value() for _ in range(self._random.randint(1, 3))
        ]

    def _map(self, level: int) -> Made:
        values, value = self._any(level)
        schema = Schema(type="object", additional_properties=values)

        def made() -> dict[str, Any]:
            keys = [str(self._random.randrange(10**6)) for _ in range(3)]
            return {key: value() for key in keys[: self._random.randint(1, 3)]}

        return schema, made

    def _union(self, level: int) -> Made:
        made = [self._integer(level), self._object(level)]
        values = [value for _, value in made]
        schema = Schema(any_of=[each for each, _ in made])
        return schema, lambda: self._random.choice(values)()  # noqa: PLW0108 — it is drawn each time

    def _object(self, level: int) -> Made:
        members: dict[str, Made] = {}
        optional, nullable = set(), set()
        for number in range(self._random.randint(2, 4)):
            key = f"{self._random.choice('abc')}{number}"
            members[key] = self._any(level)
            if self._random.random() < 0.4:
                optional.add(key)
            elif self._random.random() < 0.3:
                nullable.add(key)
        return self._object_of(members, optional, nullable)

    def _object_of(
        self, members: dict[str, Made], optional: set[str], nullable: set[str]
    ) -> Made:
        schemas = {
            key: _or_null(schema) if key in nullable else schema
            for key, (schema, _) in members.items()
        }
        required = sorted({*members} - optional)
        schema = Schema(type="object", properties=schemas, required=required)

        def made() -> dict[str, Any]:
            return {
                key: None
                if key in nullable and self._random.random() < 0.3
                else value()
                for key, (_, value) in members.items()
                if key not in optional or self._random.random() < 0.6
            }

        return schema, made


def _or_null(schema: Schema) -> Schema:
    return Schema(any_of=[schema, Schema(type="null")])
