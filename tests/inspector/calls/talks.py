"""One connection by itself: packets in, and what ends, without a capture around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.calls.matching import Tally
from inspector.streams.connections import Connection, Direction
from inspector.streams.endpoints import Endpoint
from inspector.streams.items import Closed
from inspector.streams.packets import DataPacket
from protocol import Json, JsonText, Packet, Request, Response

if TYPE_CHECKING:
    from inspector.calls.pairing import Pairing

SECOND = 1_000_000_000


class Talk:
    """One connection, and packets on it a second apart."""

    def __init__(
        self, pairing: Pairing, number: int = 1, tally: Tally | None = None
    ) -> None:
        ends = (Endpoint("10.0.0.1", 40_000 + number), Endpoint("10.0.0.2", 8888))
        self.connection = Connection(number, ends, 1, 0)
        self.connection.directions = (
            Direction(self.connection, 0),
            Direction(self.connection, 1),
        )
        self.pairing, self.tally = pairing, tally or Tally()
        self.packets: list[DataPacket] = []

    def packet(self) -> DataPacket:
        number = len(self.packets) + 1
        self.packets.append(DataPacket(number, number * SECOND, 0, 10, frames=1))
        return self.packets[-1]

    def see(self, packet: Packet, records: int = 1) -> Any:  # noqa: ANN401 — of any kind
        direction = self.connection.directions[isinstance(packet, Response)]
        return self.pairing.see(
            direction, packet, 10, [self.packet() for _ in range(records)]
        )

    def ask(self, identity: Json, pattern: Json = "sum") -> Any:  # noqa: ANN401
        return self.see(Request(pattern, identity))

    def answer(self, identity: Json, *, last: bool = True) -> Any:  # noqa: ANN401
        return self.see(Response(identity, JsonText(b"1"), is_disposed=last))

    def close(self) -> list[Any]:
        closed = Closed(self.connection, 99 * SECOND, "end")
        *ended, last = self.pairing.hear(closed)
        assert last is closed
        return ended
