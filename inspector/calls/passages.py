"""How an exchange passed over a broker: its hops, and how long each stage took.

::

    caller ── request in ──► broker ── request out ──► handlers
    caller ◄── reply out ─── broker ◄── reply in ───── handlers
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.streams.connections import Connection, Direction
    from inspector.streams.endpoints import Endpoint
    from inspector.streams.packets import DataPacket


class Leg(StrEnum):
    """Which half of an exchange a hop is of; an event has the first alone."""

    REQUEST = "request"
    REPLY = "reply"


class Way(StrEnum):
    """Whether the broker was handed a transfer, or handed it on."""

    IN = "in"
    OUT = "out"


# Looking a member up in an enumeration costs more than in a module.
_FIRST_CHANCE = 32_768
"""The first port that a client may be given.

Source: ``net.ipv4.ip_local_port_range`` of Linux; RFC 6335 begins with 49,152.
"""
_REQUEST, _REPLY, _IN, _OUT = Leg.REQUEST, Leg.REPLY, Way.IN, Way.OUT


class Hop(msgspec.Struct, gc=False, eq=False):
    """A transfer as part of an exchange.

    Attributes:
        leg: Whether it is the request or a reply.
        way: Whether it went to the broker or came from it.
        direction: Where it passed.
        records: The data packets that carried it.
        time_ns: When it was complete, in nanoseconds since 1970.
        channel: Where it was sent to.
        reply: Which of the replies it is, from 1; 0 for a request or an event.
        again: Whether the broker says that it was delivered before.
        after: The route of what its receiver had to acknowledge before it could have
            it; None where there was room …
        full_ns: … and since when there had been none, in nanoseconds since 1970.
        retained: Whether the broker had kept it for one who subscribed later.
        dead: Whether it is delivered because another queue did not keep it.
        overheard: Whether it is a reply that reached somebody who had not asked …
        shares: … but listens on the same channel for replies of its own.
        surplus: Whether it is a reply to a call that was answered already.
        elsewhere: Whether it is a reply on another channel than its call had named.
        group: The queue or group that shares a delivery; None where none does.
        size: Its bytes on the connection.
    """

    leg: Leg
    way: Way
    direction: Direction
    records: list[DataPacket]
    time_ns: int
    channel: str
    reply: int = 0
    again: bool = False
    retained: bool = False
    dead: bool = False
    overheard: bool = False
    shares: bool = False
    surplus: bool = False
    elsewhere: bool = False
    group: str | None = None
    size: int = 0
    after: str | None = None
    full_ns: int = 0

    @property
    def delivers(self) -> bool:
        """Whether it is a request or an event on its way to who handles it."""
        return self.leg is Leg.REQUEST and self.way is Way.OUT

    @property
    def is_supposed(self) -> bool:
        """Whether its way is a guess, or was one that proved wrong.

        A port that no client is given by chance shows who the broker is.
        """
        connection = self.direction.connection
        if way_of(self.direction) is not self.way:
            return True
        ports = (each.port for each in connection.endpoints)
        return connection.supposed and min(ports) >= _FIRST_CHANCE

    @property
    def peer(self) -> Endpoint:
        """Who is at the other end than the broker, by what that is known by."""
        return self.party.client_endpoint

    @property
    def party(self) -> Connection:
        """The connection by which that is known."""
        return self.direction.connection.principal


class Service(msgspec.Struct, gc=False, eq=False):
    """What a carrier did for the sake of an exchange.

    Attributes:
        verb: What, in a word.
        direction: Where it passed.
        records: The data packets that carried it.
    """

    verb: str
    direction: Direction
    records: list[DataPacket]

    @property
    def way(self) -> Way:
        """Whether the broker was told, or told it."""
        return way_of(self.direction)


class Passage(msgspec.Struct, gc=False, eq=False):
    """How an exchange passed over a broker.

    Attributes:
        channel: Where its request was sent to.
        reply_channel: Where the request wants its replies; None where it does not say.
        hops: Its hops, in the order of the capture; of many replies the first and the
            last.
        left_out: How many hops are not among them.
        errands: What its carrier did for it, in that order.
        reached: How many handlers the request reached.
        surplus_in: How many replies to a call that was answered already the broker was
            handed …
        surplus_out: … and how many it handed on.
        overheard: How many replies reached somebody who had not asked.
        again: How many hops of the request are called repeated …
        retained: … and how many of what it had kept …
        dead: … or another queue had not.
        elsewhere: How many replies went to another channel than it had named.
        unheard: How many replies nobody listened for, as the broker says.
        hasty: Whether the request was sent before the broker had confirmed that its
            caller listens for replies.
        asked: Whether its caller's side was captured …
        served: … and whether its handlers' was.
        usual: Who has served its channel before, where nobody is known to have had it;
            empty where nobody has.
        service: Who serves it, once it is told; see :mod:`.serving`.
        unwanted: Whether nobody had subscribed: the broker says so, or the capture has
            all that anybody subscribed to.
        accepted: How many of those who had the request say that they are done with it …
        rejected: … how many do not want it …
        unsettled: … how many, which should, have said nothing of it for a second …
        requeued: … and how often it was to be delivered again.
        left_ns: When its caller stopped listening before the last reply; None where it
            did not.
        trace: What its headers, or properties, say as ``traceparent``; empty if not.
    """

    channel: str
    reply_channel: str | None
    hops: list[Hop]
    left_out: int = 0
    errands: list[Service] = msgspec.field(default_factory=list)
    reached: int = 0
    surplus_in: int = 0
    surplus_out: int = 0
    overheard: int = 0
    again: int = 0
    retained: int = 0
    dead: int = 0
    elsewhere: int = 0
    unheard: int = 0
    hasty: bool = False
    asked: bool = False
    served: bool = False
    usual: str = ""
    service: str = ""
    unwanted: bool = False
    accepted: int = 0
    rejected: int = 0
    unsettled: int = 0
    requeued: int = 0
    left_ns: int | None = None
    trace: str = ""

    def of(self, leg: Leg, way: Way) -> Iterator[Hop]:
        """Yield the hops of one stage, in the order of the capture."""
        return (hop for hop in self.hops if hop.leg is leg and hop.way is way)

    def first(self, leg: Leg, way: Way) -> Hop | None:
        """Return the first hop of one stage; None where there is none."""
        for hop in self.hops:
            if hop.leg is leg and hop.way is way:
                return hop
        return None

    @property
    def handlers(self) -> list[Endpoint]:
        """Whom the request reached, each once, in that order."""
        peers = (hop.peer for hop in self.of(Leg.REQUEST, Way.OUT))
        return list(dict.fromkeys(peers))

    @property
    def queue_ns(self) -> int | None:
        """How long the request took from the broker's hands to the first handler."""
        asked, taken = self.first(_REQUEST, _IN), self.first(_REQUEST, _OUT)
        return _between(asked, taken)

    @property
    def held_ns(self) -> int:
        """How long it waited because its receiver had as many as it may have."""
        asked, taken = self.first(_REQUEST, _IN), self.first(_REQUEST, _OUT)
        if asked is None or taken is None or taken.after is None:
            return 0
        return taken.time_ns - max(asked.time_ns, taken.full_ns)

    @property
    def handler_ns(self) -> int | None:
        """How long the first handler that answered took to its first reply."""
        answer, asked = self.first(_REPLY, _IN), self.first(_REQUEST, _OUT)
        if answer is None or asked is None:
            return None
        if asked.party is not answer.party:
            asked = self.delivery_for(answer)
        return _between(asked, answer)

    def delivery_for(self, answer: Hop) -> Hop | None:
        """Return the delivery of the request that an answer is to; None if in doubt.

        One who lost its connection meanwhile answers on another: that is who alone had
        the request, or alone had it at the address of the answer.
        """
        deliveries = list(self.of(_REQUEST, _OUT))
        host = answer.peer.address
        for each in deliveries:
            if each.party is answer.party:
                return each
        near = [each for each in deliveries if each.peer.address == host]
        for some in (deliveries, near):
            if len({id(each.party) for each in some}) == 1:
                return some[0]
        return None

    @property
    def return_ns(self) -> int | None:
        """How long the first reply took from the broker's hands to the caller."""
        told = self.first(_REPLY, _OUT)
        if told is not None and told.overheard:
            told = next(
                (each for each in self.of(_REPLY, _OUT) if not each.overheard), None
            )
        return _between(self.first(_REPLY, _IN), told)

    def units_by_packet(self) -> Counter[int]:
        """Return how many of its hops and errands have a byte in each data packet.

        That is known by its ``id()``: equal ones may pass on several connections.
        """
        carried = [hop.records for hop in self.hops]
        carried += [each.records for each in self.errands]
        return Counter(
            packet for records in carried for packet in {id(each) for each in records}
        )

    @property
    def further_packets(self) -> int:
        """How many packets its hops and errands took besides one for each."""
        hops = sum(len(hop.records) - 1 for hop in self.hops)
        return hops + sum(len(each.records) - 1 for each in self.errands)

    def serves(self, connection: Connection) -> bool:
        """Whether who is at the end of a connection handles it, and does not ask."""
        for hop in self.hops:
            if hop.direction.connection is connection and not hop.overheard:
                asks = (hop.leg is Leg.REQUEST) == (hop.way is Way.IN)
                return not asks
        return False

    @property
    def one_sided(self) -> bool:
        """Whether only its caller's side, or only its handlers', was captured.

        What nobody has subscribed to has no other side, nor what the broker had kept.
        """
        whole = self.asked and self.served
        return not (whole or self.unwanted or self.retained)

    @property
    def plain(self) -> bool:
        """Whether it took the way of most: one handler, and what that answered."""
        return (
            self.reached <= 1
            and self.asked
            and self.served
            and not (self.surplus_in or self.surplus_out)
            and not (self.overheard or self.again or self.elsewhere)
            and not (self.hasty or self.retained or self.dead)
        )

    @property
    def broker_ns(self) -> int | None:
        """How long request and first reply took between the broker's connections."""
        queue_ns, return_ns = self.queue_ns, self.return_ns
        return None if queue_ns is None or return_ns is None else queue_ns + return_ns

    @property
    def surplus(self) -> int:
        """How many replies came to a call that was answered already."""
        return max(self.surplus_in, self.surplus_out)


def way_of(direction: Direction) -> Way:
    """Return whether what passes in a direction goes to the broker or comes from it."""
    to_broker = direction.side == (direction.connection.client or 0)
    return _IN if to_broker else _OUT


def _between(earlier: Hop | None, later: Hop | None) -> int | None:
    """Return the time from one hop to another; None where one lacks, or they differ."""
    if earlier is None or later is None or later.time_ns < earlier.time_ns:
        return None
    return later.time_ns - earlier.time_ns
