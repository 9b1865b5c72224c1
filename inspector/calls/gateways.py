"""Events of gateways to exchanges, over sessions that several connections may share.

::

    event with a number ─► an exchange that waits ◄─ an acknowledgement, or an exception
    event without       ─► an exchange that is over, if no exception repeats it soon
    a gateway's event   ─► an exchange of its own, in the other direction

An acknowledgement answers the event of its session with its number, of the other side
and in the same namespace. An exception has no number: it answers the oldest event that
it repeats, its pattern and its payload.

Source: ``packages/websockets/exceptions/base-ws-exception-filter.ts``.
"""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from inspector.carriers.base import CARRIER_FAILURE
from inspector.carriers.sessions import UNREAD, SessionTransfer
from inspector.streams.items import Closed, End, Gap, Limited
from protocol import Event, JsonText, Request, Response

from .exchanges import Exchange, Kind, Ledger, Outcome
from .identities import Routes
from .keeping import MAX_KEPT, Keeping
from .matching import Late, Stray, Tally
from .seen import Anomaly, Remark, Sighting
from .sessions import HELD_NS, Session, Sessions
from .settling import adopt, answer, completed_ns, end, outcome_of, own, tend_late
from .steps import contradict, forget_times
from .unended import USUAL_NS, Patience

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from inspector.streams.connections import Connection, Direction

    from .matching import ExchangeItem
    from .observing import SightingItem

MAX_HELD = 10_000
"""Events of all sessions that may wait for an exception."""
MAX_HELD_BYTES = 32 << 20
"""… and of the payloads of these: few compressed bytes may be a lot."""
MAX_EARLY = 1_024
"""Acknowledgements of a session that are held until their event may have come."""
_ALWAYS = 1 << 62  # exchanges that have begun when a session is in doubt for good
Ended: TypeAlias = "Exchange | Stray | Late | None"


