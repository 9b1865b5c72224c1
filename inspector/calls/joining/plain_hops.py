"""Plain hops to plain passages, in as few steps as it takes.

::

    request in ─► request out ─► reply in ─► reply out ─► its caller leaves
    event in   ─► event out   ─► a second without another

What is not plain is refused before anything is noted of it, and goes the way of
:mod:`.asking` and :mod:`.answering`; what it is joined with becomes an exchange as soon
as those look at it (:meth:`.joined.Joined.make`). What is done here, they do with such
a hop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind, Ledger, Outcome
from inspector.calls.unended import USUAL_NS

from .crossings import Delivery
from .joined import Joined
from .memory import QUIET_NS
from .plain import ANSWERED, ASKED, HANDED, TOLD

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from inspector.calls.matching import ExchangeItem
    from inspector.carriers.hopping import PlainHop
    from inspector.streams.connections import Direction
    from inspector.streams.packets import DataPacket

    from .book import Book
    from .plain import PlainPassage

_MESSAGE, _EVENT = Kind.MESSAGE, Kind.EVENT


# decision 138
class PlainHops:
    """Join plain hops, and refuse all others.

    Each hop is looked for first, and added to what was found for it then.

    Args:
        book: What is known of all exchanges.
        count: Counts an event of which no more is to come; returns whether it is plain.
    """

    def __init__(self, book: Book, count: Callable[[Joined], bool]) -> None:
        self._book = book
        self._memory = book.memory
        self._coming = book.memory.coming
        self._count = count

    def advance(self, time_ns: int) -> None:
        """Learn what time it is; count or tell what is over by now."""
        book, coming = self._book, self._coming
        if time_ns <= book.now_ns:
            return
        while coming and coming[0][0] <= time_ns:
            if not self._pass(coming[0][1], time_ns):
                book.advance(time_ns)
                return
            coming.popleft()
        book.now_ns = time_ns

    def _pass(self, joined: Joined, time_ns: int) -> bool:
        """See to one whose end is looked for; return whether that was a plain one."""
        if joined.plain is None:
            return joined.exchange is None  # told already
        if joined.last_ns + QUIET_NS > time_ns:
            self._coming.append((time_ns + QUIET_NS, joined))
            return True
        if joined.plain.group and self._book.lacking.since(joined):
            return False  # another of the group may have had it
        return joined.ledger.kind is _EVENT and self._count(joined)

    def ready(self) -> Sequence[ExchangeItem]:
        """Return what was told since it was asked for last."""
        book = self._book
        if not book.ready:
            return ()
        ready, book.ready = book.ready, []
        return ready

    def ask(
        self, direction: Direction, time_ns: int, passage: PlainPassage, identity: str
    ) -> Joined | None:
        """Begin a call with the request that the broker is handed."""
        memory, inbox = self._memory, passage.reply_channel
        if memory.full or memory.knows(inbox):
            return None
        self.advance(time_ns)
        realm = self._book.realm_of(direction.connection)
        joined = self._begin(direction, passage, _MESSAGE, realm)
        memory.correlate(joined, inbox, identity)
        return joined

    def emit(
        self, direction: Direction, time_ns: int, passage: PlainPassage
    ) -> Joined | None:
        """Begin an event that the broker is handed."""
        book, memory = self._book, self._memory
        if memory.full:
            return None
        self.advance(time_ns)
        realm = book.realm_of(direction.connection)
        key = realm, passage.channel, hash(passage.body)
        like = book.crossings.like(key)
        if like.early:
            return None
        joined = self._begin(direction, passage, _EVENT, realm)
        joined.like, joined.outcome = key, Outcome.SENT
        like.hand_in(time_ns, joined)
        memory.expect(joined, book.now_ns)
        return joined

    def _begin(
        self, direction: Direction, passage: PlainPassage, kind: Kind, realm: Hashable
    ) -> Joined:
        book, connection = self._book, direction.connection
        book.tally.exchanges = number = book.tally.exchanges + 1
        ledger = Ledger(number, 0, 0, None, kind, passage.route, connection.carrier)
        joined = Joined(ledger, None, None, realm, connection, book.now_ns)
        joined.plain = passage
        self._memory.add(joined)
        return joined

    def spread(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Return the event that the broker hands on, and who gets it with it."""
        book, connection = self._book, direction.connection
        self.advance(record.time_ns)
        key = book.realm_of(connection), hop.channel, hash(hop.body)
        destination = hop.destination or (connection.number, hop.subscription)
        delivery = Delivery(
            destination,
            record.time_ns,
            connection.opened_ns if direction.from_start else 0,
            book.lacking.gaps(direction, shared=hop.destination is not None),
            hop.since_ns,
        )
        joined = book.crossings.like(key).hand_out_plain(delivery)
        if joined is not None and joined.plain is not None:
            joined.plain.destination, joined.plain.group = destination, hop.destination
        return joined

    def ask_of(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Return the call whose request the broker hands on, and to whom with it."""
        joined = self._memory.plain_call(hop.reply_channel)
        passage = None if joined is None else joined.plain
        if (
            joined is None
            or passage is None
            or len(passage.hops) != ASKED
            or passage.body != hop.body
            or passage.channel != hop.channel
            or direction.connection.carrier != joined.ledger.carrier
        ):
            return None
        self.advance(record.time_ns)
        group = passage.group = hop.destination
        number = direction.connection.number
        passage.destination = group or (number, hop.subscription)
        return joined

    def asked_by(self, direction: Direction, hop: PlainHop) -> Joined | None:
        """Return the call that a handler may answer now with its first reply."""
        joined = self._memory.plain_call(hop.channel)
        passage = None if joined is None else joined.plain
        if passage is None or len(passage.hops) != HANDED:
            return None
        asked = passage.hops[1][0].connection is direction.connection
        return joined if asked else None

    def tell(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Return the call whose reply the broker hands on to who asked."""
        joined = self._memory.plain_call(hop.channel)
        passage = None if joined is None else joined.plain
        if (
            joined is None
            or passage is None
            or len(passage.hops) != ANSWERED
            or passage.reply != hop.body
        ):
            return None
        asked_in, asked, _ = passage.hops[0]
        if (
            asked_in.connection is not direction.connection
            or not 0 <= record.time_ns - asked.time_ns <= USUAL_NS
        ):
            return None
        self.advance(record.time_ns)
        self._book.tally.replies += 1
        self._memory.expect(joined, self._book.now_ns)
        return joined

    def told(self, hop: PlainHop, time_ns: int) -> Joined | None:
        """Return the call whose caller has its reply, and listens no more."""
        joined = self._memory.plain_call(hop.channel)
        passage = None if joined is None else joined.plain
        if passage is None or len(passage.hops) != TOLD:
            return None
        self.advance(time_ns)
        return joined if joined is not None and joined.plain is not None else None

    def add(
        self, joined: Joined, direction: Direction, record: DataPacket, size: int
    ) -> None:
        """Add a hop to what was found for it."""
        ledger = joined.ledger
        joined.plain.hops.append((direction, record, size))  # type: ignore[union-attr]
        joined.last_ns = self._book.now_ns
        joined.held += size
        self._memory.held += size
        record.owner = ledger
        ledger.data_packets += 1
        ledger.acks += record.acks

    def end(self, joined: Joined, passage: PlainPassage) -> None:
        """Keep of what was counted only what may be needed yet."""
        joined.outcome = passage.outcome(joined.ledger.kind)
        joined.had.add(passage.destination)
        self._book.close(joined)
