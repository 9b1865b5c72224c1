"""The bytes of a packet with another payload of the same length.

The TCP checksum is updated by what changed, so that it is right where it was right,
and wrong where the network card had not filled it in yet.

Source: RFC 1624, section 3, equation 3; RFC 9293, section 3.1.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from inspector.sources.records import PacketRecord
    from inspector.tcp.segments import Segment

_CHECKSUM = 16  # where in a TCP header
_WORDS = range(5, 16)  # sizes of a TCP header, in 4 bytes
_MASK = 0xFFFF


def with_payload(
    record: PacketRecord, segment: Segment, payload: bytes
) -> PacketRecord | None:
    """Return a packet with another payload; None where its own cannot be found.

    That is so for a payload that came in IP fragments.
    """
    if payload == segment.payload:
        return record
    start = record.data.rfind(segment.payload)
    header = _tcp_header(record.data, segment.flow[-4:], start)
    if start < 0 or header is None:
        return None
    data = bytearray(record.data)
    data[start : start + len(payload)] = payload
    (checksum,) = struct.unpack_from(">H", data, header + _CHECKSUM)
    fresh = _updated(checksum, segment.payload, payload)
    struct.pack_into(">H", data, header + _CHECKSUM, fresh)
    return msgspec.structs.replace(record, data=bytes(data))


def _tcp_header(data: bytes, ports: bytes, payload: int) -> int | None:
    """Return where the TCP header in front of a payload begins."""
    for words in _WORDS:
        place = payload - words * 4
        if place >= 0 and data[place : place + 4] == ports:
            offset = data[place + 12] >> 4
            if offset == words:
                return place
    return None


def _updated(checksum: int, before: bytes, after: bytes) -> int:
    total = (~checksum & _MASK) + (_sum(after) - _sum(before)) % _MASK
    while total > _MASK:
        total = (total & _MASK) + (total >> 16)
    return ~total & _MASK


def _sum(data: bytes) -> int:
    """Return the sum of the 16-bit words; a TCP payload begins with a whole one."""
    padded = data + bytes(len(data) % 2)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 2}H", padded)
    return sum(words) % _MASK
