"""What the reassembly makes of captures in the making."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from inspector.streams.items import (
    Acknowledgement,
    Alarm,
    Chunk,
    Closed,
    End,
    Gap,
    Handshake,
    Limited,
    Unread,
)
from inspector.tcp.connections import Connection
from inspector.tcp.reassembly import Reassembler
from inspector.tcp.segments import SegmentDecoder
from tests.inspector.conversation import Side

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.limits import Limits
    from inspector.sources.records import PacketRecord

SEEN_SECOND = Side(1)
"""The side that is not seen first, client or not."""


Item: TypeAlias = Chunk | Gap | Acknowledgement | Limited | Closed
_OTHERS = End, Handshake, Alarm, Unread


def reassemble(
    records: Iterable[PacketRecord], limits: Limits | None = None
) -> list[Item]:
    """Return what the segments in records add, and what their end brings."""
    reassembler, decoder = Reassembler(limits), SegmentDecoder()
    items = list(reassembler.reassemble(decoder.decode(records)))
    items += reassembler.end(decoder.end)
    return [item for item in items if not isinstance(item, _OTHERS)]


def stream(items: Iterable[Item], side: Side) -> bytes:
    """Return the bytes of one side, a gap as question marks."""
    read = b""
    for item in items:
        if isinstance(item, Chunk) and item.direction.side == side:
            read += item.data
        elif isinstance(item, Gap) and item.direction.side == side:
            read += b"?" * item.size
    return read


def carriers(items: Iterable[Item], side: Side) -> list[int]:
    """Return for each byte of one side the number of the packet it came in."""
    return [
        item.packet.number
        for item in items
        if isinstance(item, Chunk) and item.direction.side == side
        for _ in item.data
    ]


def connection_of(items: Iterable[Item]) -> Connection:
    """Return the one connection that items are about."""
    (connection,) = {
        item.connection if isinstance(item, Closed) else item.direction.connection
        for item in items
    }
    assert isinstance(connection, Connection)
    return connection
