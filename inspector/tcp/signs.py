"""What a segment's header says of it, beside the bytes that it brings.

Source: RFC 9293, sections 3.4 (sequence numbers), 3.8.4 and 3.8.6.1 (probes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .segments import TcpFlag

if TYPE_CHECKING:
    from .connections import Direction
    from .segments import Segment

_CONTROL = TcpFlag.SYN | TcpFlag.FIN | TcpFlag.RST
_UNRELATED = 1 << 24
"""Bytes between what belongs to one connection and what cannot."""


def begins_anew(direction: Direction, segment: Segment) -> bool:
    """Whether a segment is of a new connection on the ports of a known one.

    A repeated SYN has the sequence number of the first one. An answer to a SYN, or
    data far from the stream, are of another connection only where this one has
    ended: the capture lacks the SYN.
    """
    closed, flags = direction.connection.closed, segment.flags
    if not direction.begun:
        return False
    if flags & TcpFlag.SYN:
        repeated = direction.begins_behind(segment.seq)
        return not repeated and (closed or not flags & TcpFlag.ACK)
    distance = direction.place(segment.seq) - direction.next
    return closed and bool(segment.payload) and abs(distance) > _UNRELATED


def probes(direction: Direction, segment: Segment) -> bool:
    """Whether a segment only tries whether the other side is there, or has room.

    A keep-alive names the byte before the next one (RFC 9293, section 3.8.4), and so
    does Linux to a side that has no room; others send it the next byte (RFC 9293,
    section 3.8.6.1).
    """
    size = len(segment.payload)
    if size > 1 or segment.flags & _CONTROL or direction.fin is not None:
        return False
    place = direction.place(segment.seq)
    if size and place == direction.next:
        return direction.opposite.stopped
    return place == direction.next - 1
