"""Requests that Nest never read, as it lost count of the frames before them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from inspector.calls.seen import Anomaly, Remark

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.streams.connections import Connection

Trouble: TypeAlias = Anomaly | Remark

_COUNTED_OTHERWISE = "length-unit"
_LOSE_THE_REST = {
    _COUNTED_OTHERWISE,
    "invalid-json",
    "corrupted-length",
    "buffer-limit",
}
"""Codes after which Nest drops what it has read, and closes the connection.

Source: ``packages/microservices/helpers/json-socket.ts``, ``onData``.
"""


class Unread:
    """Where clients have sent what Nest cannot read, on connections that are open."""

    def __init__(self) -> None:
        self._first: dict[Connection, Trouble] = {}

    def note(self, trouble: Trouble) -> None:
        """Learn what is wrong with the bytes of a direction."""
        direction = trouble.direction
        connection = direction.connection
        client = direction.side == (connection.client or 0)
        if client and trouble.code in _LOSE_THE_REST:
            self._first.setdefault(connection, trouble)

    def cause(self, call: Exchange) -> str:
        """Return the code of why Nest never read a request; empty where it did.

        A frame that is counted otherwise takes itself along, others what follows them.
        """
        first = self._first.get(call.connection)
        if first is None:
            return ""
        itself = first.code == _COUNTED_OTHERWISE
        lost = call.request_packets[-1].number - first.record.number
        return first.code if lost > 0 or (itself and not lost) else ""

    def forget(self, connection: Connection) -> None:
        """Learn that a connection is over."""
        self._first.pop(connection, None)
