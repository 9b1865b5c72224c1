"""Plain hops to plain passages, in as few steps as it takes.

::

    request in ─► request out ─► reply in ─► reply out ─► its caller leaves
    event in   ─► event out   ─► a second without another
    poll       ─► nothing, or what is handed on ─► its receiver is done with it

What is not plain is refused before anything is noted of it, and goes the way of
:mod:`.asking` and :mod:`.answering`; what it is joined with becomes an exchange as soon
as those look at it (:meth:`.joined.Joined.make`). What is done here, they do with such
a hop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.costs import queues
from inspector.calls.exchanges import Kind, Ledger, Outcome
from inspector.calls.seen import Upkeep
from inspector.calls.unended import USUAL_NS
from inspector.carriers.base import Idle
from inspector.carriers.hopping import TOLD as HOP_TOLD

from .crossings import Delivery
from .joined import Joined
from .listening import place_of
from .plain import ANSWERED, ASKED, HANDED, TOLD
from .tags import Tagged

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from inspector.calls.matching import ExchangeItem
    from inspector.carriers.hopping import PlainHop
    from inspector.streams.connections import Direction
    from inspector.streams.packets import DataPacket

    from .book import Book
    from .crossings import Like
    from .listening import Listening
    from .plain import PlainPassage

_MESSAGE, _EVENT = Kind.MESSAGE, Kind.EVENT
_COMPLETED, _SENT = Outcome.COMPLETED, Outcome.SENT


# decision 138
class PlainHops:
    """Join plain hops, and refuse all others.

    Each hop is looked for first, and added to what was found for it then.

    Args:
        book: What is known of all exchanges.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._memory = book.memory
        self._polls: dict[str, Idle] = {}  # by what they are called

    def ready(self) -> Sequence[ExchangeItem]:
        """Return what was told since it was asked for last."""
        book = self._book
        if not book.ready:
            return ()
        ready, book.ready = book.ready, []
        return ready

    def ask(
        self,
        direction: Direction,
        time_ns: int,
        passage: PlainPassage,
        identity: str,
        hop: PlainHop,
    ) -> Joined | None:
        """Begin a call with the request that the broker is handed."""
        memory, book, correlation = self._memory, self._book, hop.correlation
        if memory.full or memory.knows(correlation):
            return None
        connection, listening = direction.connection, None
        realm, channel = book.realm_of(connection), hop.reply_channel
        place = place_of(realm, channel, hop.reply_part)
        if hop.shared:
            listening = self._listening(direction, place, hop)
            if listening is None:
                return None
        elif not hop.verb and book.openings.waits(connection, channel):
            return None
        book.advance(time_ns)
        joined = self._begin(direction, passage, _MESSAGE, realm)
        memory.correlate(joined, correlation, identity)
        if listening is not None:
            joined.dual = hop.dual
            joined.crowded = len(book.listeners.at(place)) > 1
            book.wait_on(joined, listening)
        elif hop.verb:
            joined.owes = 1
        return joined

    def _listening(
        self, direction: Direction, place: tuple[Hashable, str], hop: PlainHop
    ) -> Listening | None:
        """Return where a caller waits, if nobody else does, and it is known."""
        book, connection = self._book, direction.connection
        known, polls = book.listeners.at(place), queues(connection.carrier)
        if len(known) != 1 and not polls:
            return None
        if hop.dual:
            listening = book.listening_of(connection, known, polls=polls)
        else:
            listening = known.get(connection)
        return listening if listening is not None and listening.plain else None

    def emit(
        self, direction: Direction, time_ns: int, passage: PlainPassage, hop: PlainHop
    ) -> Joined | None:
        """Begin an event that the broker is handed."""
        book, memory = self._book, self._memory
        if memory.full:
            return None
        connection, channel = direction.connection, passage.channel
        realm = book.realm_of(connection)
        queued = queues(connection.carrier)
        if queued and not book.lingering.serves((realm, channel)):
            return None
        book.advance(time_ns)
        key = realm, channel, hop.alike
        like = book.crossings.like(key)
        if like.early:
            return None
        joined = self._begin(direction, passage, _EVENT, realm)
        joined.like, joined.outcome = key, _SENT
        like.hand_in(time_ns, joined)
        memory.expect(joined, book.now_ns)
        return joined

    def _begin(
        self, direction: Direction, passage: PlainPassage, kind: Kind, realm: Hashable
    ) -> Joined:
        book, connection = self._book, direction.connection
        book.tally.exchanges = number = book.tally.exchanges + 1
        carrier = connection.carrier
        ledger = Ledger(number, 0, 0, None, kind, passage.route, carrier)
        joined = Joined(ledger, None, None, realm, connection, book.now_ns)
        joined.plain, joined.caller, joined.requested = passage, connection, True
        joined.queued = queues(carrier)
        self._memory.add(joined)
        return joined

    def spread(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Return the event that the broker hands on, and who gets it with it."""
        book, connection = self._book, direction.connection
        book.advance(record.time_ns)
        realm, channel = book.realm_of(connection), hop.channel
        queued = queues(connection.carrier)
        group = hop.destination
        own = connection.number, hop.subscription
        delivery = Delivery(
            own if group is None else group,
            record.time_ns,
            connection.opened_ns if direction.from_start else 0,
            book.lacking.gaps(
                direction,
                shared=queued or group is not None,
                known=bool(hop.since_ns),
            ),
            hop.since_ns,
            queued,
        )
        like = book.crossings.like((realm, channel, hop.alike))
        joined = self._event_of(hop, realm, like, delivery)
        if joined is not None and joined.plain is not None:
            joined.plain.group = group
            joined.had.add(delivery.destination)
            if queued:
                book.lingering.serve((realm, channel))
        return joined

    def _event_of(
        self, hop: PlainHop, realm: Hashable, like: Like, delivery: Delivery
    ) -> Joined | None:
        """Return the plain event that is handed on; None, and nothing is noted."""
        if hop.exact is None:
            return like.hand_out_plain(delivery)
        joined = self._book.exact.peek(realm, hop.exact)
        passage = None if joined is None else joined.plain
        if joined is None or passage is None or len(passage.hops) != ASKED:
            return None
        like.pass_by(delivery, joined.place)
        return joined

    def ask_of(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Return the call whose request the broker hands on, and to whom with it."""
        joined = self._memory.plain_call(hop.correlation)
        passage = None if joined is None else joined.plain
        if (
            joined is None
            or passage is None
            or len(passage.hops) != ASKED
            or passage.body != hop.body
            or passage.channel != hop.channel
            or direction.connection.carrier != joined.ledger.carrier
            or not self._is_identified(joined, direction, hop)
        ):
            return None
        self._book.advance(record.time_ns)
        if joined.plain is None:  # it was told meanwhile
            return None
        group = passage.group = hop.destination
        number = direction.connection.number
        joined.had.add((number, hop.subscription) if group is None else group)
        if joined.queued:
            self._book.lingering.serve((joined.realm, hop.channel))
        return joined

    def _is_identified(
        self, joined: Joined, direction: Direction, hop: PlainHop
    ) -> bool:
        """Whether what identifies a request that is handed on is no other's."""
        if hop.exact is None:
            return True
        realm = self._book.realm_of(direction.connection)
        return self._book.exact.peek(realm, hop.exact) in (None, joined)

    def asked_by(self, direction: Direction, hop: PlainHop) -> Joined | None:
        """Return the call that a handler may answer now with its first reply."""
        joined = self._memory.plain_call(hop.correlation)
        passage = None if joined is None else joined.plain
        if passage is None or len(passage.hops) != HANDED:
            return None
        handler, connection = passage.hops[1][0].connection, direction.connection
        if handler is not connection and handler.principal is not connection.principal:
            return None
        return joined if passage.reply_channel == hop.channel else None

    def tell(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Return the call whose reply the broker hands on to who asked."""
        joined = self._memory.plain_call(hop.correlation)
        passage = None if joined is None else joined.plain
        if (
            joined is None
            or passage is None
            or len(passage.hops) != ANSWERED
            or passage.reply != hop.body
            or passage.reply_channel != hop.channel
        ):
            return None
        listens = joined.listens if joined.dual else joined.caller
        waited_ns = record.time_ns - passage.hops[0][1].time_ns
        if listens is not direction.connection or not 0 <= waited_ns <= USUAL_NS:
            return None
        book = self._book
        book.advance(record.time_ns)
        if joined.plain is None:  # it was told meanwhile
            return None
        book.tally.replies += 1
        joined.outcome = _COMPLETED
        if joined.listens is not None:
            book.stop_waiting(joined)
        return joined

    def leave(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Return the call that is over as its caller, which has its reply, leaves."""
        joined = self._memory.plain_call(hop.correlation)
        passage = None if joined is None else joined.plain
        if joined is None or passage is None or len(passage.hops) != TOLD:
            return None
        book = self._book
        book.advance(record.time_ns)
        if joined.plain is None:  # it was told meanwhile
            return None
        book.serve(joined, hop.verb, direction, record)
        joined.owes = max(joined.owes - 1, 0)
        if joined.settled:
            book.end(joined)
        return joined

    def confirm(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Return the exchange of which the broker confirms what it was handed.

        It may be over with that.
        """
        book, connection, tag = self._book, direction.connection, hop.subscription
        tagged = book.tags.get(connection, tag)
        if tagged is None or tagged.joined.plain is None or tagged.owed != 1:
            return None
        joined = tagged.joined
        book.advance(record.time_ns)
        if joined.plain is None:  # it was told meanwhile
            return None
        book.tags.take(connection, tag)
        if hop.exact is not None:
            book.identify(connection, tagged, (hop.exact,))
        book.serve(joined, hop.verb, direction, record)
        if joined.outcome is not None:
            book.settle(joined)
        return joined

    # decision 170
    def settle(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Return the exchange whose receiver says that it is done with it.

        Or whose broker knows of that. It may be over with that.
        """
        book, connection, tag = self._book, direction.connection, hop.subscription
        realm = book.realm_of(connection)
        tagged = book.tags.get(realm, tag)
        if tagged is None or tagged.joined.plain is None:
            return None
        joined = tagged.joined
        book.advance(record.time_ns)
        if joined.plain is None:  # it was told meanwhile
            return None
        book.tags.take(realm, tag)
        book.identify(connection, tagged, ())
        book.serve(joined, hop.verb, direction, record)
        if joined.outcome is not None:
            book.settle(joined)
        return joined

    def poll(self, direction: Direction, record: DataPacket, hop: PlainHop) -> None:
        """Learn that the broker is asked for what there is, or has nothing."""
        book = self._book
        book.advance(record.time_ns)
        if hop.polled is not None:
            unit = self._polls.get(hop.verb)
            if unit is None:
                unit = Idle(side=direction.side, begin=0, end=0, verb=hop.verb)
                self._polls[hop.verb] = unit
            book.openings.keep(Upkeep(direction, unit, [record]), hop.polled)

    def hand(self, joined: Joined, direction: Direction, hop: PlainHop) -> None:
        """Learn by what others may refer to a delivery, and what has asked for it."""
        book, connection = self._book, direction.connection
        realm, requests = book.realm_of(connection), hop.what != HOP_TOLD
        if requests:
            book.exact.learn(realm, hop.exact, joined)
        tagged = Tagged(joined, requests, owed=hop.owed, taker=connection)
        book.tags.keep(realm, hop.exact, tagged, adds=True)
        upkeep = book.openings.get(connection, hop.polled)
        if upkeep is None:
            return
        if upkeep.ledger is None:
            for record in upkeep.records:
                record.frames += 1
        book.attend(joined, upkeep, upkeep.unit.verb)

    def add(
        self,
        joined: Joined,
        direction: Direction,
        record: DataPacket,
        size: int,
    ) -> None:
        """Add a hop to what was found for it."""
        ledger, passage = joined.ledger, joined.plain
        passage.hops.append((direction, record, size))  # type: ignore[union-attr]
        joined.last_ns = self._book.now_ns
        joined.held += size
        self._memory.held += size
        record.owner = ledger
        ledger.data_packets += 1
        ledger.acks += record.acks

    def tag(
        self, joined: Joined, direction: Direction, tag: Hashable, *, requests: bool
    ) -> None:
        """Learn by what the broker is to confirm a hop."""
        tagged = Tagged(joined, requests)
        self._book.tags.keep(direction.connection, tag, tagged)
