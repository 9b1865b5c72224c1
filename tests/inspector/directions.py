"""Directions of a connection, for what is read of them alone."""

from __future__ import annotations

from inspector.tcp.connections import Connection, Direction
from inspector.tcp.segments import SegmentDecoder
from tests.inspector.conversation import Wire


def direction() -> Direction:
    """Return what a client says on a connection that has just been opened."""
    wire = Wire()
    wire.connect()
    segment = next(iter(SegmentDecoder().decode(wire.records)))
    return Connection(1, segment).directions[0]
