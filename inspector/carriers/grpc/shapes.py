"""Messages that no ``.proto`` file describes, without what is in them.

::

    key 1, 0a 07 "hunter2"  ─►  0a 07 "xxxxxxx"     the key and the length remain
    key 2, 10 ac 02         ─►  10 80 00            a number is 0, as long as it was
    key 3, 1d 00 00 40 40   ─►  1d 00 00 00 00

The shape of a message is its own fields: their numbers, what kind of value each has,
and how long that is. What is in a field is never looked into: a message in it cannot be
distinguished from bytes, of which a part would remain. Nor is a shape made of anything
that may not be a message of Protocol Buffers. A test holds that two messages with other
values of the same lengths have the same shape.
"""

from __future__ import annotations

import re

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: 8, _FIXED32: 4}
_LONGEST = 10  # bytes of a number …
_LONGEST_KEY = 5  # … and of a key, or of a length
_MORE = 0x80
_HIGHEST = 1 << 29  # of the numbers of fields, and more
_MOST_FIELDS = 65_536
_TEXT = re.compile(rb"[\t\n\r\x20-\x7e]+")


def shape_of(data: bytes) -> bytes | None:
    """Return a message with its values hidden, in as many bytes.

    Returns:
        None for what cannot be a message, or may as well be text.
    """
    if _TEXT.fullmatch(data):
        return None
    shown, place = bytearray(), 0
    for _ in range(_MOST_FIELDS):
        if place == len(data):
            return bytes(shown)
        key = _end_of_number(data, place, _LONGEST_KEY)
        begin, end = _value(data, key, _number(data[place:key]))
        if end < 0 or end > len(data):
            return None
        kind = data[place] & 7
        shown += data[place:begin] + _hidden(kind, end - begin)
        place = end
    return None


def _value(data: bytes, place: int, key: int) -> tuple[int, int]:
    """Return where the value of a field begins and ends; -1 where it has none."""
    kind = key & 7
    if place < 0 or not 0 < key >> 3 < _HIGHEST:
        return -1, -1
    if kind == _VARINT:
        return place, _end_of_number(data, place, _LONGEST)
    if kind in _FIXED:
        return place, place + _FIXED[kind]
    if kind != _BYTES:
        return -1, -1
    begin = _end_of_number(data, place, _LONGEST_KEY)
    return begin, -1 if begin < 0 else begin + _number(data[place:begin])


def _hidden(kind: int, size: int) -> bytes:
    """Return what stands for a value: text of ``x``, or 0 in as many bytes."""
    if kind == _BYTES:
        return b"x" * size
    return bytes([_MORE] * (size - 1) + [0]) if kind == _VARINT else bytes(size)


def _end_of_number(data: bytes, place: int, most: int) -> int:
    """Return the place after a number; -1 for one that does not end in time."""
    for at in range(place, min(place + most, len(data))):
        if data[at] < _MORE:
            return at + 1
    return -1


def _number(data: bytes) -> int:
    return sum((byte & 0x7F) << (7 * count) for count, byte in enumerate(data))
