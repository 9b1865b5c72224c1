"""What was seen at each place of JSON values, in counts.

A shape takes in values one by one, and forgets them. Two shapes merge into the one that
has seen both: every count adds up, every bound is a union that only grows, so that the
order of values, and how they were parted, makes no difference. What a shape holds is
bounded by its places:

- distinct strings are kept up to 16 of up to 64 characters (:mod:`.texts`);
- an object with more distinct keys than :data:`MOST_KEYS` is a map: its values share
  one shape. Deeper objects become maps sooner;
- so is an object with a key that looks like a secret: no such key is kept;
- what lies deeper than :data:`DEEPEST` levels is not looked at;
- all shapes that share a :class:`Room` have so many places together; when it is full,
  an object that has yet another key becomes a map. Only from then on the order of
  values makes a difference.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from inspector.redaction.secrets import is_secret_key, looks_secret

from .texts import Texts

if TYPE_CHECKING:
    from protocol import Json

MOST_KEYS = (256, 128, 64, 32)
"""Distinct keys of objects by level; the last is that of all deeper levels."""
DEEPEST = 24
"""Levels of objects and arrays that are told apart."""
ROOM = 20_000
"""Places of all shapes of one pattern."""


_names_secret = lru_cache(is_secret_key)  # of the same few keys in all values


class Room:
    """How many more places there may be.

    Args:
        places: Their number.
    """

    def __init__(self, places: int = ROOM) -> None:
        self.places = places

    def take(self) -> bool:
        """Take one; answer whether there was one left."""
        self.places -= 1
        return self.places >= 0


class Numbers(msgspec.Struct):
    """What numbers have in common.

    Attributes:
        count: How many they are.
        fractions: How many of them are not whole.
        low: The smallest; meaningless without any, as is the rest …
        at_low: … and how many are that.
        high: The largest …
        at_high: … and how many are that.
    """

    count: int = 0
    fractions: int = 0
    low: int | float = 0
    at_low: int = 0
    high: int | float = 0
    at_high: int = 0

    def add(self, number: float) -> None:
        """Take in a number."""
        whole = isinstance(number, int) or number.is_integer()
        self.merge(Numbers(1, int(not whole), number, 1, number, 1))

    def merge(self, other: Numbers) -> None:
        """Take in other numbers."""
        if not other.count:
            return
        if not self.count or other.low < self.low:
            self.low, self.at_low = other.low, other.at_low
        elif other.low == self.low:
            self.at_low += other.at_low
        if not self.count or other.high > self.high:
            self.high, self.at_high = other.high, other.at_high
        elif other.high == self.high:
            self.at_high += other.at_high
        self.count += other.count
        self.fractions += other.fractions


class Shape(msgspec.Struct):
    """What was seen at one place.

    Attributes:
        samples: Values.
        nulls: How many of them are null …
        booleans: … or true or false …
        numbers: … numbers …
        texts: … strings …
        arrays: … arrays …
        objects: … objects.
        deep: How many arrays and objects are too deep to be looked at.
        items: What all elements of arrays are; None if there was none.
        keys: What the value of each key is; its samples are how often it was there.
            None if these are maps …
        values: … and the values of all keys then; None if there was none.
    """

    samples: int = 0
    nulls: int = 0
    booleans: int = 0
    numbers: Numbers = msgspec.field(default_factory=Numbers)
    texts: Texts = msgspec.field(default_factory=Texts)
    arrays: int = 0
    objects: int = 0
    deep: int = 0
    items: Shape | None = None
    keys: dict[str, Shape] | None = msgspec.field(default_factory=dict)
    values: Shape | None = None

    def add(
        self, value: Json, room: Room, level: int = 0, *, secret: bool = False
    ) -> None:
        """Take in a value.

        Args:
            value: What ``loads`` gives.
            room: How many more places there may be.
            level: In how many objects and arrays it lies.
            secret: Whether the key before it says that it is a secret.
        """
        self.samples += 1
        if value is None:
            self.nulls += 1
        elif isinstance(value, str):
            self.texts.add(value, secret=secret)
        elif isinstance(value, bool):
            self.booleans += 1
        elif isinstance(value, int | float):
            self.numbers.add(value)
        elif level >= DEEPEST:
            self.deep += 1
        elif isinstance(value, list):
            self._add_array(value, room, level, secret=secret)
        else:
            self._add_object(value, room, level, secret=secret)

    def merge(self, other: Shape, room: Room, level: int = 0) -> None:
        """Take in what another shape has seen; the other must not be used any more.

        Args:
            other: The other shape.
            room: How many more places there may be.
            level: In how many objects and arrays both lie.
        """
        self.samples += other.samples
        self.nulls += other.nulls
        self.booleans += other.booleans
        self.numbers.merge(other.numbers)
        self.texts.merge(other.texts)
        self.arrays += other.arrays
        self.objects += other.objects
        self.deep += other.deep
        self.items = _merged(self.items, other.items, room, level + 1)
        self._merge_objects(other, room, level)

    def _add_array(
        self, values: list[Json], room: Room, level: int, *, secret: bool
    ) -> None:
        self.arrays += 1
        if values and self.items is None:
            self.items = Shape()
            room.take()
        for value in values:
            assert self.items is not None
            self.items.add(value, room, level + 1, secret=secret)

    def _add_object(
        self, members: dict[str, Json], room: Room, level: int, *, secret: bool
    ) -> None:
        self.objects += 1
        for key, value in members.items():
            found = self._at(key, room, level)
            hidden = secret or _names_secret(key)
            found.add(value, room, level + 1, secret=hidden)

    def _at(self, key: str, room: Room, level: int) -> Shape:
        """Return the shape of the values of a key, which may make this a map."""
        if self.keys is not None:
            found = self.keys.get(key)
            if found is not None:
                return found
            if not looks_secret(key) and self._fits(room, level):
                self.keys[key] = Shape()
                return self.keys[key]
            self._become_map(room, level)
        if self.values is None:
            self.values = Shape()
        return self.values

    def _become_map(self, room: Room, level: int) -> None:
        keys, self.keys = self.keys or {}, None
        room.places += len(keys)
        for found in keys.values():
            self.values = _merged(self.values, found, room, level + 1)

    def _merge_objects(self, other: Shape, room: Room, level: int) -> None:
        if other.keys is None and self.keys is not None:
            self._become_map(room, level)
        self.values = _merged(self.values, other.values, room, level + 1)
        for key, found in (other.keys or {}).items():
            known = None if self.keys is None else self.keys.get(key)
            if self.keys is not None and known is None and self._fits(room, level):
                self.keys[key] = found
                continue
            if known is None and self.keys is not None:
                self._become_map(room, level)
            self._at(key, room, level).merge(found, room, level + 1)

    def _fits(self, room: Room, level: int) -> bool:
        assert self.keys is not None
        return len(self.keys) < _most_keys(level) and room.take()


def _merged(
    one: Shape | None, other: Shape | None, room: Room, level: int
) -> Shape | None:
    """Return what has seen the values of both."""
    if one is None or other is None:
        return other if one is None else one
    one.merge(other, room, level)
    return one


def _most_keys(level: int) -> int:
    return MOST_KEYS[min(level, len(MOST_KEYS) - 1)]
