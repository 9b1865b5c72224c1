"""Numbers, strings and lists of Kafka's protocol, of both encodings.

From some version of each API on strings and lists are *compact*: their length, plus
one, is an unsigned varint, and structures end with tagged fields.

Source: https://kafka.apache.org/protocol, "Protocol Primitive Types"; KIP-482.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT = struct.Struct(">h")
INT = struct.Struct(">i")
LONG = struct.Struct(">q")
_int16, _int32, _int64 = SHORT.unpack_from, INT.unpack_from, LONG.unpack_from
_MORE, _BITS = 0x80, 7
_MOST_BITS = 70  # of a varint
_UUID = 16


class MalformedError(Exception):
    """Bytes that are not what they should be; the message says why."""


class Cursor:
    """What is read of some bytes, from one place on.

    Args:
        data: The bytes.
        place: Where to begin.
        compact: Whether strings and lists are compact, and structures have tags.
        end: Where they end; by default with the bytes.

    Attributes:
        place: Where the next field begins.

    Raises:
        MalformedError: Of all methods: there are too few bytes, or a length is
            impossible.
    """

    __slots__ = ("_compact", "_data", "_end", "place")

    def __init__(
        self, data: bytes, place: int = 0, *, compact: bool = False, end: int = -1
    ) -> None:
        self.place = place
        self._data = data
        self._end = len(data) if end < 0 else end
        self._compact = compact

    def skip(self, count: int) -> int:
        """Pass over some bytes; return where they begin."""
        begin = self.place
        end = begin + count
        if count < 0 or end > self._end:
            raise MalformedError(f"it ends before {count} bytes at {begin}")
        self.place = end
        return begin

    # Each number moves on by itself: a call less is a third of its time.

    def int8(self) -> int:
        """Return a number of one byte."""
        return self._data[self.skip(1)]

    def int16(self) -> int:
        """Return a number of two bytes."""
        place = self.place
        self.place = end = place + 2
        if end > self._end:
            raise MalformedError(f"it ends before 2 bytes at {place}")
        number: int = _int16(self._data, place)[0]
        return number

    def int32(self) -> int:
        """Return a number of four bytes."""
        place = self.place
        self.place = end = place + 4
        if end > self._end:
            raise MalformedError(f"it ends before 4 bytes at {place}")
        number: int = _int32(self._data, place)[0]
        return number

    def int64(self) -> int:
        """Return a number of eight bytes."""
        place = self.place
        self.place = end = place + 8
        if end > self._end:
            raise MalformedError(f"it ends before 8 bytes at {place}")
        number: int = _int64(self._data, place)[0]
        return number

    def unsigned(self) -> int:
        """Return an unsigned varint."""
        number, shift = 0, 0
        while shift < _MOST_BITS:
            byte = self._data[self.skip(1)]
            number |= (byte & ~_MORE) << shift
            if byte < _MORE:
                return number
            shift += _BITS
        raise MalformedError(f"a number at {self.place} does not end")

    def text(self) -> str:
        """Return a string; one that is null is empty."""
        begin, end = self.text_span()
        return self._data[begin:end].decode("utf-8", "replace")

    def text_span(self) -> tuple[int, int]:
        """Return where a string is."""
        size = self.unsigned() - 1 if self._compact else self.int16()
        begin = self.skip(max(size, 0))
        return begin, begin + max(size, 0)

    def bytes_span(self) -> tuple[int, int]:
        """Return where bytes are."""
        size = self.unsigned() - 1 if self._compact else self.int32()
        begin = self.skip(max(size, 0))
        return begin, begin + max(size, 0)

    def uuid(self) -> str:
        """Return an identifier of 16 bytes, as hexadecimal digits."""
        begin = self.skip(_UUID)
        return self._data[begin : begin + _UUID].hex()

    def items(self) -> Iterator[None]:
        """Yield as often as a list has items; each has to be read by then.

        Raises:
            MalformedError: The list says that it has more items than bytes are left.
        """
        count = self.unsigned() - 1 if self._compact else self.int32()
        if count > self._end - self.place:
            raise MalformedError(f"a list of {count:,} items at {self.place}")
        for _ in range(count):
            yield

    def tags(self) -> None:
        """Pass over the tagged fields at the end of a structure, if it may have any."""
        if self._compact:
            for _ in range(self.unsigned()):
                self.unsigned()
                self.skip(self.unsigned())
