"""Hops of exchanges by themselves, handed to what joins them without a capture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.calls.exchanges import Exchange
from inspector.calls.joining.joining import Joining
from inspector.calls.matching import Tally
from inspector.calls.seen import Sighting, Upkeep
from inspector.carriers.base import Errand, Transfer
from inspector.streams.connections import Connection, Direction
from inspector.streams.endpoints import Endpoint
from inspector.streams.items import Closed, End, Gap
from inspector.streams.packets import DataPacket
from protocol import Event, Json, JsonText, Packet, Request, Response, dumps

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from inspector.calls.joining.book import Book
    from inspector.calls.joining.joined import Memory
    from inspector.calls.matching import ExchangeItem
    from inspector.calls.observing import SightingItem
    from tests.inspector.conversation import Inspected

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
BROKER = Endpoint("10.0.0.9", 4222)
OTHER = Endpoint("10.0.0.8", 4222)


class Row:
    """What exchanges are counted in once they are told."""

    data = acks = 0


class Hops:
    """Connections to brokers, and transfers on them, a millisecond apart.

    Attributes:
        joining: What joins them.
        told: What it has told so far.
        now_ns: When the last of them passed.
    """

    def __init__(
        self,
        memory: Memory | None = None,
        same: Mapping[Endpoint, Endpoint] | None = None,
    ) -> None:
        self.joining = Joining(Tally(), memory, same)
        self.told: list[ExchangeItem] = []
        self.now_ns = SECOND
        self.packets: list[DataPacket] = []
        self._connections = 0

    @property
    def book(self) -> Book:
        """What is written down."""
        return self.joining.book

    @property
    def exchanges(self) -> list[Exchange]:
        """Those that were told, in the order in which they began."""
        told = [each for each in self.told if isinstance(each, Exchange)]
        return sorted(told, key=lambda each: each.number)

    def connect(self, broker: Endpoint = BROKER, opened_ns: int = 0) -> Connection:
        """Return a new connection, which carries packets of Nest."""
        self._connections += 1
        number = self._connections
        ends = Endpoint("10.0.0.1", 40_000 + number), broker
        connection = Connection(number, ends, 1, opened_ns)
        connection.directions = Direction(connection, 0), Direction(connection, 1)
        for each in connection.directions:
            each.from_start = bool(opened_ns)
        connection.carrier, connection.client = "nats", 0
        return connection

    def packet(self) -> DataPacket:
        """Capture a packet with one unit in it."""
        self.now_ns += MILLISECOND
        number = len(self.packets) + 1
        self.packets.append(DataPacket(number, self.now_ns, 0, 10, frames=1))
        return self.packets[-1]

    def hear(self, item: SightingItem) -> None:
        """Let it hear something, and count what it tells."""
        self._count(self.joining.hear(item))

    def _count(self, items: Iterable[ExchangeItem]) -> None:
        for each in items:
            self.told.append(each)
            if isinstance(each, Exchange):
                each.ledger.row = Row()

    def hand_in(self, peer: Connection, packet: Packet, **said: Any) -> Sighting:  # noqa: ANN401
        """Let a peer hand the broker a packet; see :class:`Transfer`."""
        return self._pass(peer.directions[0], packet, said)

    def hand_out(self, peer: Connection, packet: Packet, **said: Any) -> Sighting:  # noqa: ANN401
        """Let the broker hand a packet on."""
        return self._pass(peer.directions[1], packet, said)

    def _pass(
        self, direction: Direction, packet: Packet, said: dict[str, Any]
    ) -> Sighting:
        records = said.pop("records", None) or [self.packet()]
        body = said.pop("body", None) or repr(packet).encode()
        end = said.pop("size", 10)
        said = {"channel": "sum", "subscription": "1"} | said
        transfer = Transfer(
            side=direction.side, begin=0, end=end, packet=packet, body=body, **said
        )
        sighting = Sighting(direction, transfer, records)
        self.hear(sighting)
        return sighting

    def tend(self, peer: Connection, verb: str, *about: str, **said: Any) -> Upkeep:  # noqa: ANN401
        """Let a peer do something for the sake of a call."""
        side = said.pop("side", 1 if said.get("unwanted") else 0)
        unit = Errand(side=side, begin=0, end=10, verb=verb, about=about, **said)
        upkeep = Upkeep(peer.directions[side], unit, [self.packet()])
        self.hear(upkeep)
        return upkeep

    def lose(self, direction: Direction) -> None:
        """Let the capture lack bytes."""
        self.hear(Gap(direction, 10, len(self.packets)))

    def close(self, peer: Connection, cause: str = "close") -> None:
        """End a connection."""
        self.hear(Closed(peer, self.now_ns, cause))

    def elapse(self, time_ns: int = 2 * SECOND) -> None:
        """Let time pass."""
        self.now_ns += time_ns
        self._count(self.joining.elapse(self.now_ns))

    def end(self) -> list[Exchange]:
        """End the capture, and return all exchanges."""
        self.hear(End(len(self.packets), self.now_ns))
        return self.exchanges

    def call(
        self, caller: Connection, *handlers: Connection, inbox: str, value: Json = 1
    ) -> None:
        """Pass a whole call: all handlers take it and answer, and the caller leaves."""
        self.tend(caller, "SUB", inbox, opens=True)
        self.hand_in(caller, request(inbox), **to(inbox))
        for each in handlers:
            self.hand_out(each, request(inbox), **to(inbox))
        for each in handlers:
            self.hand_in(each, reply(inbox, value), channel=inbox, correlation=inbox)
        for _ in handlers:
            packet = reply(inbox, value)
            self.hand_out(caller, packet, channel=inbox, correlation=inbox)
        self.tend(caller, "UNSUB", inbox)


def to(inbox: str) -> dict[str, str]:
    """Return what a request says of its replies."""
    return {"correlation": inbox, "reply_channel": inbox}


def request(inbox: str) -> Request:
    """Return a request that wants its replies in an inbox, which is its id too."""
    return Request("sum", inbox)


def event(data: Json = 1) -> Event:
    """Return an event."""
    return Event("log", JsonText(dumps(data)))


def reply(identity: Json, value: Json = 1, *, last: bool = True) -> Response:
    """Return a reply."""
    return Response(identity, JsonText(dumps(value)), is_disposed=last)


def adds_up(result: Inspected) -> bool:
    """Whether each data packet of exchanges is in one row."""
    rows = result.report.packet_rows.values()
    packets = {
        record.number
        for each in result.exchanges
        if each.passage is not None
        for records in (
            *(hop.records for hop in each.passage.hops),
            *(errand.records for errand in each.passage.errands),
        )
        for record in records
    }
    return sum(row.data for row in rows) == len(packets)
