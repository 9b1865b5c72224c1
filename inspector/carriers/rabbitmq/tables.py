"""Tables of fields, as headers are.

::

    size │ name type value  name type value …       ``F``: a table in it, ``A``: a list

Source: AMQP 0-9-1, section 4.2.5.5, and RabbitMQ's errata to it, section 3, which says
what clients and brokers really write: ``s`` is a number of 16 bits, ``x`` are bytes.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from inspector.carriers.base import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from protocol import Json

MOST_NESTED = 16
"""Tables and lists within each other that are read."""
_LONG = Struct(">I")
_NUMBERS = {
    "b": Struct(">b"),
    "B": Struct(">B"),
    "s": Struct(">h"),
    "u": Struct(">H"),
    "I": Struct(">i"),
    "i": Struct(">I"),
    "l": Struct(">q"),
    "L": Struct(">q"),
    "f": Struct(">f"),
    "d": Struct(">d"),
    "T": Struct(">Q"),
}
_DECIMAL = Struct(">Bi")


class FieldError(ValueError):
    """Bytes are not a table."""


def text_of(data: bytes) -> str:
    """Return a string of the wire, which is UTF-8 as a rule."""
    return data.decode("utf-8", "replace")


class TableReader:
    """Reads the tables in some bytes.

    Args:
        data: What holds them.
        end: Where they end at the latest.
        secret: Says of a name and a value whether that is secret; None where nothing
            is.
        own: Fields of the outermost table in which nothing is.

    Attributes:
        secrets: Where the secret values are in the bytes.
    """

    def __init__(
        self,
        data: bytes,
        end: int,
        secret: Callable[[str, Json], bool] | None = None,
        own: Collection[str] = (),
    ) -> None:
        self.secrets: list[Span] = []
        self._data = data
        self._end = end
        self._secret = secret
        self._own = own

    def read(self, place: int, depth: int = 0) -> tuple[dict[str, Json], int]:
        """Return the table at a place, and where it ends.

        Raises:
            FieldError: It is malformed.
        """
        place, end = self._bounds(place, depth)
        table: dict[str, Json] = {}
        while place < end:
            size = self._data[place]
            place += 1 + size
            if place >= end:
                raise FieldError("a field has no value")
            name = text_of(self._data[place - size : place])
            table[name], place = self._value(name, place, end, depth)
        return table, end

    def _bounds(self, place: int, depth: int) -> tuple[int, int]:
        begin = self._within(place, _LONG.size, self._end)
        end = begin + _LONG.unpack_from(self._data, place)[0]
        if end > self._end or depth > MOST_NESTED:
            raise FieldError("a table is longer than what holds it")
        return begin, end

    @staticmethod
    def _within(place: int, size: int, end: int) -> int:
        if place + size > end:
            raise FieldError("a value is longer than its table")
        return place + size

    def _value(self, name: str, place: int, end: int, depth: int) -> tuple[Json, int]:
        """Return the value whose type is at a place, and where it ends."""
        if name in self._own and not depth:
            spared = TableReader(self._data, self._end)
            return spared._value(name, place, end, 1)
        kind = chr(self._data[place])
        place += 1
        if kind == "F":
            return self.read(place, depth + 1)
        if kind == "A":
            return self._list(name, place, depth + 1)
        value, begin, after = self._leaf(kind, place, end)
        if self._secret is not None and self._secret(name, value):
            self.secrets.append(Span(begin, after))
            value = "x" * (after - begin)
        return value, after

    def _list(self, name: str, place: int, depth: int) -> tuple[list[Json], int]:
        place, end = self._bounds(place, depth)
        values: list[Json] = []
        while place < end:
            value, place = self._value(name, place, end, depth)
            values.append(value)
        return values, end

    def _leaf(self, kind: str, place: int, end: int) -> tuple[Json, int, int]:
        """Return a value, and where it begins and ends, without its size."""
        data = self._data
        if kind in "Sx":
            begin = self._within(place, _LONG.size, end)
            after = self._within(begin, _LONG.unpack_from(data, place)[0], end)
            text = data[begin:after]
            return text_of(text) if kind == "S" else text.hex(), begin, after
        if kind == "V":
            return None, place, place
        if kind == "t":
            after = self._within(place, 1, end)
            return bool(data[place]), place, after
        if kind == "D":
            after = self._within(place, _DECIMAL.size, end)
            scale, value = _DECIMAL.unpack_from(data, place)
            return value / 10**scale, place, after
        number = _NUMBERS.get(kind)
        if number is None:
            raise FieldError(f"a field has the type {kind!r}")
        after = self._within(place, number.size, end)
        return number.unpack_from(data, place)[0], place, after
