"""Connections to bytes and back, as far as an exchange speaks of them, and kept."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import msgspec

from inspector.streams.connections import Connection, Direction
from inspector.streams.endpoints import Endpoint

if TYPE_CHECKING:
    import sqlite3

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
_KNOWN = 4_096  # connections that are remembered as they were kept
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


class KeptConnections:
    """The connections of exchanges, in a database.

    Whoever calls holds the lock of the database.

    Args:
        database: Has the table ``connections``.
        names: What people call addresses and ports.
    """

    def __init__(self, database: sqlite3.Connection, names: Names) -> None:
        self._database, self._names = database, names
        # What is known of a connection that was kept.
        self._packed: dict[int, tuple[object, ...]] = {}
        self._made: OrderedDict[int, Connection] = OrderedDict()

    def keep(self, connection: Connection) -> None:
        """Keep a connection, and its twin."""
        self._keep(connection)
        if connection.twin is not None:
            self._keep(connection.twin)

    def connection(self, number: int) -> Connection:
        """Return a connection that was kept."""
        made = self._made.get(number)
        if made is not None:
            return made
        query = f"SELECT packed FROM connections WHERE number = {number}"
        (packed,) = self._database.execute(query).fetchone()
        made, twin = unpack_connection(packed, self._names)
        self._made[number] = made
        if twin is not None:
            made.twin = self.connection(twin)
        if len(self._made) > _KNOWN:
            self._made.popitem(last=False)
        return made

    def _keep(self, connection: Connection) -> None:
        # Which side asks, and whose twin it is, may be learnt later.
        state = (connection.client, connection.twin, connection.process)
        if self._packed.get(connection.number) == state:
            return
        if len(self._packed) >= _KNOWN:
            self._packed.clear()
        self._packed[connection.number] = state
        self._made.pop(connection.number, None)
        self._database.execute(
            "INSERT OR REPLACE INTO connections VALUES (?, ?, ?, ?)",
            (
                connection.number,
                connection.client_text,
                connection.server_text,
                pack_connection(connection),
            ),
        )
