"""Exchanges: a request and its replies, or an event.

The count of packets is taken from the data packets that carried the frames, never from
the kind.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from inspector.streams.packets import Owner
from protocol import UNDEFINED, Json, JsonText, Response, UndefinedType, dumps, loads

if TYPE_CHECKING:
    from inspector.streams.connections import Connection
    from inspector.streams.packets import DataPacket

    from .links import Link
    from .passages import Passage


class Kind(StrEnum):
    """What an exchange is."""

    __hash__ = str.__hash__  # an enumeration's own is a call of Python each time

    MESSAGE = "message"
    EVENT = "event"
    ORPHAN = "orphan"


# Looking a member up in an enumeration costs more than in a module.
_MESSAGE = Kind.MESSAGE


class Outcome(StrEnum):
    """How an exchange ended."""

    __hash__ = str.__hash__

    COMPLETED = "completed"
    ERROR = "error"
    NO_HANDLER = "no_handler"
    UNANSWERED = "unanswered"
    INCOMPLETE = "incomplete"
    SENT = "sent"
    UNDELIVERED = "undelivered"
    REJECTED = "rejected"


class Ledger(Owner, gc=False, eq=False):
    """What is kept of an exchange as long as its data packets are known.

    Packets refer to it, and not to the exchange, so that an exchange that is over is
    forgotten with its payloads.

    Attributes:
        kind: What it is.
        route: Its route; None for an orphan.
        carrier: What carries it, such as ``tcp``.
        packets: Distinct data packets of the exchange; None while it goes on.
    """

    kind: Kind = Kind.MESSAGE
    route: str | None = None
    carrier: str = ""
    packets: int | None = None


class Errands(msgspec.Struct, gc=False, eq=False):
    """What its carrier did for the sake of an exchange before that was over.

    Attributes:
        verbs: What, in a word each.
        packets: Data packets with a byte of that, and of no packet of the exchange.
    """

    verbs: list[str] = msgspec.field(default_factory=list)
    packets: list[DataPacket] = msgspec.field(default_factory=list)


class Exchange(msgspec.Struct, gc=False, eq=False):
    """A request and its replies, an event, or replies without their request.

    Attributes:
        number: In order of the request, from 1.
        kind: What it is.
        connection: Where it happened.
        ledger: Its packets, as far as they are its own.
        pattern: As it was sent; UNDEFINED for an orphan.
        route: Under which the server looks for a handler; None for an orphan.
        id: Of the request; UNDEFINED for an event.
        data: The payload of the request or event.
        metadata: What a dispatch hook of Nest 12 added to it; UNDEFINED for nothing.
        time_ns: When the record that began it was captured.
        asked_ns: When the record that completed the request was captured.
        first_reply_ns: … that completed the first reply; None until there is one.
        last_reply_ns: … that completed the last.
        ended_ns: When it was known to be over.
        outcome: How it ended; None while it has not.
        replies: Its responses, in the order that they came: many, and the last.
        left_out: How many came between those.
        reply_ends: The data packet that completed each of them.
        request_packets: Data packets with a byte of the request or event.
        reply_packets: Data packets with a byte of a reply, and of nothing before.
        request_bytes: Size of the frame of the request or event.
        reply_bytes: Size of the frames of all replies.
        more_packets: Data packets of replies that were left out.
        seats: Places that its own frames have in packets of several frames.
        retransmissions_before: Of its connection, when it began.
        retransmitted: Whether bytes of its connection were retransmitted meanwhile.
        gapped: Whether the capture lacks bytes of its connection meanwhile.
        early: Whether a reply precedes its request in the capture.
        untimed: Whether the times of the capture contradict the order of its packets,
            or the clock was set meanwhile, so that nobody knows how long it took.
        cause: Why it ended without its end: ``end``, ``close``, ``reset``, or ``left``
            where its caller stopped listening.
        overtaken: Whether a later request of its connection was answered before that.
        in_flight: Whether its end may have come after that of the capture.
        chosen: Whether it is reported.
        errands: What its carrier did for it; None where that was nothing.
        passage: How it passed over a broker; None over a direct carrier.
        pushed: Whether the server of its connection has asked: a gateway that sends an
            event to a client.
        link: What is known of the exchange for whose sake it was made; None where that
            is nothing, or nobody has looked.
    """

    # What is known when it begins comes first.
    number: int
    kind: Kind
    connection: Connection
    ledger: Ledger
    time_ns: int
    asked_ns: int
    request_packets: list[DataPacket] = msgspec.field(default_factory=list)
    request_bytes: int = 0
    retransmissions_before: int = 0
    pattern: Json = UNDEFINED
    route: str | None = None
    data: JsonText | UndefinedType = UNDEFINED
    id: Json = UNDEFINED
    first_reply_ns: int | None = None
    last_reply_ns: int | None = None
    ended_ns: int = 0
    outcome: Outcome | None = None
    replies: list[Response] = msgspec.field(default_factory=list)
    left_out: int = 0
    reply_ends: list[DataPacket] = msgspec.field(default_factory=list)
    reply_packets: list[DataPacket] = msgspec.field(default_factory=list)
    reply_bytes: int = 0
    more_packets: int = 0
    seats: int = 0
    retransmitted: bool = False
    gapped: bool = False
    early: bool = False
    untimed: bool = False
    cause: str | None = None
    overtaken: bool = False
    in_flight: bool = False
    chosen: bool = True
    metadata: JsonText | UndefinedType = UNDEFINED
    errands: Errands | None = None
    passage: Passage | None = None
    pushed: bool = False
    link: Link | None = None

    @property
    def carrier(self) -> str:
        """What carried it, such as ``tcp``."""
        return self.ledger.carrier

    @property
    def client_text(self) -> str:
        """Who asks, as ``address:port``; where only a handler is known, its broker."""
        connection = self.connection
        passage = self.passage
        if self.pushed or (passage is not None and passage.serves(connection)):
            return connection.server_text
        return connection.client_text

    @property
    def server_text(self) -> str:
        """Whom that asks: a server, or its broker; else the only handler known."""
        connection = self.connection
        passage = self.passage
        if self.pushed or (passage is not None and passage.serves(connection)):
            return connection.client_text
        return connection.server_text

    @property
    def packets(self) -> int:
        """Distinct data packets over all its frames, and what was done for it."""
        listed = len(self.request_packets) + len(self.reply_packets)
        errands = 0 if self.errands is None else len(self.errands.packets)
        return listed + self.more_packets + errands

    @property
    def values(self) -> int:
        """How many responses came."""
        return len(self.replies) + self.left_out

    @property
    def shared_packets(self) -> list[DataPacket]:
        """Those of them that carried another frame too.

        Over a broker, one of another exchange: what a caller does for the sake of its
        request travels with that.
        """
        packets = self.request_packets + self.reply_packets
        if self.errands is not None:
            packets += self.errands.packets
        crowded = [packet for packet in packets if packet.frames > 1]
        if self.passage is None or not crowded:
            return crowded
        own = self.passage.units_by_packet()
        return [packet for packet in crowded if packet.frames > own[id(packet)]]

    @property
    def shared(self) -> bool:
        """Whether a frame of another exchange is in one of its data packets."""
        if not self.seats:
            return False
        packets = self.request_packets + self.reply_packets
        if self.errands is not None:
            packets += self.errands.packets
        return sum(each.frames for each in packets if each.frames > 1) > self.seats

    @property
    def latency_ns(self) -> int | None:
        """From the completed request to the completed first reply."""
        if self.first_reply_ns is None or self.kind is not _MESSAGE:
            return None
        return self.first_reply_ns - self.asked_ns

    @property
    def duration_ns(self) -> int | None:
        """From the completed request to the completed last reply."""
        if self.last_reply_ns is None or self.kind is not _MESSAGE:
            return None
        return self.last_reply_ns - self.asked_ns

    def waited_ns(self, time_ns: int) -> int | None:
        """Return how long after its request a time is, in nanoseconds.

        None where nobody knows, because the clock of the capture was set, or the
        records are not in the order of time.
        """
        waited_ns = time_ns - self.asked_ns
        return None if self.untimed or waited_ns < 0 else waited_ns


def error_text(err: JsonText) -> str:
    """Return what a person reads of an ``err``: its message, or its JSON."""
    value = loads(err)
    if isinstance(value, dict) and isinstance(value.get("message"), str):
        return str(value["message"])
    return value if isinstance(value, str) else dumps(value).decode()


def last_error(exchange: Exchange) -> JsonText | UndefinedType:
    """Return the ``err`` of its last reply; undefined where no reply was kept."""
    return exchange.replies[-1].err if exchange.replies else UNDEFINED


def payload_bytes(exchange: Exchange) -> int:
    """Return how many bytes its payloads take, which may have been compressed."""
    data = exchange.data
    size = 0 if data is UNDEFINED else len(data)
    for each in exchange.replies:
        value, error = each.response, each.err
        if value is not UNDEFINED:
            size += len(value)
        if error is not UNDEFINED:
            size += len(error)
    return size
