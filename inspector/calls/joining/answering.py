"""Replies, on their way through a broker, and errands for the sake of calls.

::

    reply in  ─► its call: by its correlation; it waits to be handed on
    reply out ─► the same; to its caller it ends the call, to another it is overheard

Who asks is not known where the capture lacks that connection: then a reply counts when
the broker is handed it.

Source: ``packages/microservices/client/client-nats.ts``, ``createSubscriptionHandler``:
a reply with another id than that of the request is ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind, Outcome
from inspector.calls.identities import identity_key
from inspector.calls.matching import Stray
from inspector.calls.passages import Way
from inspector.calls.settling import add_reply_packets, completed_ns, tend, tend_late
from inspector.carriers.base import Fate
from protocol import UNDEFINED

from .beginning import begin_orphan, learn_caller
from .ending import tell
from .joined import MAX_PENDING, Pending

if TYPE_CHECKING:
    from collections.abc import Hashable

    from inspector.calls.passages import Hop
    from inspector.calls.seen import Sighting, Upkeep
    from inspector.carriers.base import Errand
    from protocol import Json, Response

    from .book import Book
    from .joined import Joined
    from .tags import Tagged


_IN = Way.IN  # looking a member up costs more than in a module


class Answering:
    """Join replies and errands.

    Args:
        book: What is known of all exchanges.
    """

    def __init__(self, book: Book) -> None:
        self._book = book

    def answer(self, sighting: Sighting, packet: Response, hop: Hop) -> Joined:
        """Return the call that a reply is to, and learn what it says of that."""
        book = self._book
        correlation = sighting.transfer.correlation
        if correlation is None:
            correlation = identity_key(packet.id)
        calls = book.memory.calls(correlation)
        if calls:
            several = len(calls) > 1
            joined = self._meant(calls, sighting, packet.id) if several else calls[0]
        else:
            exchange = begin_orphan(book.number(), sighting, hop)
            exchange.id = packet.id
            joined = book.open(exchange, sighting)
            book.memory.correlate(joined, correlation, None)
        if joined.exchange is None or not _fits(joined, packet.id):
            record = hop.records[-1]
            book.ready.append(Stray(sighting.direction, record, joined.ledger))
            if joined.exchange is not None:
                add_reply_packets(joined.exchange, hop.records)
        elif hop.way is _IN:
            self._come_in(joined, sighting, packet, hop)
        else:
            self._go_out(joined, sighting, packet, hop)
        return joined

    def _meant(self, calls: list[Joined], sighting: Sighting, identity: Json) -> Joined:
        """Return the first of some calls that waits and may be meant."""
        realm = self._book.realm_of(sighting)
        return min(
            calls,
            key=lambda each: (
                not _fits(each, identity),
                each.realm != realm,
                each.exchange is None,
                each.outcome is not None,
            ),
        )

    def _come_in(
        self, joined: Joined, sighting: Sighting, packet: Response, hop: Hop
    ) -> None:
        """Learn of a reply that the broker is handed."""
        exchange = joined.exchange
        assert exchange is not None
        known = joined.ahead.pop(hash(sighting.body), 0)
        if known:  # it stands after what follows from it
            hop.reply = known
            add_reply_packets(exchange, hop.records)
            return
        joined.numbered += 1
        hop.reply, hop.surplus = joined.numbered, joined.outcome is not None
        pending = Pending(packet, hop, hash(sighting.body))
        joined.wait(pending)
        if joined.caller is None and not hop.surplus:
            pending.told = True
            self._tell(joined, packet, hop)
        else:
            self._book.tally.replies += hop.surplus
            add_reply_packets(exchange, hop.records)

    def _go_out(
        self, joined: Joined, sighting: Sighting, packet: Response, hop: Hop
    ) -> None:
        """Learn of a reply that the broker hands on."""
        exchange, connection = joined.exchange, sighting.direction.connection
        assert exchange is not None
        caller = joined.caller
        if caller is None and not joined.handled_by(connection):
            caller = connection
            learn_caller(exchange, caller)
            self._book.memory.place(joined, connection)
        hop.overheard = connection is not caller
        pending = None if hop.overheard else joined.take(hash(sighting.body))
        told = pending is not None and pending.told
        if pending is None and not hop.overheard:
            joined.numbered += 1
            if len(joined.ahead) < MAX_PENDING:
                joined.ahead[hash(sighting.body)] = joined.numbered
        hop.reply = joined.numbered if pending is None else pending.hop.reply
        hop.surplus = joined.outcome is not None and not (told or hop.overheard)
        if told or hop.surplus or hop.overheard:
            counted = pending is not None and pending.hop.surplus
            self._book.tally.replies += hop.surplus and not counted
            add_reply_packets(exchange, hop.records)
        else:
            self._tell(joined, packet, hop)

    def _tell(self, joined: Joined, packet: Response, hop: Hop) -> None:
        self._book.tally.replies += 1
        tell(joined, packet, hop, self._book.patience)

    def tend(self, upkeep: Upkeep, errand: Errand) -> None:
        """Count an errand with the calls that it is for."""
        connection = upkeep.direction.connection
        for about in errand.about:
            tagged = self._book.tags.find(connection, about)
            if tagged is not None:
                self._confirm(tagged, about, upkeep, errand)
                continue
            calls = self._book.memory.calls(about)
            if not errand.opens:
                open_ = (each for each in calls if each.exchange is not None)
                joined = next(open_, calls[-1] if calls else None)
                if joined is not None:
                    self._attend(joined, upkeep, errand)
            elif calls and calls[0].exchange is not None:
                self._go_on(calls[0], upkeep, errand)
            else:
                self._book.openings.keep(upkeep, about)

    def settle(self, tagged: Tagged, fate: Fate) -> None:
        """Learn what becomes of a transfer with who had it."""
        joined = tagged.joined
        joined.settle(fate, awaited=tagged.awaited)
        if joined.like is not None:
            self._book.crossings.like(joined.like).settle(
                tagged.destination, joined.place, requeued=fate is Fate.REQUEUED
            )

    def _confirm(
        self, tagged: Tagged, tag: Hashable, upkeep: Upkeep, errand: Errand
    ) -> None:
        """Learn what is said of a transfer by its tag."""
        joined = tagged.joined
        if tagged.destination is not None and errand.fate is not Fate.KEPT:
            self.settle(tagged, errand.fate)
        elif errand.fate is Fate.WITHDRAWN and joined.outcome is Outcome.SENT:
            joined.outcome = Outcome.UNDELIVERED
        self._book.tags.settle(upkeep.direction.connection, tag, tagged)
        joined.owes = max(joined.owes - 1, 0)
        self._attend(joined, upkeep, errand, released=False)

    def _go_on(self, joined: Joined, upkeep: Upkeep, errand: Errand) -> None:
        """Learn that a caller listens again, since it lost its connection, or at last.

        The second where a capture has what follows from its request before that.
        """
        if joined.closed is not None or joined.caller is None:
            joined.closed = None
            joined.owes = max(joined.owes, 1)  # it will leave again
            self._book.memory.place(joined, upkeep.direction.connection)
            self._attend(joined, upkeep, errand)

    def _attend(
        self, joined: Joined, upkeep: Upkeep, errand: Errand, *, released: bool = True
    ) -> None:
        """Count an errand with a call, and learn what it says of that.

        Args:
            joined: The call.
            upkeep: The errand, and what carried it.
            errand: The same.
            released: Whether its caller listens no longer, if it does not begin to.
        """
        exchange = joined.exchange
        upkeep.ledger = upkeep.ledger or joined.ledger
        if exchange is None:
            upkeep.late = [*upkeep.late, *tend_late(joined.ledger, upkeep.records)]
            return
        tend(exchange, errand.verb, upkeep.records)
        joined.add_errand(errand.verb, upkeep)
        joined.last_ns = self._book.now_ns
        if errand.unwanted:
            self._refuse(joined, upkeep)
        elif released and not errand.opens:
            self._release(joined, upkeep, errand)
        if joined.outcome is not None:
            self._book.settle(joined)

    def _refuse(self, joined: Joined, upkeep: Upkeep) -> None:
        """Learn that nobody has subscribed to what a call was sent to."""
        exchange, passage = joined.exchange, joined.passage
        assert exchange is not None
        assert passage is not None
        passage.unwanted = True
        if exchange.kind is Kind.EVENT:
            joined.outcome = Outcome.UNDELIVERED
            return
        joined.outcome = Outcome.NO_HANDLER
        if joined.caller is None:
            self._book.memory.place(joined, upkeep.direction.connection)

    def _release(self, joined: Joined, upkeep: Upkeep, errand: Errand) -> None:
        """Learn that a caller listens no longer, be it before the last reply.

        One that still awaits some messages, as of ``UNSUB 1 1``, listens until then.
        """
        joined.owes = max(joined.owes - 1, 0)
        passage = joined.passage
        if joined.outcome is None and passage is not None and not errand.value:
            passage.left_ns = completed_ns(upkeep.records)
            self._book.memory.expect(joined, self._book.now_ns)


def _fits(joined: Joined, identity: Json) -> bool:
    """Whether a reply with an id may be to a call: it has that of the call, or none."""
    known = joined.id
    if known is None or known == identity:
        return True
    return identity is UNDEFINED or known == identity_key(identity)
