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

_DATA_OFFSET, _CHECKSUM = 12, 16  # places in a TCP header
_MASK = 0xFFFF


def with_payload(
    record: PacketRecord, segment: Segment, payload: bytes
) -> PacketRecord:
    """Return a packet with another payload of the same length.

    Args:
        record: The packet.
        segment: What was decoded from it, and is in it.
        payload: What it is to carry.
    """
    if payload == segment.payload:
        return record
    data, header = bytearray(record.data), segment.header
    start = header + (data[header + _DATA_OFFSET] >> 4 << 2)
    data[start : start + len(payload)] = payload
    (checksum,) = struct.unpack_from(">H", data, header + _CHECKSUM)
    fresh = _updated(checksum, segment.payload, payload)
    struct.pack_into(">H", data, header + _CHECKSUM, fresh)
    return msgspec.structs.replace(record, data=bytes(data))


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
