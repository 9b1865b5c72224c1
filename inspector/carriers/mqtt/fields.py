"""The fields that control packets are made of: numbers, lengths, strings.

::

    00 07                 a number of two bytes
    c0 01                 a length: seven bits in each byte, the lowest first
    00 03 73 75 6d        a string, or binary data, after its length in two bytes

Source: MQTT 3.1.1 and 5.0, section 1.5 (of 3.1.1 also 2.2.3, Remaining Length).
"""

from __future__ import annotations

LENGTH_BYTES = 4
"""Bytes of a length at most, which is below 2**28 therefore."""
_PAIR = 2  # bytes of a number, and of the length before a string


class MalformedError(ValueError):
    """The content of a control packet is malformed; says how, in words."""


def number_at(data: bytes, place: int, end: int) -> int:
    """Return the number of two bytes at a place.

    Raises:
        MalformedError: It goes beyond the end.
    """
    if place + _PAIR > end:
        raise MalformedError("it ends inside a number")
    return data[place] << 8 | data[place + 1]


def binary_at(data: bytes, place: int, end: int) -> tuple[bytes, int]:
    """Return the binary data at a place, and the place after it.

    Raises:
        MalformedError: It goes beyond the end.
    """
    if place + _PAIR > end:
        raise MalformedError("it ends inside the length of a string")
    begin = place + _PAIR
    after = begin + (data[place] << 8 | data[place + 1])
    if after > end:
        raise MalformedError("it ends inside a string")
    return data[begin:after], after


def text_at(data: bytes, place: int, end: int) -> tuple[str, int]:
    """Return the string at a place, and the place after it.

    Raises:
        MalformedError: It goes beyond the end, is not UTF-8, or has a null character.
    """
    raw, after = binary_at(data, place, end)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise MalformedError("a string in it is not UTF-8") from None
    if "\0" in text:
        raise MalformedError("a string in it has a null character")
    return text, after


def length_at(data: bytes | bytearray, place: int, end: int) -> tuple[int, int]:
    """Return the length at a place, and the place after it.

    Raises:
        MalformedError: It has more than four bytes, or goes beyond the end.
    """
    value = 0
    for index in range(min(LENGTH_BYTES, end - place)):
        byte = data[place + index]
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:  # noqa: PLR2004 — the bit that says that one more follows
            return value, place + index + 1
    if end - place < LENGTH_BYTES:
        raise MalformedError("it ends inside a length")
    raise MalformedError("a length in it has more than four bytes")
