"""Messages of Protocol Buffers without their ``.proto`` file: fields by their numbers.

The bytes do not say what a field is, so its value is what they are most likely:

=================  ====================================================================
varint             an integer; a negative one of 64 bits is a negative number
64 or 32 bits      a floating-point number, if it is an ordinary one; else an integer
length-delimited   text, if all of it is printable; else a message, if it can be read
                   as one; else the bytes in base64
=================  ====================================================================

A field that occurs several times is an array. Source: the encoding of Protocol Buffers,
https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

import re
from base64 import b64encode
from contextlib import suppress
from math import isfinite
from struct import unpack
from typing import TYPE_CHECKING

from protocol import dumps

if TYPE_CHECKING:
    from protocol import Json

_DEEPEST = 16
"""Messages in each other that are read; what is in these is shown as bytes."""
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST = 10  # bytes of a varint
_HIGHEST = 1 << 29  # of the numbers of fields, and more
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_LINES = re.compile(rb"[\n\x00-\x08\x0b-\x1f\x7f]")
_MOST_FIELDS = 65_536  # of a message that is read; of more the bytes are shown
_EXACT = 1 << 53
_SIGN, _ALL = 1 << 63, 1 << 64
_LEAST_SHOWN, _MOST_SHOWN = 1e-12, 1e15


class NotAMessageError(ValueError):
    """Bytes cannot be a message."""


def read_fields(data: bytes) -> bytes:
    """Return a message as JSON; its bytes in base64 where they cannot be one."""
    try:
        return dumps(_message(data, 0))
    except NotAMessageError:
        return dumps(b64encode(data).decode())


def _message(data: bytes, depth: int) -> dict[str, Json]:
    if depth > _DEEPEST:
        raise NotAMessageError
    found: dict[str, Json] = {}
    repeated: dict[str, list[Json]] = {}
    place, end, count = 0, len(data), 0
    while place < end:
        count += 1
        if count > _MOST_FIELDS:
            raise NotAMessageError
        key, place = _varint(data, place)
        number, kind = key >> 3, key & 7
        if not 0 < number < _HIGHEST:
            raise NotAMessageError
        value, place = _value(data, place, kind, depth)
        name = str(number)
        if name in repeated:
            repeated[name].append(value)
        elif name in found:
            several = repeated[name] = [found[name], value]
            found[name] = several
        else:
            found[name] = value
    return found


def _value(data: bytes, place: int, kind: int, depth: int) -> tuple[Json, int]:
    """Return a value and the place after it."""
    if kind == _VARINT:
        number, place = _varint(data, place)
        return _integer(number - _ALL if number >= _SIGN else number), place
    if kind in {_FIXED64, _FIXED32}:
        size = 8 if kind == _FIXED64 else 4
        return _fixed(_taken(data, place, size)), place + size
    if kind != _BYTES:
        raise NotAMessageError
    size, place = _varint(data, place)
    return _delimited(_taken(data, place, size), depth), place + size


def _taken(data: bytes, place: int, size: int) -> bytes:
    taken = data[place : place + size]
    if len(taken) < size:
        raise NotAMessageError
    return taken


def _varint(data: bytes, place: int) -> tuple[int, int]:
    number = 0
    for count, byte in enumerate(data[place : place + _LONGEST]):
        number |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:  # noqa: PLR2004 — the bit that says that more follow
            return number & (_ALL - 1), place + count + 1
    raise NotAMessageError


def _integer(number: int) -> Json:
    """Return an integer; one that JavaScript cannot hold as text."""
    return number if abs(number) <= _EXACT else str(number)


def _fixed(data: bytes) -> Json:
    (real,) = unpack("<d" if len(data) == 8 else "<f", data)  # noqa: PLR2004
    if isfinite(real) and (not real or _LEAST_SHOWN < abs(real) < _MOST_SHOWN):
        return float(real) if len(data) == 8 else float(f"{real:.7g}")  # noqa: PLR2004
    return _integer(int.from_bytes(data, "little"))


def _delimited(data: bytes, depth: int) -> Json:
    """Return a message, a text, or bytes; each is tried once, or depth would cost."""
    tried = _LINES.search(data) is not None
    if tried:
        with suppress(NotAMessageError):
            return _message(data, depth + 1)
    if not _CONTROL.search(data):
        with suppress(UnicodeDecodeError):
            return data.decode()
    if not tried:
        with suppress(NotAMessageError):
            return _message(data, depth + 1)
    return b64encode(data).decode()
