"""Packets that were the first to carry some bytes of a stream."""

from __future__ import annotations

from typing import Any

import msgspec


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
