"""What is written down of exchanges over brokers while their hops are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.costs import queues
from inspector.calls.exchanges import Outcome
from inspector.calls.identities import Routes
from inspector.calls.matching import Late
from inspector.calls.passages import Leg, Way
from inspector.calls.serving import service_of
from inspector.calls.settling import own, tend, tend_late
from inspector.calls.unended import Patience
from inspector.streams.items import Limited

from .audiences import Audiences
from .crossings import Crossings
from .ending import conclude
from .exact import Exact
from .joined import Joined
from .lacking import Lacking
from .lingering import Lingering
from .listening import Listeners, Listening, is_alone, place_of
from .memory import QUIET_NS, Memory
from .openings import Openings
from .pairs import Pairs, call_by
from .tags import Tags

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from inspector.calls.exchanges import Exchange
    from inspector.calls.matching import ExchangeItem, Tally
    from inspector.calls.passages import Hop
    from inspector.calls.seen import Sighting, Upkeep
    from inspector.streams.connections import Connection, Direction
    from inspector.streams.endpoints import Endpoint
    from inspector.streams.packets import DataPacket

    from .tags import Tagged


_SENT = Outcome.SENT  # looking a member up costs more than in a module
MAX_CHANNELS = 4_096
"""Channels of which it is remembered who serves them."""


class Book:
    """What is known of all exchanges, and what of it is to be told.

    Args:
        tally: What counts exchanges and replies, together with others.
        memory: What is kept of exchanges; as much as usual by default.
        same: Broker → what it is known by together with others, where several are one.

    Attributes:
        ready: What ends with what is heard now, and what belongs to no exchange.
        now_ns: The latest time that was seen, in nanoseconds since 1970.
        count: What counts a plain exchange that is over, and lets go of it by
            :meth:`close`; it returns whether it does. None where nobody counts.
    """

    def __init__(
        self,
        tally: Tally,
        memory: Memory | None = None,
        same: Mapping[Endpoint, Endpoint] | None = None,
    ) -> None:
        self.tally = tally
        self.memory = memory or Memory()
        self.routes = Routes()
        self.patience = Patience()
        self.crossings = Crossings()
        self.openings = Openings()
        self.audiences = Audiences()
        self.listeners = Listeners()
        self.pairs = Pairs()
        self.lacking = Lacking(tally)
        self.lingering = Lingering()
        self.tags = Tags()
        self.exact = Exact()
        self.ready: list[ExchangeItem] = []
        self.now_ns = 0
        self.count: Callable[[Joined], bool] | None = None
        self._same = same or {}
        self._services: dict[Hashable, str] = {}  # by broker and channel

    def number(self) -> int:
        """Return the number of an exchange that begins."""
        self.tally.exchanges += 1
        return self.tally.exchanges

    def realm_of(self, connection: Connection) -> Hashable:
        """Return what the broker of a connection is known by."""
        broker = connection.server_endpoint
        return self._same.get(broker, broker) if self._same else broker

    def open(self, exchange: Exchange, sighting: Sighting) -> Joined:
        """Write down an exchange that begins; too many, and the oldest is told."""
        realm = self.realm_of(sighting.direction.connection)
        joined = Joined.begin(exchange, realm, self.now_ns)
        joined.queued = queues(exchange.carrier)
        crowded = self.memory.add(joined)
        if crowded is not None:
            self._make_room(crowded, sighting.direction, sighting.records)
        return joined

    def _make_room(
        self, oldest: Joined, direction: Direction, records: list[DataPacket]
    ) -> None:
        """Tell the oldest exchange as it stands, because too much is open."""
        self.ready.append(Limited(direction, "exchanges", records[-1].number))
        self.end(oldest)

    def add_hop(self, joined: Joined, hop: Hop) -> None:
        """Add a hop to its exchange, which may be over with that, or have been."""
        exchange = joined.exchange
        if exchange is None:
            packets = tend_late(joined.ledger, hop.records)
            if packets:
                self.ready.append(Late(joined.ledger, packets))
            return
        joined.last_ns = self.now_ns
        joined.add_hop(hop)
        own(exchange, hop.records)
        memory = self.memory
        joined.held += hop.size
        memory.held += hop.size
        while memory.held > memory.most_held:  # one hop may hold as much as many
            self._make_room(memory.oldest(), hop.direction, hop.records)
        if joined.outcome is not None and joined.exchange is not None:
            self.settle(joined)

    def tagged(
        self, connection: Connection, tag: Hashable, *, more: bool
    ) -> Tagged | None:
        """Return what something refers to, there or anywhere at its broker."""
        tagged = self.tags.take(connection, tag, more=more)
        return tagged or self.tags.take(self.realm_of(connection), tag, more=more)

    def identify(
        self, connection: Connection, tagged: Tagged, exact: tuple[Hashable, ...]
    ) -> None:
        """Learn what identifies a request from now on, if that is said of it.

        Where it is known on another connection than the one that had it, both are one
        peer's.
        """
        taker = tagged.taker
        if taker is not None and _same_host(taker, connection):
            call_by(connection, taker.principal)
        if exact and tagged.requests:
            self.exact.learn(self.realm_of(connection), exact[0], tagged.joined)

    def attend(self, joined: Joined, upkeep: Upkeep, verb: str) -> bool:
        """Count an errand with its exchange; return whether that is still open."""
        upkeep.ledger = upkeep.ledger or joined.ledger
        if joined.plain is not None:
            if is_alone(upkeep):
                self.serve(joined, verb, upkeep.direction, upkeep.records[0])
                return True
            joined.make()
        exchange = joined.exchange
        if exchange is None:
            upkeep.late = [*upkeep.late, *tend_late(joined.ledger, upkeep.records)]
            return False
        tend(exchange, verb, upkeep.records)
        joined.add_errand(verb, upkeep)
        joined.last_ns = self.now_ns
        return True

    # decision 145
    def serve(
        self, joined: Joined, verb: str, direction: Direction, record: DataPacket
    ) -> None:
        """Count an errand with a plain exchange, whose alone its data packet is."""
        ledger, passage = joined.ledger, joined.plain
        assert passage is not None
        passage.verbs += (verb,)
        passage.served.append((direction, record))
        joined.last_ns = self.now_ns
        record.owner = ledger
        ledger.data_packets += 1
        ledger.acks += record.acks

    def listening(self, joined: Joined) -> Listening | None:
        """Return what a call waits on with others; None where that is not known."""
        passage, listens = joined.plain or joined.passage, joined.listens
        if listens is None or passage is None or passage.reply_channel is None:
            return None
        place = place_of(joined.realm, passage.reply_channel, passage.reply_part)
        return self.listeners.get(listens, place)

    def listening_of(
        self,
        connection: Connection,
        known: Mapping[Connection, Listening],
        *,
        polls: bool,
    ) -> Listening | None:
        """Return where a caller listens that asks on another connection of its own.

        Args:
            connection: Where it asks.
            known: Who is known to listen there.
            polls: Whether who listens says nothing before it is handed something: then
                those that are known need not be all, and none is supposed to be it.
        """
        pairs = self.pairs
        listens = pairs.known(connection) if polls else pairs.find(connection, known)
        return None if listens is None else known.get(listens)

    def wait_on(self, joined: Joined, listening: Listening) -> None:
        """Learn where the caller of a call listens for its replies."""
        for opened in listening.claim(joined):
            self.attend(joined, opened, opened.unit.verb)
        if joined.caller is not None:
            call_by(listening.connection, joined.caller)

    def stop_waiting(self, joined: Joined) -> None:
        """Learn that a call waits no longer for replies."""
        listening = self.listening(joined)
        if listening is not None:
            listening.release(joined)

    def forget(self, connection: Connection) -> None:
        """Learn that a connection is over."""
        self.lacking.forget(connection)
        self.listeners.forget(connection)
        self.pairs.forget(connection)

    def settle(self, joined: Joined) -> None:
        """Tell an exchange if nothing more is to come of it, or see to it later."""
        if joined.settled:
            self.end(joined)
        elif not joined.awaited:
            self.memory.expect(joined, self.now_ns)

    def end(self, joined: Joined) -> None:
        """Tell an exchange as it stands, or count it."""
        if joined.plain is not None:
            # What waits to be told comes before it, and is counted only then.
            if self.count is not None and not self.ready and self.count(joined):
                return
            joined.make()
        if joined.outcome is _SENT and not joined.had:
            self._look_for_audience(joined)
        lacking = joined.outcome is None and self.lacking.concerns(joined)
        exchange = joined.exchange
        if exchange is not None and self.lacking.since(joined) and joined.shared:
            # Of like ones in a queue, or for a group, another may have had what is
            # missing; what became of one in a queue may be missing, too.
            like = joined.like
            several = like is not None and self.crossings.like(like).several
            exchange.gapped |= several or (joined.queued and joined.unsaid)
        passage = joined.passage
        if passage is not None and self.now_ns >= joined.last_ns + QUIET_NS:
            passage.unsettled = joined.unsettled
        time_ns = joined.last_ns if joined.closed is None else joined.closed.time_ns
        told = conclude(joined, time_ns, lacking=lacking, patience=self.patience)
        self._note_service(told, joined.realm)
        self.stop_waiting(joined)
        self.ready.append(told)
        self.close(joined)

    def close(self, joined: Joined) -> None:
        """Keep of an exchange that was told, or counted, what may be needed yet."""
        for forgotten in self.memory.close(joined):
            if forgotten.like is not None:
                self.crossings.forget(forgotten.like)

    def _look_for_audience(self, joined: Joined) -> None:
        """Learn whether an event that nobody is known to have had can have reached any.

        One to where replies are expected may reach who expects them.
        """
        passage = joined.passage
        assert passage is not None
        sent = passage.first(Leg.REQUEST, Way.IN)
        if sent is None or self.memory.calls(passage.channel):
            return
        sender, channel = sent.direction.connection, passage.channel
        if self.audiences.nobody(sender, channel, sent.time_ns):
            passage.unwanted = True
            joined.outcome = Outcome.UNDELIVERED

    def knows_service(self, realm: Hashable, channel: str) -> bool:
        """Whether who serves a channel is not to be remembered any more."""
        full = len(self._services) >= MAX_CHANNELS
        return full or (realm, channel) in self._services

    def _note_service(self, told: Exchange, realm: Hashable) -> None:
        """Remember who serves a channel, for what nobody had there."""
        passage = told.passage
        assert passage is not None
        place = realm, passage.channel
        if not passage.served:
            passage.usual = self._services.get(place, "")
        passage.service = service = service_of(told)
        known = not passage.served or place in self._services
        if not known and len(self._services) < MAX_CHANNELS:
            self._services[place] = service

    def advance(self, time_ns: int) -> None:
        """Learn what time it is; tell those of which no more is to come by now."""
        if time_ns <= self.now_ns:
            return
        self.now_ns = time_ns
        coming = self.memory.coming
        if coming and coming[0][0] <= time_ns:
            for joined in self.memory.due(time_ns):
                self.end(joined)


def _same_host(one: Connection, other: Connection) -> bool:
    """Whether two connections may be one peer's."""
    return one.client_endpoint.address == other.client_endpoint.address
