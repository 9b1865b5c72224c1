r"""The properties of a message, and which of them are secret.

::

    class weight body size │ flags │ a property for each bit that is set, in this order

Source: AMQP 0-9-1, section 4.2.6.1 and the properties of the class ``basic``.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.base import Span
from protocol import dumps

from .tables import FieldError, TableReader, text_of

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment
    from protocol import Json

_HEAD = Struct(">HHQH")
_MORE = 1  # the bit for flags after these, which the class basic has none of
_LONG = Struct(">Q")
_EMPTY = b"\0\0\0\0"
_CORRELATION_ID, _REPLY_TO, _HEADERS = "correlation_id", "reply_to", "headers"
_SIZES = {"s": 1, "T": 4, "B": 1, "L": 8}  # bytes that a property has at least
_OWN = ("x-death",)
"""Headers that the broker writes, by which dead letters belong to their event."""
_NAMES = (
    (1 << 15, "content_type", "s"),
    (1 << 14, "content_encoding", "s"),
    (1 << 13, _HEADERS, "T"),
    (1 << 12, "delivery_mode", "B"),
    (1 << 11, "priority", "B"),
    (1 << 10, _CORRELATION_ID, "s"),
    (1 << 9, _REPLY_TO, "s"),
    (1 << 8, "expiration", "s"),
    (1 << 7, "message_id", "s"),
    (1 << 6, "timestamp", "L"),
    (1 << 5, "type", "s"),
    (1 << 4, "user_id", "s"),
    (1 << 3, "app_id", "s"),
    (1 << 2, "cluster_id", "s"),
)


class Properties(msgspec.Struct, gc=False):
    """What a header says of the body after it.

    Attributes:
        size: Bytes of the body.
        facts: The other properties by name, and the headers.
        correlation: What joins a request and its replies; None where it does not say.
        reply_to: Where replies are to go; None where it does not say.
        secrets: Which bytes of what holds it are secret.
    """

    size: int
    facts: dict[str, Json]
    correlation: str | None = None
    reply_to: str | None = None
    secrets: list[Span] | None = None


def read_header(
    data: bytes, place: int, end: int, conceal: Concealment | None
) -> Properties | None:
    """Return what a content header says; None where it is malformed.

    Args:
        data: What holds it.
        place: Where its payload begins …
        end: … and ends.
        conceal: What hides secrets; None where nothing is hidden.
    """
    if end - place < _HEAD.size:
        return None
    _, _, size, flags = _HEAD.unpack_from(data, place)
    if flags & _MORE:
        return None
    reader = _Reader(Properties(size, facts={}), data, end, conceal)
    try:
        after = reader.read(flags, place + _HEAD.size)
    except (FieldError, IndexError):
        return None
    return reader.properties if after == end else None


def names_in_header(
    data: bytes, place: int, end: int
) -> tuple[Span | None, int | None]:
    """Return where a content header names a queue for replies, and has its headers.

    Args:
        data: What holds it.
        place: Where its payload begins …
        end: … and ends.

    Returns:
        The name of the queue, and the place of the table; None for what it has not.
    """
    if end - place < _HEAD.size:
        return None, None
    flags: int = _HEAD.unpack_from(data, place)[3]
    place += _HEAD.size
    name, table = None, None
    for bit, called, kind in _NAMES:
        if not flags & bit:
            continue
        if place + _SIZES[kind] > end:
            break
        begin, place = place, place + _size_of(kind, data, place)
        if called == _HEADERS:
            table = begin
        elif called == _REPLY_TO and place <= end:
            name = Span(begin + 1, place)
    return name, table


def _size_of(kind: str, data: bytes, place: int) -> int:
    """Return how many bytes a property takes, its own size among them."""
    if kind == "s":
        return 1 + data[place]
    if kind == "T":
        return 4 + int.from_bytes(data[place : place + 4])
    return _SIZES[kind]


def secrets_in_table(
    data: bytes, place: int, end: int, conceal: Concealment
) -> list[Span]:
    """Return where the secret values of a table are; of a malformed one, all of it."""
    reader = TableReader(data, end, _Secrets(conceal).has)
    try:
        reader.read(place)
    except (FieldError, IndexError):
        return [Span(place + len(_EMPTY), end)]
    return reader.secrets


class _Reader:
    """Reads the properties in some bytes.

    Args:
        properties: What learns them.
        data: What holds them.
        end: Where they end.
        conceal: What hides secrets; None where nothing is hidden.
    """

    def __init__(
        self, properties: Properties, data: bytes, end: int, conceal: Concealment | None
    ) -> None:
        self.properties = properties
        self._data = data
        self._end = end
        self._conceal = conceal

    def read(self, flags: int, place: int) -> int:
        """Read what flags announce; return where that ends.

        Raises:
            FieldError: It is malformed.
            IndexError: It is longer than the bytes.
        """
        for bit, name, kind in _NAMES:
            if not flags & bit:
                continue
            if kind == "s":
                place = self._text(name, place)
            elif kind == "T":
                place = self._headers(place)
            else:
                place = self._number(name, kind, place)
        return place

    def _text(self, name: str, place: int) -> int:
        begin, properties = place + 1, self.properties
        after = begin + self._data[place]
        said = text_of(self._data[begin:after])
        if name == _CORRELATION_ID:
            properties.correlation = said
        elif name == _REPLY_TO:
            properties.reply_to = said
        else:
            properties.facts[name] = said
        return after

    def _number(self, name: str, kind: str, place: int) -> int:
        if kind == "B":
            self.properties.facts[name] = self._data[place]
            return place + 1
        after = place + _LONG.size
        if after > self._end:
            raise FieldError(name)
        self.properties.facts[name] = _LONG.unpack_from(self._data, place)[0]
        return after

    def _headers(self, place: int) -> int:
        """Read the table of headers; return where it ends."""
        data, conceal = self._data, self._conceal
        if data.startswith(_EMPTY, place):  # as that of most messages is
            return place + len(_EMPTY)
        secrets = None if conceal is None else _Secrets(conceal).has
        reader = TableReader(data, self._end, secrets, _OWN)
        self.properties.facts[_HEADERS], after = reader.read(place)
        self.properties.secrets = reader.secrets
        return after


class _Secrets:
    """Which values would be hidden as those of a payload, under the same names."""

    def __init__(self, conceal: Concealment) -> None:
        self._conceal = conceal

    def has(self, name: str, value: Json) -> bool:
        """Whether a value is secret."""
        text = dumps({"data": {name: value}})
        return self._conceal.body(text) != text
