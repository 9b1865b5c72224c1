"""Hops to exchanges: what passes over several connections of a broker is joined.

::

    Sighting ─► Hop ─► Asking    requests and events ┐
                  └──► Answering replies, errands    ┴─► Book ─► Exchange as it ends
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.calls.passages import Hop, Leg, Way, way_of
from inspector.calls.seen import Anomaly, Remark, Sighting, Upkeep
from inspector.calls.settling import completed_ns
from inspector.carriers.base import Errand, Fate
from inspector.streams.items import Closed, End, Gap, Limited
from protocol import Event, Request, Response

from .answering import Answering
from .asking import Asking, destination_of
from .book import Book
from .tags import Tagged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from inspector.calls.exchanges import Exchange
    from inspector.calls.matching import ExchangeItem, Tally
    from inspector.calls.observing import SightingItem
    from inspector.carriers.detours import Poll
    from inspector.streams.endpoints import Endpoint

    from .joined import Joined
    from .memory import Memory


# Looking a member up in an enumeration costs more than in a module.
_REQUEST, _REPLY = Leg.REQUEST, Leg.REPLY


class Joining:
    """Join what is seen on all connections to brokers.

    Args:
        tally: What counts exchanges and replies, together with others.
        memory: What is kept of exchanges; as much as usual by default.
        same: Broker → what it is known by together with others, where several are one.

    Attributes:
        book: What is known of all exchanges.
    """

    def __init__(
        self,
        tally: Tally,
        memory: Memory | None = None,
        same: Mapping[Endpoint, Endpoint] | None = None,
    ) -> None:
        self.book = Book(tally, memory, same)
        self._asking = Asking(self.book)
        self._answering = Answering(self.book)

    def waiting(self, before_ns: int | None = None) -> Iterator[Exchange]:
        """Yield the exchanges that wait for a reply, the oldest first.

        Args:
            before_ns: Only those that were asked until then.
        """
        for joined in self.book.memory.open.values():
            exchange = joined.make().exchange
            if joined.waits and exchange is not None:
                asked = before_ns is None or exchange.asked_ns <= before_ns
                if asked and exchange.kind is Kind.MESSAGE:
                    yield exchange

    def under_way(self) -> Iterator[int]:
        """Yield the numbers of the exchanges that have begun and are not over."""
        return iter(list(self.book.memory.open))

    def hear(self, item: SightingItem) -> Iterable[ExchangeItem]:
        """Return what ends with one item, and what belongs to no exchange."""
        book = self.book
        if isinstance(item, Sighting):
            self._see(item)
        elif isinstance(item, Upkeep):
            self._tend(item)
            book.ready.append(item)
        elif isinstance(item, End):
            self._end()
        else:
            self._note(item)
            book.ready.append(item)
        if not book.ready:
            return ()
        ready, book.ready = book.ready, []
        return ready

    def elapse(self, time_ns: int) -> Iterable[ExchangeItem]:
        """Return what is over because it is so late, in nanoseconds since 1970."""
        book = self.book
        book.advance(time_ns)
        for joined in list(book.lingering.elapse(time_ns)):
            book.end(joined)
        ready, book.ready = book.ready, []
        return ready

    def _see(self, sighting: Sighting) -> None:
        """Join a transfer."""
        direction, book = sighting.direction, self.book
        packet = sighting.transfer.packet
        records = sighting.records
        time_ns = records[-1].time_ns if len(records) == 1 else completed_ns(records)
        book.advance(time_ns)
        way = way_of(direction)
        if isinstance(packet, Response):
            hop = _hop_of(sighting, _REPLY, way, time_ns)
            joined = self._answering.answer(sighting, packet, hop)
        else:
            hop = _hop_of(sighting, _REQUEST, way, time_ns)
            if isinstance(packet, Event):
                joined = self._asking.emit(sighting, packet, hop)
            else:
                joined = self._asking.ask(sighting, packet, hop)
        room = sighting.transfer.after
        if room is not None:
            hop.after, hop.full_ns = book.routes.find(room.pattern), room.full_ns
        sighting.ledger, sighting.reply = joined.ledger, hop.reply
        destination, awaited = None, False
        if joined.queued and hop.delivers:
            destination = destination_of(sighting)
            awaited = self._serve(joined, sighting, hop)
        tag, owed = sighting.transfer.tag, sighting.transfer.owed
        if sighting.transfer.exact is not None:
            self._keep_exact(joined, sighting, hop)
        elif tag is not None:
            requests = hop.leg is _REQUEST
            tagged = Tagged(joined, requests, destination, awaited, owed)
            book.tags.keep(direction.connection, tag, tagged)
        book.add_hop(joined, hop)
        if sighting.transfer.polled is not None:
            self._claim_poll(joined, sighting, sighting.transfer.polled)

    # decision 160
    def _keep_exact(self, joined: Joined, sighting: Sighting, hop: Hop) -> None:
        """Keep what identifies a delivery, by which others may refer to it."""
        transfer, book = sighting.transfer, self.book
        realm = book.realm_of(sighting.direction.connection)
        if hop.leg is _REQUEST:
            book.exact.learn(realm, transfer.exact, joined)
        if transfer.tag is not None and not hop.again:
            taker = hop.direction.connection
            request = hop.leg is _REQUEST
            tagged = Tagged(joined, request, owed=transfer.owed, taker=taker)
            book.tags.keep(realm, transfer.tag, tagged, adds=True)

    def _claim_poll(self, joined: Joined, sighting: Sighting, poll: Poll) -> None:
        """Count what has asked for a delivery with its exchange, while that goes on."""
        book, connection = self.book, sighting.direction.connection
        upkeep = book.openings.get(connection, poll.key)
        if upkeep is None or joined.told:
            return
        if upkeep.ledger is None:
            for record in upkeep.records:
                record.frames += poll.transfers
        joined.make()
        book.attend(joined, upkeep, upkeep.unit.verb)

    def _serve(self, joined: Joined, sighting: Sighting, hop: Hop) -> bool:
        """Learn that somebody took a transfer from a queue.

        Returns:
            Whether it is known that who took it will say what becomes of it.
        """
        transfer, connection = sighting.transfer, sighting.direction.connection
        self.book.lingering.serve((joined.realm, hop.channel))
        exact = transfer.exact is not None  # it may be said on another connection
        awaited = bool(transfer.owed) and connection.unseen is None and not exact
        final = transfer.tag is None or exact
        joined.take_in(again=hop.again, awaited=awaited, final=final)
        return awaited

    def _tend(self, upkeep: Upkeep) -> None:
        """Learn what a carrier does besides, for whatever it is."""
        self.book.advance(upkeep.records[-1].time_ns)
        if isinstance(upkeep.unit, Errand):
            self._answering.tend(upkeep, upkeep.unit)
        elif upkeep.unit.polls is not None:
            self.book.openings.keep(upkeep, upkeep.unit.polls)
        elif upkeep.unit.audience is not None:
            connection, time_ns = upkeep.direction.connection, self.book.now_ns
            self.book.audiences.note(connection, upkeep.unit.audience, time_ns)

    def _end(self) -> None:
        """Learn that the capture ends, and with it all that is open."""
        for joined in list(self.book.memory.open.values()):
            self.book.end(joined)

    def _note(self, item: SightingItem) -> None:
        """Learn from what else is passed on."""
        book = self.book
        if isinstance(item, Closed):
            self._close(item)
        elif isinstance(item, Gap | Limited | Anomaly):
            book.lacking.note(item)
        elif isinstance(item, Remark) and isinstance(item.packet, Request | Event):
            item.exchange = book.tally.exchanges
            item.route = book.routes.find(item.packet.pattern)

    def _close(self, closed: Closed) -> None:
        """Learn that a connection is over: what it asked will hardly have a reply.

        What it sent last may be on its way still, and its peer may come back on another
        connection.
        """
        book = self.book
        book.advance(closed.time_ns)
        for tagged in book.tags.close(closed.connection):
            if closed.cause != "end":
                self._answering.settle(tagged, Fate.REQUEUED)
        for joined in book.memory.standing_on(closed.connection):
            joined.closed = closed
            book.memory.expect(joined, book.now_ns)
        book.forget(closed.connection)


def _hop_of(sighting: Sighting, leg: Leg, way: Way, time_ns: int) -> Hop:
    """Return what was seen as a hop."""
    transfer = sighting.transfer
    return Hop(
        leg,
        way,
        sighting.direction,
        sighting.records,
        time_ns,
        transfer.channel or "",
        0,
        transfer.again,
        transfer.retained,
        transfer.died is not None,
        group=transfer.destination,
        size=transfer.end - transfer.begin,
    )
