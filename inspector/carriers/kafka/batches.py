"""Record batches: what producers send and brokers keep, byte for byte.

::

    baseOffset length epoch magic crc attributes … count │ record record …
    └──────────── 61 bytes ─────────────────────────────┘ perhaps compressed

A broker gives a batch its first offset, and hands it on as it is. Only magic 2, which
producers write since Kafka 0.11, has headers, which Nest needs.

Source: https://kafka.apache.org/documentation, "Record Batch" and "Record".
"""

from __future__ import annotations

import struct

import msgspec

from .compression import MAX_RECORDS, decompress
from .fields import INT, MalformedError

MAX_COUNT = 1 << 18
"""Records that are read of a frame: a few bytes may be compressed to many more."""
BATCH = struct.Struct(">qiibIhiqqqhii")
HEAD_SIZE = BATCH.size
CRC_PLACE, CRC_FROM = 17, 21
MAGIC_PLACE, MAGIC = 16, 2
_LENGTH_PLACE, _LENGTH_FROM = 8, 12
_CODEC, _TRANSACTIONAL, _CONTROL = 0x07, 0x10, 0x20
_MORE = 0x80


class Batch(msgspec.Struct, gc=False):
    """A record batch.

    Attributes:
        begin: Where it begins in its frame …
        end: … and where it ends.
        first: The offset of its first record; a producer says 0.
        codec: How its records are compressed; 0 if they are not.
        transactional: Whether it is part of a transaction …
        control: … and whether it ends one, and has no records of an application.
        count: How many records it says that it has.
    """

    begin: int
    end: int
    first: int
    codec: int
    transactional: bool
    control: bool
    count: int


class Record(msgspec.Struct, gc=False):
    """A record, with places in the bytes of its batch's records.

    Attributes:
        offset: Which one of its partition it is.
        begin: Where it begins …
        end: … and ends.
        key: Where its key is; None if it has none.
        value: Where its value is; None if that is null.
        headers: Name → where the value is, of each header.
    """

    offset: int
    begin: int
    end: int
    key: tuple[int, int] | None
    value: tuple[int, int] | None
    headers: list[tuple[str, tuple[int, int]]]


def batches_in(data: bytes, begin: int, end: int) -> list[Batch]:
    """Return the batches of a partition; a broker may truncate the last.

    Args:
        data: A frame.
        begin: Where they begin in it …
        end: … and end.

    Raises:
        MalformedError: There is something else.
    """
    found = []
    place = begin
    while end - place >= HEAD_SIZE:
        after = place + _LENGTH_FROM + INT.unpack_from(data, place + _LENGTH_PLACE)[0]
        magic = data[place + MAGIC_PLACE]
        if magic != MAGIC:
            raise MalformedError(f"its records are of magic {magic}, not {MAGIC}")
        if after - place < HEAD_SIZE:
            raise MalformedError(f"a batch of {after - place} bytes")
        if after > end:
            break
        head = BATCH.unpack_from(data, place)
        first, attributes, count = head[0], head[5], head[12]
        found.append(
            Batch(
                place,
                after,
                first,
                attributes & _CODEC,
                bool(attributes & _TRANSACTIONAL),
                bool(attributes & _CONTROL),
                count,
            )
        )
        place = after
    return found


class Room(msgspec.Struct, gc=False):
    """What the batches of one frame may take together.

    Each of many may be compressed as far as it can.

    Attributes:
        size: Bytes that may be left of those that were compressed.
        count: Records.
    """

    size: int = MAX_RECORDS
    count: int = MAX_COUNT


# decision 171
def records_of(
    data: bytes, batch: Batch, room: Room | None = None
) -> tuple[bytes, list[Record]]:
    """Return the records of a batch, and the bytes that their places are in.

    Args:
        data: A frame.
        batch: The batch.
        room: What is left for it, and for the others of the frame, which it takes of;
            by default as if it was alone.

    Raises:
        MalformedError: They are not what the batch says.
        LackingError: They are compressed, and what reads that is not installed.
    """
    place, end = batch.begin + HEAD_SIZE, batch.end
    room = room or Room()
    if batch.codec:
        data = decompress(batch.codec, data[place:end], room.size)
        place, end = 0, len(data)
        room.size -= end
    if not 0 <= batch.count <= min(end - place, room.count):
        raise MalformedError(f"a batch of {batch.count:,} records")
    room.count -= batch.count
    records = []
    try:
        for _ in range(batch.count):
            record = _record(data, place, batch.first)
            place = record.end
            if place > end:
                raise MalformedError("a record is longer than its batch")
            records.append(record)
    except IndexError:
        raise MalformedError("a record is longer than its batch") from None
    return data, records


def _record(data: bytes, begin: int, first: int) -> Record:
    """Return the record at a place.

    Raises:
        IndexError: It does not end.
        MalformedError: A length in it is impossible.
    """
    size, place = varint(data, begin)
    end = place + size
    if size < 0 or end > len(data):
        raise IndexError
    _, place = varint(data, place + 1)  # after its attributes: its time
    delta, place = varint(data, place)
    key, place = _part(data, place, end)
    value, place = _part(data, place, end)
    count, place = varint(data, place)
    if not 0 <= count <= end - place:
        raise MalformedError(f"a record with {count:,} headers")
    headers = []
    for _ in range(count):
        name, place = _part(data, place, end)
        header, place = _part(data, place, end)
        if name is not None:
            word = data[name[0] : name[1]].decode("utf-8", "replace")
            headers.append((word, header or (place, place)))
    if place != end:
        raise MalformedError(f"a record of {end - begin} bytes ends at {place - begin}")
    return Record(first + delta, begin, end, key, value, headers)


def _part(data: bytes, place: int, end: int) -> tuple[tuple[int, int] | None, int]:
    """Return where a key, a value or a name is, and the place after it."""
    size, place = varint(data, place)
    if size < 0:
        return None, place
    if place + size > end:
        raise MalformedError("a part is longer than its record")
    return (place, place + size), place + size


def varint(data: bytes, place: int) -> tuple[int, int]:
    """Return a signed varint and the place after it.

    Raises:
        IndexError: It does not end.
        MalformedError: It is too long.
    """
    byte = data[place]
    if byte < _MORE:  # nearly all are
        return (byte >> 1) ^ -(byte & 1), place + 1
    number, shift = byte & 0x7F, 7
    while True:
        place += 1
        byte = data[place]
        number |= (byte & 0x7F) << shift
        if byte < _MORE:
            return (number >> 1) ^ -(number & 1), place + 1
        shift += 7
        if shift > 63:  # noqa: PLR2004 — bits of the longest
            raise MalformedError("a number does not end")


_TABLE: list[int] = []
_CASTAGNOLI = 0x82F63B78


def checksum(data: bytes | bytearray | memoryview) -> int:
    """Return the CRC-32C of some bytes: that of a batch, from its attributes on.

    Only what was changed to hide secrets is given a new one, so it need not be fast.

    Source: RFC 3720, appendix B.4.
    """
    if not _TABLE:
        for number in range(256):
            value = number
            for _ in range(8):
                value = (value >> 1) ^ (_CASTAGNOLI * (value & 1))
            _TABLE.append(value)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF
