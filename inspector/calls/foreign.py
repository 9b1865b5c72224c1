"""Connections to a port of Nest's that no carrier reads.

Whether a port is Nest's may show only later: until then what came to it waits.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.streams.packets import DataPacket

from .seen import Remark

if TYPE_CHECKING:
    from inspector.streams.connections import Connection, Direction
    from inspector.streams.endpoints import Endpoint

MAX_WAITING = 1_000
"""Connections that are remembered until it shows whether their port is Nest's."""


class ForeignTraffic:
    """What no carrier reads, by the endpoint that it was sent to.

    Args:
        most_waiting: Connections that are remembered until it shows whether their port
            is Nest's.

    Attributes:
        foreign: Name of another protocol and port → connections that speak it.
    """

    def __init__(self, most_waiting: int = MAX_WAITING) -> None:
        self.foreign: Counter[str] = Counter()
        self._most_waiting = most_waiting
        self._services: dict[Endpoint, str] = {}  # … and their carriers
        self._waiting: dict[Endpoint, list[Remark]] = {}
        self._count = 0

    def on_nest(self, connection: Connection) -> list[Remark]:
        """Learn that a connection is Nest's; return what else came to its port."""
        endpoint = connection.server_endpoint
        self._services.setdefault(endpoint, connection.carrier)
        remarks = self._waiting.pop(endpoint, [])
        self._count -= len(remarks)
        return [self._at_service(each, endpoint) for each in remarks]

    def on_foreign(
        self, direction: Direction, protocol: str, record: DataPacket
    ) -> list[Remark]:
        """Take in a connection that speaks another protocol."""
        port = direction.connection.endpoints[1 - direction.side].port
        self.foreign[f"{protocol} on :{port}"] += 1
        remark = Remark("foreign-protocol", direction, record, subject=protocol)
        return self._judge(remark)

    def on_empty(self, connection: Connection) -> list[Remark]:
        """Take in a connection that is over and carried nothing."""
        asked = connection.directions[connection.client or 0]
        record = DataPacket(connection.opened_in, connection.opened_ns, 0, 0)
        return self._judge(Remark("empty-connection", asked, record))

    def _judge(self, remark: Remark) -> list[Remark]:
        endpoint = remark.direction.connection.server_endpoint
        if endpoint in self._services:
            return [self._at_service(remark, endpoint)]
        if self._count < self._most_waiting:
            self._count += 1
            self._waiting.setdefault(endpoint, []).append(remark)
        return []

    def _at_service(self, remark: Remark, endpoint: Endpoint) -> Remark:
        """Note on the connection of a remark what its server speaks."""
        remark.direction.connection.service = self._services[endpoint]
        return remark
