"""Connections to bytes and back, as far as an exchange speaks of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.streams.connections import Connection, Direction
from inspector.streams.endpoints import Endpoint

if TYPE_CHECKING:
    from inspector.streams.names import Names

_KEPT = (
    "capture_ns",
    "client",
    "supposed",
    "carrier",
    "network",
    "service",
    "origin",
)
"""Attributes that are kept as they are."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode


def pack_connection(connection: Connection) -> bytes:
    """Return a connection as bytes; who else its peer is stands with it."""
    twin = connection.twin
    return _encode(
        (
            connection.number,
            connection.endpoints,
            connection.opened_in,
            connection.opened_ns,
            [getattr(connection, name) for name in _KEPT],
            None if twin is None else twin.number,
            connection.process,
        )
    )


def unpack_connection(packed: bytes, names: Names) -> tuple[Connection, int | None]:
    """Return the connection that was packed; its packets are not counted.

    Args:
        packed: Its bytes.
        names: What people call its ends.

    Returns:
        The connection, and the number of the one that its peer is known by; None where
        it has this one alone.
    """
    number, ends, opened_in, opened_ns, kept, twin, process = _decode(packed)
    made = _made(number, ends, opened_in, opened_ns, names)
    for name, value in zip(_KEPT, kept, strict=True):
        setattr(made, name, value)
    if process is not None:
        made.process = process[0], Endpoint(*process[1])
    return made, twin


def _made(
    number: int, ends: list[list[str]], opened_in: int, opened_ns: int, names: Names
) -> Connection:
    first, second = (Endpoint(address, int(port)) for address, port in ends)
    made = Connection(number, (first, second), opened_in, opened_ns)
    made.names = names
    made.directions = Direction(made, 0), Direction(made, 1)
    for each, other in (made.directions, made.directions[::-1]):
        each.opposite = other
    return made