class Gateways:
    """Make exchanges of what is seen in all sessions.

    Args:
        tally: What counts exchanges and replies, together with others.
    """

    def __init__(self, tally: Tally | None = None) -> None:
        self._tally = tally or Tally()
        self._sessions = Sessions()
        self._routes = Routes()
        self._patience = Patience()
        # Events that an exception may repeat, and their sessions.
        self._held: deque[tuple[Exchange, Session]] = deque()
        self._held_bytes = 0
        self._keeping = Keeping()
        self._deaf: set[Direction] = set()  # of which nothing was read since a gap

    def hear(self, item: SightingItem) -> Iterable[ExchangeItem]:
        """Return what ends with one item, and what belongs to no exchange."""
        if isinstance(item, Sighting):
            if self._deaf:
                self._deaf.discard(item.direction)
            over = list(self.elapse(item.records[-1].time_ns))
            ended = self._see(item)
            if self._keeping.size > MAX_KEPT:
                over += self._make_room(item)
            return over if ended is None else [*over, ended]
        if isinstance(item, Closed):
            left = list(self._close(item))
            self._deaf.difference_update(item.connection.directions)
            return (*left, item)
        if isinstance(item, End):
            return list(self._end())
        if isinstance(item, Gap):
            self._deaf.add(item.direction)
            self._lack(item.direction.connection)
        elif isinstance(item, Limited | Anomaly | Remark):
            cause = item.limit if isinstance(item, Limited) else item.code
            if cause in {"frame_memory", CARRIER_FAILURE, UNREAD}:
                self._lack(item.direction.connection)
        return (item,)

    def elapse(self, time_ns: int) -> Iterable[ExchangeItem]:
        """Yield the events that no exception has repeated for long enough."""
        held = self._held
        while held and (
            held[0][0].asked_ns + HELD_NS < time_ns
            or len(held) > MAX_HELD
            or self._held_bytes > MAX_HELD_BYTES
        ):
            event, session = held.popleft()
            self._held_bytes -= _bytes_of(event)
            if event.outcome is None:
                yield self._sent(event, session)
        for session in self._sessions.elapse(time_ns):
            yield from self._leave(session)

    def _sent(self, event: Exchange, session: Session) -> Exchange:
        """Return an event that no exception has repeated, as far as that is known."""
        session.forget(event)
        event.gapped = self._is_in_doubt(event, session)
        return end(event, Outcome.SENT, event.asked_ns)

    def _is_in_doubt(self, exchange: Exchange, session: Session) -> bool:
        """Whether an answer may have passed that the capture lacks, or nobody reads."""
        asked = (exchange.connection.client or 0) ^ exchange.pushed
        deaf = exchange.connection.directions[1 - asked] in self._deaf
        return deaf or exchange.number <= self._sessions.gap(session)

    def waiting(self, before_ns: int | None = None) -> Iterator[Exchange]:
        """Yield the exchanges that wait for an acknowledgement.

        Args:
            before_ns: Only those that were asked until then.
        """
        for session in self._sessions:
            for exchange in session.left():
                if before_ns is None or exchange.asked_ns <= before_ns:
                    yield exchange

    def under_way(self) -> Iterator[int]:
        """Yield the numbers of the exchanges that have begun and are not over."""
        held = (event for event, _ in self._held)
        return (each.number for each in chain(self.waiting(), held))

    def _make_room(self, sighting: Sighting) -> Iterator[ExchangeItem]:
        """Yield what waits with too many bytes of payloads, as it stands."""
        direction, record = sighting.direction, sighting.records[-1]
        for exchange, session, key, _ in self._keeping.surplus():
            yield Limited(direction, "exchanges", record.number)
            session.let_go(key, exchange)
            if exchange.outcome is None:
                exchange.cause, exchange.in_flight = "limit", True
                forget_times(exchange)
                end(exchange, Outcome.UNANSWERED, record.time_ns)
            yield exchange

    def _lack(self, connection: Connection) -> None:
        """Learn that bytes of a connection are missing, or could not be read."""
        self._sessions.lack(connection, self._tally.exchanges)

    def _see(self, sighting: Sighting) -> Ended:
        """Return what ends with a packet, and note to which exchange it belongs."""
        transfer, connection = sighting.transfer, sighting.direction.connection
        name, roams = "", False
        if isinstance(transfer, SessionTransfer):
            name, roams = transfer.session, transfer.roams
        session = self._sessions.find(connection, name, roams=roams)
        if isinstance(transfer, SessionTransfer) and transfer.socket:
            session.call(transfer.socket)
        connection.sockets = session.sockets
        if roams and not name:  # it is of a session that the capture does not name
            self._lack(connection)
            session.gap = _ALWAYS
        if isinstance(transfer.packet, Response):
            return self._answer(sighting, session, transfer.packet)
        if isinstance(transfer, SessionTransfer) and transfer.blames is not None:
            failed = session.blamed(*transfer.blames)
            if failed is not None:
                return self._fail(sighting, session, failed)
        return self._ask(sighting, session)

    def _ask(self, sighting: Sighting, session: Session) -> Ended:
        """Return an event, if it is over at once."""
        transfer, packet = sighting.transfer, sighting.packet
        assert isinstance(packet, Request | Event)
        key = transfer.correlation
        early = None if key is None else session.early.pop(key, None)
        if early is not None and isinstance(packet, Request):
            sighting.ledger = early.ledger
            self._keeping.drop(early)
            route = self._routes.find(packet.pattern)
            return adopt(early, packet, route, sighting.size, sighting.records)
        exchange = self._begin(sighting, packet)
        sighting.ledger = exchange.ledger
        cause = transfer.cause if isinstance(transfer, SessionTransfer) else None
        if cause is not None:
            session.remember(cause[0], cause[1], exchange)
        if isinstance(packet, Request):
            exchange.id = packet.id
            session.wait(key, exchange)
            self._keeping.add(exchange, session, key)
            return None
        if cause is None:
            return end(exchange, Outcome.SENT, exchange.asked_ns)
        self._held.append((exchange, session))
        self._held_bytes += _bytes_of(exchange)
        return None

    def _begin(self, sighting: Sighting, packet: Request | Event) -> Exchange:
        tally, direction = self._tally, sighting.direction
        tally.exchanges = number = tally.exchanges + 1
        connection, records = direction.connection, sighting.records
        kind = Kind.EVENT if isinstance(packet, Event) else Kind.MESSAGE
        route = self._routes.find(packet.pattern)
        exchange = Exchange(
            number,
            kind,
            connection,
            Ledger(number, 0, 0, None, kind, route, connection.carrier),
            records[0].time_ns,
            completed_ns(records),
            records,
            sighting.size,
            connection.counts.retransmissions,
            packet.pattern,
            route,
            packet.data,
        )
        exchange.pushed = direction.side != (connection.client or 0)
        own(exchange, records)
        return exchange

    def _answer(self, sighting: Sighting, session: Session, packet: Response) -> Ended:
        """Return the exchange that an acknowledgement ends."""
        self._tally.replies += 1
        key = sighting.transfer.correlation
        exchange = session.take(key)
        if exchange is None:
            ended = session.ended(key)
            if ended is not None:
                return Stray(sighting.direction, sighting.records[-1], ended)
            told = session.told(key)
            if told is not None:
                sighting.ledger = told
                packets = tend_late(told, sighting.records)
                return Late(told, packets) if packets else None
            exchange = self._orphan(sighting, session, packet)
            over = self._settle(sighting, session, exchange, packet)
            if len(session.early) >= MAX_EARLY:
                return over
            session.early[key] = exchange
            self._keeping.add(exchange, session, key)
            return None
        return self._settle(sighting, session, exchange, packet)

    def _fail(self, sighting: Sighting, session: Session, failed: Exchange) -> Exchange:
        """Return the exchange that an exception ends, as a reply to it."""
        assert isinstance(sighting.packet, Event)
        self._tally.replies += 1
        if failed.kind is Kind.EVENT:  # which was answered after all
            failed.kind = failed.ledger.kind = Kind.MESSAGE
            failed.id = None
        packet = Response(failed.id, err=sighting.packet.data, is_disposed=True)
        sighting.transfer = msgspec.structs.replace(sighting.transfer, packet=packet)
        session.drop(failed)
        return self._settle(sighting, session, failed, packet)

    def _orphan(
        self, sighting: Sighting, session: Session, packet: Response
    ) -> Exchange:
        tally, connection = self._tally, sighting.direction.connection
        tally.exchanges = number = tally.exchanges + 1
        time_ns = sighting.records[0].time_ns
        ledger = Ledger(number, kind=Kind.ORPHAN, carrier=connection.carrier)
        orphan = Exchange(number, Kind.ORPHAN, connection, ledger, time_ns, time_ns)
        orphan.id = packet.id
        orphan.gapped = self._sessions.gap(session) >= 0
        orphan.gapped = orphan.gapped or connection.unseen is not None
        orphan.retransmissions_before = connection.counts.retransmissions
        return orphan

    def _settle(
        self,
        sighting: Sighting,
        session: Session,
        exchange: Exchange,
        packet: Response,
    ) -> Exchange:
        """Return an exchange that is over with a reply."""
        session.forget(exchange)
        self._keeping.drop(exchange)
        waited_ns = answer(exchange, packet, sighting.size, sighting.records)
        if exchange.kind is not Kind.ORPHAN:
            if waited_ns < 0:
                contradict(exchange, waited_ns)
            elif waited_ns > USUAL_NS:
                self._patience.note(exchange)
        sighting.ledger, sighting.reply = exchange.ledger, len(exchange.replies)
        key: Hashable = sighting.transfer.correlation
        if key is not None:
            session.end(key, exchange.ledger)
        forget_times(exchange)
        return end(exchange, outcome_of(packet), exchange.last_reply_ns or 0)

    def _close(self, closed: Closed) -> Iterator[ExchangeItem]:
        """Yield what cannot be answered any more once a connection is over."""
        for session in self._sessions.close(closed):
            yield from self._leave(session)

    def _end(self) -> Iterator[ExchangeItem]:
        """Yield what was not answered when the capture ends."""
        for event, session in self._held:
            if event.outcome is None:
                yield self._sent(event, session)
        self._held.clear()
        self._held_bytes = 0
        for session in self._sessions.drop_all():
            yield from self._leave(session)

    def _leave(self, session: Session) -> Iterator[Exchange]:
        """Yield what a session that is over leaves."""
        closed = session.closed
        assert closed is not None
        if closed.connection.unseen is not None:
            session.gap = self._tally.exchanges
        for early in session.early.values():
            self._keeping.drop(early)
            yield early
        events = [each for each in session.events() if each.outcome is None]
        newest = session.newest
        for exchange in sorted([*session.left(), *events], key=_number):
            self._keeping.drop(exchange)
            if exchange.kind is Kind.EVENT:
                yield self._sent(exchange, session)
                continue
            exchange.cause = closed.cause
            exchange.overtaken = exchange.number < newest
            exchange.gapped = self._is_in_doubt(exchange, session)
            exchange.in_flight = self._patience.lasts(exchange, closed)
            forget_times(exchange)
            yield end(exchange, Outcome.UNANSWERED, closed.time_ns)


def _number(exchange: Exchange) -> int:
    return exchange.number


def _bytes_of(event: Exchange) -> int:
    return len(event.data) if isinstance(event.data, JsonText) else 0
