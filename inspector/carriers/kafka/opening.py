"""The records in a frame, batch by batch, with what is to be hidden of them hidden.

What is read of a record is read of what is shown of it. Where something was hidden, a
batch has a new checksum; the records of a compressed one are not shown at all.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from protocol import dumps
from protocol.named_tuple import NamedTuple

from .batches import (
    CRC_FROM,
    CRC_PLACE,
    HEAD_SIZE,
    Room,
    batches_in,
    checksum,
    records_of,
)
from .payloads import CORRELATION, DISPOSED, ERROR, REPLY_PARTITION, REPLY_TOPIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.carriers.base import Concealment

    from .batches import Batch, Record
    from .requests import Part, Topic

_CRC = struct.Struct(">I")
_REPLY = b".reply"
_BLANK = b"x"
_KEPT = frozenset({CORRELATION, REPLY_PARTITION, DISPOSED})
_DATA, _ERR = b'{"data":', b'{"err":'
_QUOTED = 2  # bytes around a text


class Opened(NamedTuple):
    """A batch and its records.

    Attributes:
        part: The partition that it is of.
        batch: Where it is in its frame.
        data: The bytes that its records have their places in.
        records: Those.
    """

    part: Part
    batch: Batch
    data: bytes
    records: list[Record]


def opened(
    data: bytes, parts: Iterable[Part], room: Room | None = None
) -> Iterator[Opened]:
    """Yield the batches of some partitions that have records of an application.

    Args:
        data: A frame.
        parts: The partitions in it.
        room: What their records may take together; as much as usual by default.

    Raises:
        MalformedError: They are malformed.
        LackingError: They are compressed, and what reads that is not installed.
    """
    room = room or Room()
    for part in parts:
        if part.begin == part.end:
            continue
        for batch in batches_in(data, part.begin, part.end):
            if not batch.control:
                yield Opened(part, batch, *records_of(data, batch, room))


def hidden(
    data: bytes, batches: list[Opened], topics: list[Topic], conceal: Concealment
) -> tuple[bytes, list[Opened]]:
    """Return a frame as it may be shown, as long as before, and its batches in that.

    The parts keep the names of their topics, which are hidden by :func:`hide_topic`.
    """
    shown = bytearray(data)
    for begin, end in topics:
        shown[begin:end] = hide_topic(data[begin:end], conceal)
    sources: list[bytes | None] = []
    for each in batches:
        batch = each.batch
        if batch.codec:
            source = bytearray(each.data)
            _hide(source, each.records, conceal)
            sources.append(bytes(source))
            begin = batch.begin + HEAD_SIZE
            shown[begin : batch.end] = _BLANK * (batch.end - begin)
        else:
            _hide(shown, each.records, conceal)
            sources.append(None)
        if shown[batch.begin : batch.end] != data[batch.begin : batch.end]:
            crc = checksum(memoryview(shown)[batch.begin + CRC_FROM : batch.end])
            _CRC.pack_into(shown, batch.begin + CRC_PLACE, crc)
    text = bytes(shown)
    kept = [
        each._replace(data=text if source is None else source)
        for each, source in zip(batches, sources, strict=True)
    ]
    return text, kept


def hide_topic(name: bytes, conceal: Concealment) -> bytes:
    """Return the name of a topic as it may be shown; that of replies likewise."""
    if name.endswith(_REPLY):
        return conceal.channel(name.removesuffix(_REPLY)) + _REPLY
    return conceal.channel(name)


def _hide(data: bytearray, records: list[Record], conceal: Concealment) -> None:
    """Hide what is secret in some records."""
    for record in records:
        if record.key is not None:
            _replace(data, record.key, b'{"data":{"key":', b"}}", conceal)
        if record.value is not None:
            _replace(data, record.value, _DATA, b"}", conceal)
        for name, span in record.headers:
            if name == REPLY_TOPIC:
                begin, end = span
                data[begin:end] = hide_topic(bytes(data[begin:end]), conceal)
            elif name == ERROR:
                _replace(data, span, _ERR, b"}", conceal)
            elif name not in _KEPT:
                head = b'{"data":{%b:' % dumps(name)
                _replace(data, span, head, b"}}", conceal)


def _replace(
    data: bytearray,
    span: tuple[int, int],
    head: bytes,
    tail: bytes,
    conceal: Concealment,
) -> None:
    """Hide what is secret in a value, as in a packet that holds it."""
    begin, end = span
    value = bytes(data[begin:end])
    if value[:1] in (b"{", b"["):
        text = head + value + tail
        shown = conceal.body(text)
        data[begin:end] = shown[len(head) : len(shown) - len(tail)]
        return
    quoted = dumps(value.decode("utf-8", "replace"))
    text = head + quoted + tail
    shown = conceal.body(text)
    if shown == text:
        return
    inner = shown[len(head) + 1 : len(shown) - len(tail) - 1]
    data[begin:end] = inner if len(inner) == len(value) else _BLANK * len(value)
