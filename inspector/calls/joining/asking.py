"""Requests and events, on their way through a broker.

::

    request in  ─► a call that waits ◄─ request out: by its correlation
    event in    ─► an event ◄─ event out: the next like one of its destination
    either out, without the one before: an exchange that begins in its middle
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.costs import queues
from inspector.calls.exchanges import Kind, Outcome
from inspector.calls.identities import identity_key
from inspector.calls.matching import Doubled
from inspector.calls.passages import Way
from inspector.calls.settling import tend

from .beginning import begin, learn_caller, learn_request
from .crossings import Delivery
from .listening import place_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from inspector.calls.passages import Hop
    from inspector.calls.seen import Sighting
    from inspector.carriers.base import Transfer
    from inspector.carriers.detours import Death
    from protocol import Event, Request

    from .book import Book
    from .crossings import Like
    from .joined import Joined


# Looking a member up in an enumeration costs more than in a module.
_IN, _SENT, _ORPHAN = Way.IN, Outcome.SENT, Kind.ORPHAN


# decision 117
class Asking:
    """Join requests and events.

    Args:
        book: What is known of all exchanges.
    """

    def __init__(self, book: Book) -> None:
        self._book = book

    def ask(self, sighting: Sighting, packet: Request, hop: Hop) -> Joined:
        """Return the call that a request is of, and learn what it says of that."""
        memory, key = self._book.memory, identity_key(packet.id)
        correlation = sighting.transfer.correlation
        if correlation is None:
            correlation = key
        destination = None if hop.way is _IN else destination_of(sighting)
        calls = memory.calls(correlation)
        joined = self._identified(sighting)
        if joined is None and calls:
            joined = self._known_call(sighting, key, calls, destination)
        if joined is None:
            joined = self._begin(sighting, packet, hop)
            last = calls[-1] if calls else None
            waits = last is not None and last.id == key and last.exchange is not None
            if hop.way is _IN and waits:
                doubled = Doubled(sighting.direction, hop.records[-1], joined.ledger)
                self._book.ready.append(doubled)
            memory.correlate(joined, correlation, key)
        else:
            self._learn(joined, sighting, packet, hop)
        if destination is not None:
            joined.had.add(destination)
            _take_back(joined)
        elif joined.caller is None or sighting.transfer.again:
            self._meet_caller(joined, sighting)
        return joined

    def emit(self, sighting: Sighting, packet: Event, hop: Hop) -> Joined:
        """Return the event that a transfer is of, and learn what it says of that."""
        transfer, book = sighting.transfer, self._book
        if transfer.retained and hop.way is not _IN:
            return self._emit_retained(sighting, packet, hop)
        realm, body = book.realm_of(sighting.direction.connection), _body_of(transfer)
        key = realm, transfer.channel, body
        if transfer.died is not None and transfer.died.queue is not None:
            dead = self._emit_dead(sighting, packet, hop, transfer.died)
            if dead is not None:
                return dead
        like = book.crossings.like(key)
        delivery = None if hop.way is _IN else self._delivery(sighting, hop)
        sent_again = delivery is None and transfer.again
        joined = like.last if sent_again else None
        identified = self._identified(sighting)
        if identified is not None and delivery is not None:
            like.pass_by(delivery, identified.place)
        joined = joined or identified
        joined = joined or self._known_event(like, delivery, hop.time_ns)
        if joined is not None:
            self._learn(joined, sighting, packet, hop)
        else:
            joined = self._begin(sighting, packet, hop)
            joined.outcome, joined.like = _SENT, key
            if delivery is None:
                like.hand_in(hop.time_ns, joined)
                if joined.queued:
                    self._linger(joined, hop)
            else:
                like.begin(delivery, joined)
        if delivery is not None:
            joined.had.add(delivery.destination)
        elif joined.exchange is not None:
            book.memory.place(joined, sighting.direction.connection)
        return joined

    def _identified(self, sighting: Sighting) -> Joined | None:
        """Return the exchange of what is identified on both sides of its broker."""
        exact, book = sighting.transfer.exact, self._book
        if exact is None:
            return None
        return book.exact.find(book.realm_of(sighting.direction.connection), exact)

    def _emit_retained(self, sighting: Sighting, packet: Event, hop: Hop) -> Joined:
        """Return an event that the broker had kept: it was handed that long ago."""
        joined = self._begin(sighting, packet, hop)
        joined.outcome = _SENT
        joined.had.add(destination_of(sighting))
        return joined

    def _emit_dead(
        self, sighting: Sighting, packet: Event, hop: Hop, died: Death
    ) -> Joined | None:
        """Return the event that a queue did not keep; None where that is not known."""
        realm = self._book.realm_of(hop.direction.connection)
        key = realm, died.channel, _body_of(sighting.transfer)
        like = self._book.crossings.known(key)
        joined = None if like is None else like.take_rejected(died.queue)
        if like is None or joined is None:
            return None
        self._learn(joined, sighting, packet, hop)
        joined.had.add(destination_of(sighting))
        passage, exchange = joined.passage, joined.exchange
        if like.several and passage is not None and exchange is not None:
            exchange.gapped |= not all(
                each.direction.connection.opened_ns for each in passage.hops
            )
        return joined

    def _linger(self, joined: Joined, hop: Hop) -> None:
        """Wait until somebody takes an event, unless too much waits like that."""
        place, book = (joined.realm, hop.channel), self._book
        for each in book.lingering.wait(place, hop.time_ns, joined):
            book.end(each)

    def _delivery(self, sighting: Sighting, hop: Hop) -> Delivery:
        direction = hop.direction
        opened_ns = direction.connection.opened_ns if direction.from_start else 0
        transfer, queued = sighting.transfer, queues(direction.connection.carrier)
        shared = queued or transfer.destination is not None
        return Delivery(
            destination_of(sighting),
            hop.time_ns,
            opened_ns,
            self._book.lacking.gaps(
                direction, shared=shared, known=bool(transfer.since_ns)
            ),
            transfer.since_ns,
            queued,
            transfer.again,
            transfer.tag is not None,
        )

    def _known_call(
        self,
        sighting: Sighting,
        key: Hashable,
        calls: list[Joined],
        destination: Hashable,
    ) -> Joined | None:
        """Return the call of a request that was seen already, at another place."""
        if len(calls) > 1:
            realm = self._book.realm_of(sighting.direction.connection)
            calls = sorted(calls, key=lambda each: each.realm != realm)
        for joined in calls:
            if joined.id is not None and joined.id != key:
                continue
            if not _same_channel(joined, sighting):
                continue
            if destination is None:
                again = sighting.transfer.again and joined.exchange is not None
                lacks = again or joined.lacks_request
            else:
                lacks = sighting.transfer.again or destination not in joined.had
            if lacks:
                return joined
        return None

    @staticmethod
    def _known_event(
        like: Like, delivery: Delivery | None, time_ns: int
    ) -> Joined | None:
        """Return the event of a transfer that was seen already, at another place.

        One that the broker is handed may stand after its deliveries in a capture whose
        records are out of order. Its time tells: brokers are not.
        """
        if delivery is not None:
            return like.hand_out(delivery)
        while like.early:
            joined = like.early.popleft()
            if joined.exchange is not None and joined.exchange.asked_ns > time_ns:
                return joined
        return None

    def _begin(self, sighting: Sighting, packet: Request | Event, hop: Hop) -> Joined:
        """Begin an exchange with the hop that is seen first of it."""
        book = self._book
        route = book.routes.find(packet.pattern)
        return book.open(begin(book.number(), sighting, packet, route, hop), sighting)

    def _learn(
        self, joined: Joined, sighting: Sighting, packet: Request | Event, hop: Hop
    ) -> None:
        """Learn of one more hop of a request, or of the one before those known."""
        exchange = joined.exchange
        if exchange is None:
            return
        known = hop.way is not _IN or joined.requested  # what is sent again is known
        if known and exchange.kind is not _ORPHAN:
            exchange.request_packets += hop.records
            return
        route = self._book.routes.find(packet.pattern)
        learn_request(exchange, sighting, packet, route)
        if hop.way is Way.OUT and joined.caller is not None:
            learn_caller(exchange, joined.caller)

    def _meet_caller(self, joined: Joined, sighting: Sighting) -> None:
        """Learn who asks, and what that has done already for the sake of the reply."""
        connection = sighting.direction.connection
        self._book.memory.place(joined, connection)
        exchange, channel = joined.exchange, sighting.transfer.reply_channel
        if exchange is None or channel is None:
            return
        if sighting.transfer.correlation is None:
            self._meet_listener(joined, sighting, channel)
            return
        opening = self._book.openings.claim(connection, channel)
        if opening is not None:
            tend(exchange, opening.unit.verb, opening.records)
            joined.add_errand(opening.unit.verb, opening)
            opening.ledger = joined.ledger
            joined.owes += 1

    # decision 137
    def _meet_listener(self, joined: Joined, sighting: Sighting, channel: str) -> None:
        """Learn where the caller listens on a reply channel that it may share."""
        book, connection = self._book, sighting.direction.connection
        joined.dual = sighting.transfer.dual
        part = sighting.transfer.reply_part
        known = book.listeners.at(place_of(book.realm_of(connection), channel, part))
        listening = known.get(connection)
        if joined.dual and known:
            listening = book.listening_of(connection, known, polls=joined.queued)
        joined.crowded = len(known) > 1
        if listening is not None:
            book.wait_on(joined, listening)


def _body_of(transfer: Transfer) -> int:
    """Return the hash of a body as it travelled, by which events are alike."""
    body = transfer.body if transfer.original is None else transfer.original
    likeness = transfer.likeness
    return hash(body) if likeness is None else hash((body, likeness))


def _take_back(joined: Joined) -> None:
    """Learn that somebody had what nobody had, by a count that was of something else.

    Where bytes are missing, it is not known what the broker answers to.
    """
    passage = joined.passage
    if passage is not None and passage.unwanted:
        passage.unwanted = False
        if joined.outcome is Outcome.NO_HANDLER:
            joined.outcome = None


def _same_channel(joined: Joined, sighting: Sighting) -> bool:
    """Whether a request may be that of a call, by where it was sent to.

    An id by itself may be that of others too, where clients number their calls.
    """
    passage, transfer = joined.passage, sighting.transfer
    return (
        passage is None
        or not passage.channel
        or transfer.correlation is not None
        or joined.exchange is None
        or joined.exchange.kind is _ORPHAN
        or passage.channel == transfer.channel
    )


def destination_of(sighting: Sighting) -> Hashable:
    """Return who shares one copy of a delivery: a group, or else a subscription."""
    transfer = sighting.transfer
    if transfer.destination is not None:
        return transfer.destination
    return sighting.direction.connection.number, transfer.subscription
