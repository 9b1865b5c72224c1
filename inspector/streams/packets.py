"""Packets that were the first to carry some bytes of a stream."""

from __future__ import annotations

from collections import deque
from typing import Any

import msgspec

_REMEMBERED = 1024
"""Data packets of one direction that may wait for an ACK; some captures hold none."""


class DataPacket(msgspec.Struct, gc=False):
    """A captured packet that was the first to carry some bytes of a stream.

    Attributes:
        number: The record that carried it.
        time_ns: When that was captured, nanoseconds since 1970.
        start: Place of its first new byte in the stream of its direction.
        end: Place behind its last new byte.
        frames: How many frames have a byte in it, as far as they were decoded.
        acks: Pure ACKs that newly acknowledged it while it had no owner.
        owner: The ledger of what the first frame in it belongs to, once it is known.
        held_ns: How long it waited for the delayed ACK of the data packet before it
            (Nagle's algorithm, RFC 9293, section 3.7.4); 0 when it did not.
    """

    number: int
    time_ns: int
    start: int
    end: int
    frames: int = 0
    acks: int = 0
    owner: Any = None
    held_ns: int = 0


class InFlight(deque[DataPacket]):
    """Data packets of one direction that the other side has not acknowledged yet."""

    def __init__(self) -> None:
        super().__init__(maxlen=_REMEMBERED)

    def add(self, packet: DataPacket) -> None:
        """Remember a packet, in front of those that overtook it."""
        place = len(self)
        while place and self[place - 1].start > packet.start:
            place -= 1
        if place == len(self):
            self.append(packet)
        elif len(self) < _REMEMBERED:
            self.insert(place, packet)
