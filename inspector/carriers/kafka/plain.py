"""Frames as kafkajs and its brokers write most of them, unpacked in one go.

::

    Produce 7         null acks timeout │ one topic │ one partition │ one batch
    … 5 to 7, answer  one topic │ partition error offset time start │ delay
    Fetch 11          … │ topics, each of one partition: an offset │ none to forget
    … answer          delay error session │ topics, each of one partition │ one batch
    batch             61 bytes │ one record, with headers of Nest's alone

Of all else, and of what is malformed, each function returns None: then
:mod:`.requests`, :mod:`.responses` and :mod:`.batches` read it. What they would say of
such a frame is the same.

Source: https://kafka.apache.org/protocol, "The Messages"; and see :mod:`.batches`.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from .batches import BATCH, HEAD_SIZE, MAGIC, varint
from .fields import INT, SHORT, MalformedError
from .payloads import OF_NEST, read_record, text_of

if TYPE_CHECKING:
    from protocol import Packet

_NAMED = struct.Struct(">ih")  # how many topics, and the size of the name of the first
_PRODUCE = struct.Struct(">hhiih")
_PLACED = struct.Struct(">iii")  # how many partitions, which one, size of its batches
_PRODUCED = struct.Struct(">iihqqqi")
_ASKED = struct.Struct(">iiiqqi")
_ASKED_FROM = 25  # bytes after the name of its client: how long to wait, and so on
_FETCHED = struct.Struct(">ihii")
_HANDED = struct.Struct(">iihqqqiii")
_HEAD = 8  # a length, and the number of a request
_NULL = -1
_UNUSUAL = 0x37
"""Attributes of a batch that is compressed, of a transaction, or the end of one."""
_MORE = 0x80
_NO_KEY = 1  # -1 as a varint
_SHORT = 2_048
"""Bytes of a batch whose record is remembered until it is handed on."""
_NAMES = {name.encode(): name for name in OF_NEST}
_REFUSED = struct.error, IndexError, UnicodeDecodeError, MalformedError

Place: TypeAlias = "tuple[str, int]"
"""A topic, and which partition of it."""


class Plain(msgspec.Struct, gc=False):
    """The only record of a batch.

    Attributes:
        packet: What it says.
        body: Its value, as Nest reads it.
        raw: Its value.
        key: Its key; None for none.
        headers: Its headers, in their order.
    """

    packet: Packet
    body: bytes
    raw: bytes
    key: bytes | None
    headers: dict[str, bytes]


class Handed(msgspec.Struct, gc=False):
    """The only record of a frame, in the only batch.

    Attributes:
        topic: Of which topic it is …
        partition: … and of which partition.
        begin: Where the batch begins …
        end: … and ends.
        after: The offset after the last record that the partition has.
    """

    topic: str
    partition: int
    begin: int
    end: int
    after: int = -1


NOTHING_HANDED = Handed("", 0, 0, 0)
"""What a poll in vain has brought."""


def produced_in(data: bytes, place: int) -> Handed | None:
    """Return the only batch of a Produce whose receipt is asked for.

    Args:
        data: The frame.
        place: Where the name of its client ends.
    """
    try:
        transaction, acks, _, count, size = _PRODUCE.unpack_from(data, place)
        begin = place + _PRODUCE.size
        end = begin + size
        parts, number, held = _PLACED.unpack_from(data, end)
        topic = data[begin:end].decode()
    except _REFUSED:
        return None
    first = end + _PLACED.size
    usual = transaction == _NULL and acks and count == 1 and parts == 1 and size > 0
    if not usual or first + held != len(data):
        return None
    return Handed(topic, number, first, len(data))


def receipt_in(data: bytes) -> tuple[Place, int] | None:
    """Return where the only record of a Produce is now: its partition, and offset."""
    try:
        count, size = _NAMED.unpack_from(data, _HEAD)
        begin = _HEAD + _NAMED.size
        end = begin + size
        parts, number, error, offset, _, _, _ = _PRODUCED.unpack_from(data, end)
        topic = data[begin:end].decode()
    except _REFUSED:
        return None
    usual = count == 1 and parts == 1 and not error and size > 0
    if not usual or end + _PRODUCED.size != len(data):
        return None
    return (topic, number), offset


def asked_from(data: bytes, place: int, handed: Handed) -> int | None:
    """Return from which offset on a Fetch asks for records of a partition.

    Args:
        data: The frame.
        place: Where the name of its client ends.
        handed: What it has brought.
    """
    name, number, found = handed.topic, handed.partition, None
    try:
        (count,) = INT.unpack_from(data, place + _ASKED_FROM)
        place += _ASKED_FROM + INT.size
        for _ in range(count):  # all of them: what is malformed is no offset
            begin = place + SHORT.size
            place = begin + SHORT.unpack_from(data, place)[0]
            parts, which, _, offset, _, _ = _ASKED.unpack_from(data, place)
            if parts != 1 or place < begin:
                return None
            if which == number and data[begin:place].decode() == name:
                found = offset
            place += _ASKED.size
    except _REFUSED:
        return None
    return found


# decision 34: nearly all polls are these, of a topic for each pattern of a service
def handed_in(data: bytes) -> Handed | None:
    """Return the only records of an answer to a Fetch, or :data:`NOTHING_HANDED`.

    None for records of several partitions, and for objections.
    """
    found, size = NOTHING_HANDED, len(data)
    try:
        _, error, _, count = _FETCHED.unpack_from(data, _HEAD)
        place = _HEAD + _FETCHED.size
        for _ in range(count):
            begin = place + SHORT.size
            end = begin + SHORT.unpack_from(data, place)[0]
            parts, number, wrong, after, _, _, aborted, _, held = _HANDED.unpack_from(
                data, end
            )
            if parts != 1 or wrong or aborted > 0 or end < begin:
                return None
            place = end + _HANDED.size
            if held > 0:
                if found is not NOTHING_HANDED:
                    return None
                topic = data[begin:end].decode()
                found = Handed(topic, number, place, place + held, after)
                place += held
    except _REFUSED:
        return None
    return found if place == size and not error else None


def record_in(data: bytes, handed: Handed) -> tuple[Plain, int] | None:
    """Return the only record there, and its offset, if it is plain, and has text."""
    begin, end = handed.begin, handed.end
    if end - begin <= HEAD_SIZE:
        return None
    head = BATCH.unpack_from(data, begin)
    usual = head[3] == MAGIC and head[12] == 1 and not head[5] & _UNUSUAL
    if not usual or begin + 12 + head[1] != end:
        return None
    reads = _known if end - begin < _SHORT else _record
    plain = reads(handed.topic, data[begin + HEAD_SIZE : end])
    return None if plain is None else (plain, head[0])


def _record(topic: str, data: bytes) -> Plain | None:
    """Return what a record says that is all of some bytes."""
    try:
        size, place = varint(data, 0)
        # Attributes, its time and its place after the first, which it is.
        if place + size != len(data) or data[place + 1] or data[place + 2]:
            return None
        key, place = None, place + 3
        if data[place] == _NO_KEY:
            place += 1
        else:
            key, place = _part(data, place)
        raw, place = _part(data, place)
        headers = _headers(data, place)
    except _REFUSED:
        return None
    value = None if headers is None else text_of(raw)
    if value is None or headers is None:
        return None
    return Plain(read_record(topic, value, headers), bytes(value), raw, key, headers)


_known = lru_cache(maxsize=1_024)(_record)
"""The same of what is handed on soon after it was handed in."""


def _headers(data: bytes, place: int) -> dict[str, bytes] | None:
    """Return the headers at a place, if all are Nest's, and nothing is after them."""
    count, place = varint(data, place)
    if count < 0:
        return None
    headers: dict[str, bytes] = {}
    for _ in range(count):
        size = data[place]
        begin = place + 1
        place = begin + (size >> 1)
        name = _NAMES.get(data[begin:place])
        if name is None or size & 1 or size >= _MORE:
            return None
        headers[name], place = _part(data, place)
    return headers if place == len(data) else None


def _part(data: bytes, place: int) -> tuple[bytes, int]:
    """Return what is at a place, which is not null, and the place after it."""
    size, begin = varint(data, place)
    if size < 0:
        raise MalformedError("it is null")
    place = begin + size
    return data[begin:place], place
