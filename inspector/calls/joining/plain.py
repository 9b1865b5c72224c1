"""What is plain so far over a broker: an exchange only when somebody asks.

Nearly every call or event has one handler, each of its hops is one data packet, and of
it nothing is wanted but figures. An exchange with its hops costs several times as much
as what is kept here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from inspector.calls.exchanges import Errands, Exchange
from inspector.calls.passages import Hop, Leg, Passage, Service, Way
from protocol import UNDEFINED, Event, Request, Response, parse_body

if TYPE_CHECKING:
    from inspector.calls.exchanges import Ledger
    from inspector.calls.plain import PlainPlace
    from inspector.streams.connections import Direction
    from inspector.streams.packets import DataPacket
    from protocol import Json, JsonText, UndefinedType

_STAGES = (
    (Leg.REQUEST, Way.IN),
    (Leg.REQUEST, Way.OUT),
    (Leg.REPLY, Way.IN),
    (Leg.REPLY, Way.OUT),
)
"""What the hops of an exchange are, in their order."""
ASKED, HANDED, ANSWERED, TOLD = 1, 2, 3, 4
"""How many hops one has, by how far it is."""


Seen: TypeAlias = "tuple[Direction, DataPacket, int]"
"""Where a hop passed, the data packet that carried it and nothing else of an exchange,
and the bytes of its unit."""


class PlainPassage(msgspec.Struct, gc=False, eq=False):
    """What is kept of a call or an event.

    Attributes:
        body: The JSON text of its request or event.
        data: The payload in that.
        route: The route of its pattern.
        channel: Where it was sent to.
        reply_channel: Where it wants its replies; None for an event.
        retransmissions: Of its connection, when it began.
        hops: Its hops, in the order in which they pass.
        place: What is the same for all of its pattern.
        verbs: What its carrier did for it, in a word each, in that order …
        served: … and where that passed, each in one data packet.
        group: The group that its handler is one of, if any.
        reply: The JSON text of its reply …
        reply_id: … the id in that; UNDEFINED where it has none …
        response: … and its value.
        packet: Its request or event, where ``body`` is not all of that.
        reply_part: Which part of ``reply_channel`` is its caller's; None for all of it.
    """

    body: bytes
    data: JsonText | UndefinedType
    route: str
    channel: str
    reply_channel: str | None
    retransmissions: int
    hops: list[Seen]
    place: PlainPlace
    verbs: tuple[str, ...]
    served: list[tuple[Direction, DataPacket]]
    group: str | None = None
    reply: bytes = b""
    reply_id: Json = UNDEFINED
    response: JsonText | UndefinedType = UNDEFINED
    packet: Request | Event | None = None
    reply_part: str | None = None

    def exchange(self, ledger: Ledger) -> Exchange:
        """Return the exchange that it is, with its passage.

        Args:
            ledger: Its packets; it has the number, the kind and the route.
        """
        direction, record, size = self.hops[0]
        packet = self._packet()
        exchange = Exchange(
            ledger.number,
            ledger.kind,
            direction.connection,
            ledger,
            record.time_ns,
            record.time_ns,
            [record for _, record, _ in self.hops[:HANDED]],
            size,
            self.retransmissions,
            packet.pattern,
            ledger.route,
            packet.data,
        )
        if isinstance(packet, Request):
            exchange.id = packet.id
        exchange.reply_packets = [record for _, record, _ in self.hops[HANDED:]]
        if len(self.hops) == TOLD:
            self._tell(exchange)
        exchange.passage = self._passage()
        if self.verbs:
            self._serve(exchange, exchange.passage)
        return exchange

    def _packet(self) -> Request | Event:
        packet = parse_body(self.body) if self.packet is None else self.packet
        assert isinstance(packet, Request | Event)
        return packet

    def response_packet(self) -> Response:
        """Return its reply, which is the last one and has a value."""
        return Response(self.reply_id, self.response, is_disposed=True)

    def _tell(self, exchange: Exchange) -> None:
        """Give an exchange the reply that its caller had."""
        _, record, size = self.hops[-1]
        exchange.replies, exchange.reply_ends = [self.response_packet()], [record]
        exchange.reply_bytes = size
        exchange.first_reply_ns = exchange.last_reply_ns = record.time_ns

    def _passage(self) -> Passage:
        hops = [
            Hop(
                leg,
                way,
                direction,
                [record],
                record.time_ns,
                self.channel if leg is Leg.REQUEST else self.reply_channel or "",
                int(leg is Leg.REPLY),
                size=size,
            )
            for (direction, record, size), (leg, way) in zip(
                self.hops, _STAGES, strict=False
            )
        ]
        passage = Passage(self.channel, self.reply_channel, hops, asked=True)
        passage.reply_part = self.reply_part
        if len(hops) >= HANDED:
            hops[1].group = self.group
            passage.served, passage.reached = True, 1
        return passage

    def _serve(self, exchange: Exchange, passage: Passage) -> None:
        """Give an exchange its errands, of which one may be in the request's packet."""
        first = self.hops[0][1]
        errands = exchange.errands = Errands(list(self.verbs))
        for verb, (direction, record) in zip(self.verbs, self.served, strict=True):
            if record is first:
                exchange.seats = 2  # of the errand, and of the request
            else:
                errands.packets.append(record)
            passage.errands.append(Service(verb, direction, [record]))
