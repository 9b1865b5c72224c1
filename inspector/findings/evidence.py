"""What findings are judged from.

::

    Exchange ─► HeldPacket …   its data packets that waited for an ACK
             ─► Payload …      its data, and the values of its replies
             ─► Reply …        its replies
             ─► Spelling, Use  what its pattern is like: see :mod:`.habits`
    Closed   ─► Disturbance …  what disturbed its connection

and, as they come, Anomaly, Remark, Upkeep, Stray, Doubled, ClockStep, Gap and Limited.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

import msgspec

from inspector.calls.exchanges import Exchange, Kind
from inspector.calls.matching import Doubled, Stray
from inspector.calls.participants import broker_of
from inspector.calls.seen import Anomaly, Remark, Upkeep
from inspector.calls.serving import answered_in, asked_in, service_of
from inspector.calls.steps import ClockStep
from inspector.streams.items import Gap, Limited
from protocol import UNDEFINED

from .conclusions import Conclusion
from .finding import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.passages import Passage
    from inspector.streams.connections import Connection, Direction
    from inspector.streams.items import Closed
    from inspector.streams.packets import DataPacket
    from protocol import Response


class HeldPacket(msgspec.Struct, gc=False):
    """A data packet of an exchange that waited for a delayed ACK.

    Attributes:
        call: The exchange, to which it belongs.
        packet: The data packet.
        reply: Whether it carried a reply.
    """

    call: Exchange
    packet: DataPacket
    reply: bool


class Payload(msgspec.Struct, gc=False):
    """What an exchange carries: its data, or the value of a reply.

    Attributes:
        call: The exchange.
        text: The JSON text, one character for each byte of it.
        packet: The data packet that completed it.
        word: What it is the payload of: ``request``, ``event`` or ``reply``.
    """

    call: Exchange
    text: str
    packet: DataPacket
    word: str


class Reply(msgspec.Struct, gc=False):
    """A reply of an exchange.

    Attributes:
        call: The exchange.
        response: What the reply says.
        packet: The data packet that completed it.
    """

    call: Exchange
    response: Response
    packet: DataPacket


class Disturbance(msgspec.Struct, gc=False):
    """What disturbed a connection that is over; of each kind there is one.

    Attributes:
        connection: The connection.
        kind: ``reset``, ``retransmission``, ``zero window``, ``copy``, ``proxy`` (the
            header of the PROXY protocol) or ``unseen``: the capture holds no packet.
        side: The side that showed it first.
        packet: The record in which it did; the first where it holds none.
        count: How many packets showed it; how many bytes of an unseen side the other
            has acknowledged.
    """

    connection: Connection
    kind: str
    side: int
    packet: int
    count: int


def held_packets(call: Exchange) -> Iterator[HeldPacket]:
    """Yield the data packets that waited and belong to no exchange before."""
    for packets, reply in ((call.request_packets, False), (call.reply_packets, True)):
        for packet in packets:
            if packet.held_ns and packet.owner is call.ledger:
                yield HeldPacket(call, packet, reply)


def payloads(call: Exchange) -> Iterator[Payload]:
    """Yield what an exchange carries, the data first."""
    if call.request_packets and call.data is not UNDEFINED:
        word = "event" if call.kind is Kind.EVENT else "request"
        text = str(call.data, "latin-1")
        yield Payload(call, text, asked_in(call), word)
    for reply, packet in zip(call.replies, call.reply_ends, strict=True):
        if reply.response is not UNDEFINED:
            yield Payload(call, str(reply.response, "latin-1"), packet, "reply")


def replies(call: Exchange) -> Iterator[Reply]:
    """Yield the replies of an exchange."""
    for response, packet in zip(call.replies, call.reply_ends, strict=True):
        yield Reply(call, response, packet)


def disturbances(closed: Closed) -> Iterator[Disturbance]:
    """Yield what disturbed a connection, in the order in which it showed."""
    connection, packets = closed.connection, closed.connection.counts
    counts = {
        "retransmission": packets.retransmissions,
        "zero window": packets.zero_windows,
        "copy": packets.copies,
    }
    for kind, (side, packet) in connection.trouble.items():
        if kind == "reset" and _was_over(connection, side):
            continue
        yield Disturbance(connection, kind, side, packet, counts.get(kind, 1))
    unseen = connection.unseen
    if unseen is not None:
        number = connection.opened_in
        yield Disturbance(connection, "unseen", unseen.side, number, unseen.claimed)


def _was_over(connection: Connection, side: int) -> bool:
    """Whether a broker resets a connection that its client has closed before.

    RabbitMQ does, where the client closes it without a wait for the last FIN.
    """
    ending = connection.ending
    closed = ending is not None and not ending.reset and ending.side != side
    return closed and bool(broker_of(connection))


def misread(connection: Connection) -> bool:
    """Whether a server has not understood the header of a proxy: it said nothing."""
    server = connection.directions[1 - (connection.client or 0)]
    return bool(connection.proxy) and not server.next


def last_packet(call: Exchange) -> DataPacket:
    """Return the last data packet of a reply, else of the request.

    Where a broker says that nobody subscribed, it is what says so.
    """
    if call.passage is not None and call.passage.unwanted:
        return answered_in(call)
    return (call.reply_packets or call.request_packets)[-1]


def answer_place(call: Exchange) -> Place:
    """Return where an exchange ended, which the side that answers has caused."""
    return within(call, last_packet(call), reply=True)


def request_place(call: Exchange) -> Place:
    """Return where an exchange began: with the packet that completed its request."""
    return within(call, asked_in(call), reply=False)


def within(call: Exchange, packet: DataPacket, *, reply: bool) -> Place:
    """Return a packet of an exchange, of its reply or its request, as a place.

    Over a broker it is on the connection where it passed, whoever asked.
    """
    connection = call.connection
    client = connection.client or 0
    side = 1 - client if reply else client
    number, time_ns = packet.number, packet.time_ns
    if call.passage is None:
        return Place(connection, side, number, call.number, call.route, time_ns)
    where = _passed(call.passage, packet) or connection.directions[side]
    return Place(
        where.connection,
        where.side,
        number,
        call.number,
        call.route,
        time_ns,
        service_of(call),
        call.passage.channel,
    )


def _passed(passage: Passage, packet: DataPacket) -> Direction | None:
    """Return where a packet of a passage passed; None where it is none of its."""
    for hop in passage.hops:
        if any(each is packet for each in hop.records):
            return hop.direction
    for errand in passage.errands:
        if any(each is packet for each in errand.records):
            return errand.direction
    return None


@singledispatch
def place_of(evidence: object) -> Place:
    """Return where a finding from some evidence shows.

    Raises:
        TypeError: Nothing is known of evidence of this type.
    """
    raise TypeError(f"no place is known for {type(evidence).__name__}")


@place_of.register
def _(evidence: Conclusion) -> Place:
    return evidence.place


@place_of.register
def _(evidence: Exchange) -> Place:
    return answer_place(evidence)


@place_of.register
def _(evidence: HeldPacket) -> Place:
    return within(evidence.call, evidence.packet, reply=evidence.reply)


@place_of.register
def _(evidence: Payload) -> Place:
    return within(evidence.call, evidence.packet, reply=evidence.word == "reply")


@place_of.register
def _(evidence: Reply) -> Place:
    return within(evidence.call, evidence.packet, reply=True)


@place_of.register
def _(evidence: Disturbance) -> Place:
    return Place(evidence.connection, evidence.side, evidence.packet)


@place_of.register
def _(evidence: Remark) -> Place:
    direction = evidence.direction
    return Place(
        direction.connection,
        direction.side,
        evidence.record.number,
        evidence.exchange,
        evidence.route,
        evidence.record.time_ns,
    )


@place_of.register
def _(evidence: Upkeep) -> Place:
    return _recorded(evidence.direction, evidence.records[-1])


@place_of.register
def _(evidence: Anomaly) -> Place:
    return _recorded(evidence.direction, evidence.record)


@place_of.register(Stray)
@place_of.register(Doubled)
def _(evidence: Stray | Doubled) -> Place:
    direction, ledger = evidence.direction, evidence.ledger
    return Place(
        direction.connection,
        direction.side,
        evidence.record.number,
        ledger.number,
        ledger.route,
        evidence.record.time_ns,
    )


@place_of.register
def _(evidence: ClockStep) -> Place:
    return within(evidence.call, evidence.after, reply=True)


@place_of.register(Gap)
@place_of.register(Limited)
def _(evidence: Gap | Limited) -> Place:
    direction = evidence.direction
    return Place(direction.connection, direction.side, evidence.packet)


def _recorded(direction: Direction, record: DataPacket) -> Place:
    """Return a data packet of a direction as a place."""
    connection, side = direction.connection, direction.side
    return Place(connection, side, record.number, time_ns=record.time_ns)
