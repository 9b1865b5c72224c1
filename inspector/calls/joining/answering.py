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
from inspector.calls.passages import Way, way_of
from inspector.calls.settling import add_reply_packets, completed_ns
from inspector.carriers.base import Fate
from protocol import UNDEFINED

from .beginning import begin_orphan, learn_caller
from .ending import had_undefined, tell
from .joined import MAX_PENDING, Pending
from .listening import place_of
from .pairs import call_by

if TYPE_CHECKING:
    from collections.abc import Hashable

    from inspector.calls.passages import Hop
    from inspector.calls.seen import Sighting, Upkeep
    from inspector.carriers.base import Errand
    from inspector.streams.connections import Connection
    from protocol import Json, Response

    from .book import Book
    from .joined import Joined
    from .listening import Listening
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
            return joined
        hop.elsewhere = _elsewhere(joined, sighting)
        if hop.way is _IN:
            self._pair(joined, sighting)
            self._come_in(joined, sighting, packet, hop)
        else:
            self._go_out(joined, sighting, packet, hop)
        return joined

    def _meant(self, calls: list[Joined], sighting: Sighting, identity: Json) -> Joined:
        """Return the first of some calls that waits and may be meant."""
        realm = self._book.realm_of(sighting.direction.connection)
        return min(
            calls,
            key=lambda each: (
                not _fits(each, identity),
                each.realm != realm,
                _elsewhere(each, sighting),
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
        if joined.caller is None and not (hop.surplus or hop.elsewhere):
            pending.told = True
            self._tell(joined, packet, hop)
        else:
            self._book.tally.replies += hop.surplus
            add_reply_packets(exchange, hop.records)

    def _go_out(
        self, joined: Joined, sighting: Sighting, packet: Response, hop: Hop
    ) -> None:
        """Learn of a reply that the broker hands on."""
        exchange = joined.exchange
        assert exchange is not None
        hop.overheard = not self._reaches_caller(joined, sighting)
        hop.shares = hop.overheard and self._shares(joined, sighting)
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

    def _reaches_caller(self, joined: Joined, sighting: Sighting) -> bool:
        """Whether the broker hands a reply on to who asked."""
        connection, caller = sighting.direction.connection, joined.caller
        if caller is None and not joined.handled_by(connection):
            assert joined.exchange is not None
            learn_caller(joined.exchange, connection)
            self._book.memory.place(joined, connection)
            return True
        if connection is caller or self._comes_back(joined, connection):
            return True
        if joined.dual and joined.listens is None:
            self._find_listener(joined, sighting)
        return caller is not None and connection is joined.listens

    def _comes_back(self, joined: Joined, connection: Connection) -> bool:
        """Whether who asked has lost its connection, and listens again on this one."""
        passage, closed, book = joined.passage, joined.closed, self._book
        if passage is None or closed is None or joined.dual:
            return False
        place = place_of(joined.realm, passage.reply_channel, passage.reply_part)
        listening = book.listeners.get(connection, place)
        host = closed.connection.client_endpoint.address
        if listening is None or connection.opened_ns < closed.time_ns:
            return False
        if connection.client_endpoint.address != host:
            return False
        joined.closed = None
        book.memory.place(joined, connection)
        book.wait_on(joined, listening)
        return True

    def _shares(self, joined: Joined, sighting: Sighting) -> bool:
        """Whether who overhears a reply listens on its channel for others."""
        transfer = sighting.transfer
        place = place_of(joined.realm, transfer.channel, transfer.reply_part)
        known = self._book.listeners.get(sighting.direction.connection, place)
        return known is not None and transfer.subscription == transfer.channel

    def _find_listener(self, joined: Joined, sighting: Sighting) -> None:
        """Learn where a caller listens, by where a reply to it is handed on to."""
        book, connection = self._book, sighting.direction.connection
        passage, caller = joined.passage, joined.caller
        assert passage is not None
        if caller is None or joined.handled_by(connection):
            return
        place = place_of(joined.realm, passage.reply_channel, passage.reply_part)
        known = [*book.listeners.at(place)]
        if known and sighting.transfer.channel != sighting.transfer.subscription:
            return  # by a wildcard, while somebody listens on the channel itself
        listens = book.pairs.find(caller, dict.fromkeys([*known, connection]))
        if listens is not None:
            book.wait_on(joined, book.listeners.learn(listens, place))

    def _pair(self, joined: Joined, sighting: Sighting) -> None:
        """Learn on which connection who answers has had the request."""
        connection, passage = sighting.direction.connection, joined.passage
        assert passage is not None
        if sighting.transfer.dual and connection.twin is None:
            had = [hop.direction.connection for hop in passage.hops if hop.delivers]
            listens = self._book.pairs.find(connection, dict.fromkeys(had))
            if listens is not None:
                call_by(connection, listens)

    def _tell(self, joined: Joined, packet: Response, hop: Hop) -> None:
        self._book.tally.replies += 1
        tell(joined, packet, hop, self._book.patience)
        if joined.outcome is not None:
            self._book.stop_waiting(joined)

    def tend(self, upkeep: Upkeep, errand: Errand) -> None:
        """Count an errand with the calls that it is for."""
        book, connection = self._book, upkeep.direction.connection
        for channel in errand.channels:
            self._tend_channel(upkeep, errand, channel)
        for place, about in enumerate(errand.about):
            tagged = book.tagged(connection, about, more=errand.more)
            if tagged is not None:
                book.identify(connection, tagged, errand.exact[place : place + 1])
                self._refer(tagged, upkeep, errand)
            else:
                self._tend_calls(upkeep, errand, about)

    def _tend_calls(self, upkeep: Upkeep, errand: Errand, about: Hashable) -> None:
        """Count an errand with the call of a correlation."""
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

    def _tend_channel(self, upkeep: Upkeep, errand: Errand, channel: str) -> None:
        """Count an errand with the call that it opens or leaves a reply channel for."""
        connection, book = upkeep.direction.connection, self._book
        place = book.realm_of(connection), channel
        confirms = way_of(upkeep.direction) is not _IN
        if errand.opens:
            listening = book.listeners.learn(connection, place)
            first = listening.open(upkeep, confirms=confirms)
            if first is not None and book.attend(first, upkeep, errand.verb):
                _note_haste(first)
            return
        known = book.listeners.get(connection, place)
        if known is None:
            return
        if not (confirms and known.left):
            self._leave(known)
        if confirms:
            known.left = max(known.left - 1, 0)
        if known.last is not None:
            self._go_away(known.last, upkeep, errand)
        if confirms and not (known.left or known.owed):
            book.listeners.drop(known)

    def _leave(self, listening: Listening) -> None:
        """Learn that nobody listens on a channel any longer: who waited has left."""
        for joined in listening.leave():
            joined.make()
            if joined.outcome is None and joined.passage is not None:
                if joined.exchange is not None and had_undefined(joined.exchange):
                    joined.outcome = Outcome.COMPLETED
                else:
                    joined.passage.left_ns = self._book.now_ns
                self._book.memory.expect(joined, self._book.now_ns)

    def _go_away(self, joined: Joined, upkeep: Upkeep, errand: Errand) -> None:
        """Count an errand by which a caller listens no longer."""
        if self._book.attend(joined, upkeep, errand.verb):
            joined.owes = max(joined.owes - 1, 0)
            if joined.outcome is not None:
                self._book.settle(joined)

    def _refer(self, tagged: Tagged, upkeep: Upkeep, errand: Errand) -> None:
        """Learn what is said of a transfer, and count that with its exchange."""
        joined, book = tagged.joined, self._book
        if not _is_plain(tagged, errand):
            joined.make()
        if tagged.destination is not None and errand.fate is not Fate.KEPT:
            self.settle(tagged, errand.fate)
        elif errand.fate is Fate.WITHDRAWN and joined.outcome is Outcome.SENT:
            joined.outcome = Outcome.UNDELIVERED
        if not book.attend(joined, upkeep, errand.verb):
            return
        passage = joined.passage
        if passage is None:  # it is plain: nothing is to be learnt of its confirm
            pass
        elif not tagged.requests:
            passage.unheard += errand.unwanted
            joined.crowded |= isinstance(errand.value, int) and errand.value > 1
        elif errand.unwanted and not passage.served:
            self._refuse(joined, upkeep)
            listening = book.listening(joined)
            if listening is not None:  # its caller will give up at some time
                joined.owes = max(joined.owes, listening.owed)
        if joined.outcome is not None:
            book.settle(joined)

    def settle(self, tagged: Tagged, fate: Fate) -> None:
        """Learn what becomes of a transfer with who had it."""
        joined = tagged.joined
        joined.settle(fate, awaited=tagged.awaited)
        if joined.like is not None:
            like = self._book.crossings.like(joined.like)
            requeued = fate is Fate.REQUEUED
            like.settle(tagged.destination, joined.place, requeued=requeued)
            if fate is Fate.REJECTED:
                like.reject(tagged.destination, joined)

    def _go_on(self, joined: Joined, upkeep: Upkeep, errand: Errand) -> None:
        """Learn that a caller listens again, since it lost its connection, or at last.

        The second where a capture has what follows from its request before that.
        """
        if joined.closed is not None or joined.caller is None:
            joined.closed = None
            joined.owes = max(joined.owes, 1)  # it will leave again
            self._book.memory.place(joined, upkeep.direction.connection)
            self._attend(joined, upkeep, errand)

    def _attend(self, joined: Joined, upkeep: Upkeep, errand: Errand) -> None:
        """Count an errand with a call, and learn what it says of that."""
        if not self._book.attend(joined, upkeep, errand.verb):
            return
        if errand.unwanted:
            self._refuse(joined, upkeep)
        elif not errand.opens:
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


def _note_haste(joined: Joined) -> None:
    """Learn that a call was sent before what its caller listens to was confirmed.

    On one connection the broker has read the subscription before.
    """
    passage = joined.make().passage if joined.dual else None
    if passage is not None:
        passage.hasty = True


def _is_plain(tagged: Tagged, errand: Errand) -> bool:
    """Whether nothing is to be learnt of a confirm but that it has come."""
    usual = errand.fate is Fate.KEPT and not errand.unwanted
    return usual and tagged.destination is None and errand.value in (None, 1)


def _elsewhere(joined: Joined, sighting: Sighting) -> bool:
    """Whether a reply is on another channel than the request of its call has named.

    Where something else than an id joins both, it is on its channel.
    """
    passage, transfer = joined.passage, sighting.transfer
    if passage is None or passage.reply_channel is None:
        return False
    return transfer.correlation is None and transfer.channel != passage.reply_channel


def _fits(joined: Joined, identity: Json) -> bool:
    """Whether a reply with an id may be to a call: it has that of the call, or none."""
    known = joined.id
    alike = known is None or known == identity
    return alike or identity is UNDEFINED or known == identity_key(identity)
