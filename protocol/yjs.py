"""What messages of Yjs hold: state vectors, and updates of version 1.

Yjs merges what several people do to a document at once. Each of them is a *client* with
a number, whose insertions and deletions are *structs* with a clock. A *state vector*
says which clock one has of each client; an *update* has the structs that are lacking.

Only what is read to its last byte is taken for one.

Source: Yjs 13.6, ``src/utils/encoding.js``, ``src/utils/DeleteSet.js``,
``src/structs``; lib0, ``encoding.js``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TypeAlias

from .named_tuple import NamedTuple

_DEEPEST = 100  # values inside values
_LONGEST = 10  # bytes of a number
_SKIP, _GC = 10, 0
_KIND, _PARENT_SUB, _RIGHT_ORIGIN, _ORIGIN = 0x1F, 0x20, 0x40, 0x80


class StateVector(NamedTuple):
    """What somebody has.

    Attributes:
        clients: Who has written it, in number.
    """

    clients: int


class Update(NamedTuple):
    """What somebody lacks.

    Attributes:
        clients: Whose structs it has, in number.
        structs: How many those are.
        inserted: The length of the text in them, in UTF-16 code units.
        deleted: How much is deleted, in units of the clock.
    """

    clients: int
    structs: int
    inserted: int
    deleted: int


class _Reader:
    """Reads the numbers and texts of lib0; raises ValueError or IndexError."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0
        self.inserted = 0

    def byte(self) -> int:
        self.place += 1
        return self.data[self.place - 1]

    def number(self) -> int:
        value = shift = 0
        for _ in range(_LONGEST):
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:  # noqa: PLR2004 — the bit that says that more follow
                return value
        raise ValueError("a number without an end")

    def take(self, count: int) -> bytes:
        taken = self.data[self.place : self.place + count]
        if len(taken) < count:
            raise ValueError("it ends early")
        self.place += count
        return taken

    def text(self) -> str:
        return self.take(self.number()).decode()

    def times(self, read: Callable[[], object]) -> int:
        """Read as many as a number says, and return it."""
        count = self.number()
        if count > len(self.data) - self.place:  # each takes a byte or more
            raise ValueError("more than there can be")
        for _ in range(count):
            read()
        return count

    def pair(self) -> None:
        self.number()
        self.number()


def read_state_vector(data: bytes) -> StateVector | None:
    """Return what a state vector says, or None if it is none."""
    reader = _Reader(data)
    try:
        clients = reader.times(reader.pair)
    except (ValueError, IndexError):
        return None
    return StateVector(clients) if reader.place == len(data) else None


def read_update(data: bytes) -> Update | None:
    """Return what an update says, or None if it is none."""
    reader, structs, deleted = _Reader(data), [0], [0]

    def client() -> None:
        count = reader.number()
        reader.pair()  # the client, and its clock
        if count > len(data):
            raise ValueError("more than there can be")
        for _ in range(count):
            _struct(reader)
        structs[0] += count

    def deletion() -> None:
        reader.number()
        deleted[0] += reader.number()

    def deletions() -> None:
        reader.number()
        reader.times(deletion)

    try:
        clients = reader.times(client)
        reader.times(deletions)
    except (ValueError, IndexError):
        return None
    whole = reader.place == len(data)
    found = Update(clients, structs[0], reader.inserted, deleted[0])
    return found if whole else None


def _struct(reader: _Reader) -> None:
    info = reader.byte()
    kind = info & _KIND
    if kind in {_GC, _SKIP}:
        reader.number()
        return
    if info & _ORIGIN:
        reader.pair()
    if info & _RIGHT_ORIGIN:
        reader.pair()
    if not info & (_ORIGIN | _RIGHT_ORIGIN):
        if reader.number():
            reader.text()  # the name of a shared type
        else:
            reader.pair()  # or the struct that is one
        if info & _PARENT_SUB:
            reader.text()
    _CONTENTS[kind](reader)


def _string(reader: _Reader) -> None:
    reader.inserted += len(reader.text().encode("utf-16-le")) // 2


def _format(reader: _Reader) -> None:
    reader.text()
    reader.text()


def _type(reader: _Reader) -> None:
    if reader.number() in {3, 5}:  # an element or a hook of XML has a name
        reader.text()


def _document(reader: _Reader) -> None:
    reader.text()
    _any(reader)


def _any(reader: _Reader, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise ValueError("too deep")
    _VALUES[reader.byte()](reader, depth)


def _members(reader: _Reader, depth: int) -> None:
    def member() -> None:
        reader.text()
        _any(reader, depth + 1)

    reader.times(member)


Content: TypeAlias = Callable[[_Reader], object]
Value: TypeAlias = Callable[[_Reader, int], object]

_CONTENTS: dict[int, Content] = {
    1: _Reader.number,  # deleted
    2: lambda reader: reader.times(reader.text),  # JSON
    3: lambda reader: reader.take(reader.number()),  # bytes
    4: _string,
    5: _Reader.text,  # an embedded object
    6: _format,
    7: _type,
    8: lambda reader: reader.times(lambda: _any(reader)),
    9: _document,
}
_VALUES: dict[int, Value] = {
    127: lambda _, __: None,  # undefined
    126: lambda _, __: None,  # null
    125: lambda reader, _: reader.number(),  # its sign is in the first byte
    124: lambda reader, _: struct.unpack(">f", reader.take(4)),
    123: lambda reader, _: struct.unpack(">d", reader.take(8)),
    122: lambda reader, _: reader.take(8),
    121: lambda _, __: None,  # false
    120: lambda _, __: None,  # true
    119: lambda reader, _: reader.text(),
    118: _members,
    117: lambda reader, depth: reader.times(lambda: _any(reader, depth + 1)),
    116: lambda reader, _: reader.take(reader.number()),
}
