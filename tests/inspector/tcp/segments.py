"""Segments and connections in the making, without a capture around them."""

from __future__ import annotations

from inspector.streams.flags import TcpFlag
from inspector.tcp.connections import Connection, Direction
from inspector.tcp.segments import Segment

FLOW = bytes([10, 0, 0, 1, 10, 0, 0, 2]) + b"\x9c\x40\x22\xb8"
"""From 10.0.0.1:40000 to 10.0.0.2:8888."""


def segment(  # noqa: PLR0913 — the fields of a segment
    seq: int,
    payload: bytes = b"",
    *,
    flags: int = TcpFlag.ACK,
    ack: int = 0,
    number: int = 1,
    time_ns: int = 0,
    window: int = 1,
) -> Segment:
    """Return a segment of the first direction; an ACK, if nothing else is asked for."""
    seq %= 2**32
    return Segment(number, time_ns, FLOW, seq, ack, flags, payload, 0, window)


def connection() -> Connection:
    """Return a connection of which nothing is known."""
    return Connection(1, segment(0))


def opened() -> tuple[Connection, Direction, Direction]:
    """Return a connection, and its directions, which begin with 1,000 and 5,000.

    A segment of either was captured.
    """
    made = connection()
    first, second = made.directions
    first.begin(1_000, from_start=True)
    second.begin(5_000, from_start=True)
    first.heard = second.heard = True
    made.settle()
    return made, first, second
