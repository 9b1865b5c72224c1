"""Packets to exchanges: replies paired with the request that they answer.

::

    Request  ─► an exchange that waits ◄─ Response …, until one is final
    Event    ─► an exchange that is over at once
    Response ─► without its request: an orphan

A reply belongs to the exchange of its connection with exactly its id.

Source: ``packages/microservices/client/client-tcp.ts``, ``handleResponse``.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from inspector.carriers.base import CARRIER_FAILURE, Errand
from inspector.streams.items import Closed, End, Gap, Limited
from protocol import (
    UNDEFINED,
    Event,
    Json,
    Request,
    Response,
)

from .exchanges import Exchange, Kind, Ledger, Outcome
from .identities import Routes, identity_key
from .matching import Doubled, Stray, Tally
from .seen import Anomaly, Remark, Sighting, Upkeep
from .settling import (
    MAX_EARLY,
    MAX_EARLY_UNHEARD,
    adopt,
    answer,
    completed_ns,
    end,
    is_unique,
    outcome_of,
    own,
    tend,
    tend_late,
)
from .steps import LEAST_BACK_NS, contradict, forget_times, is_ahead, step_of
from .unended import USUAL_NS, Patience
from .waiting import Calls

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from inspector.streams.connections import Connection, Direction
    from inspector.streams.packets import DataPacket
    from protocol import Packet

    from .matching import ExchangeItem
    from .observing import SightingItem
    from .steps import ClockStep

# Looking a member up in an enumeration costs more than in a module.
_MESSAGE, _EVENT = Kind.MESSAGE, Kind.EVENT
_SENT, _COMPLETED = Outcome.SENT, Outcome.COMPLETED


Ended: TypeAlias = Exchange | Stray | Doubled | None
"""What ends with a packet, or belongs to no exchange."""


class Pairing:
    """Pair what is seen on all connections of direct carriers.

    Args:
        tally: What counts exchanges and replies, together with others.

    Attributes:
        calls: Connection → its calls.
        routes: The routes of patterns.
    """

    def __init__(self, tally: Tally | None = None) -> None:
        self._tally = tally or Tally()
        self.calls: dict[Connection, Calls] = {}
        self.routes = Routes()
        self._early = 0  # replies that are held, of all connections
        self._patience = Patience()
        self._steps: list[ClockStep] = []  # that are not reported yet

    def hear(self, item: SightingItem) -> Iterable[ExchangeItem]:
        """Return what ends with one item, and what belongs to no exchange."""
        if isinstance(item, Sighting):
            ended = self.see(item.direction, item.packet, item.size, item.records)
            self._place(item, ended)
            return () if ended is None else (ended,)
        if isinstance(item, Closed):
            steps, self._steps = self._steps, []
            return (*steps, *self._close(item), item)
        if isinstance(item, End):
            return ()
        if isinstance(item, Gap):
            self._calls_of(item.direction.connection).lack(self._tally.exchanges)
        elif isinstance(item, Limited | Anomaly):
            self._doubt(item)
        elif isinstance(item, Remark):
            self._name_exchange(item)
        elif isinstance(item, Upkeep) and isinstance(item.unit, Errand):
            self._tend(item, item.unit)
        return (item,)

    def elapse(self, time_ns: int) -> Iterable[ExchangeItem]:  # noqa: ARG002
        """Return nothing: what passes over a direct carrier is over when it says so."""
        return ()

    def _place(self, sighting: Sighting, ended: Ended) -> None:
        """Note with a packet to which exchange it belongs, and as what."""
        if isinstance(ended, Stray):
            return
        if isinstance(ended, Doubled):
            sighting.ledger = ended.ledger
            return
        exchange, packet = ended, sighting.packet
        if exchange is None:
            assert not isinstance(packet, Event)  # which is over at once
            calls = self._calls_of(sighting.direction.connection)
            same = calls.waiting.get(identity_key(packet.id))
            if same is None:  # the reply was the last, and its request may still come
                exchange = calls.early[identity_key(packet.id)]
            else:
                exchange = same[0 if isinstance(packet, Response) else -1]
        sighting.ledger = exchange.ledger
        if isinstance(packet, Response):
            sighting.reply = len(exchange.replies)

    def waiting(self, before_ns: int | None = None) -> Iterator[Exchange]:
        """Yield the exchanges that wait for a reply, the oldest of a connection first.

        Args:
            before_ns: Only those that were asked until then.
        """
        for calls in self.calls.values():
            calls.settle()
            for exchanges in calls.waiting.values():
                if before_ns is None:
                    yield from exchanges
                    continue
                if exchanges[0].asked_ns > before_ns:
                    break
                yield from (each for each in exchanges if each.asked_ns <= before_ns)

    def under_way(self) -> Iterator[int]:
        """Yield the numbers of the exchanges that have begun and are not over."""
        return (each.number for each in self.waiting())

    def see(
        self,
        direction: Direction,
        packet: Packet,
        size: int,
        records: list[DataPacket],
    ) -> Exchange | Stray | Doubled | None:
        """Return what ends with a packet, or belongs to no exchange.

        Args:
            direction: Where it was seen.
            packet: The packet.
            size: Bytes of its frame.
            records: The data packets that carried it.
        """
        connection = direction.connection
        calls = self.calls.get(connection) or self._calls_of(connection)
        if calls.plain:
            calls.settle()
        if isinstance(packet, Response):
            return self._see_reply(direction, packet, size, records, calls)
        if calls.early and isinstance(packet, Request):
            early = calls.early.pop(identity_key(packet.id), None)
            if early is not None:
                self._early -= 1
                return adopt(
                    early, packet, self.routes.find(packet.pattern), size, records
                )
        exchange = self._begin(connection, packet, size, records)
        if isinstance(packet, Event):
            return end(exchange, _SENT, exchange.asked_ns)
        exchange.id = identity = packet.id
        key = identity if type(identity) is str else identity_key(identity)
        same = calls.waiting.get(key)
        if same is None:
            calls.waiting[key] = [exchange]
            return None
        if isinstance(same, list):  # which forgets its first member the slower way
            same = calls.waiting[key] = deque(same)
        same.append(exchange)
        return Doubled(direction, records[-1], exchange.ledger)

    def _begin(
        self,
        connection: Connection,
        packet: Request | Event,
        size: int,
        records: list[DataPacket],
    ) -> Exchange:
        tally = self._tally
        tally.exchanges = number = tally.exchanges + 1
        pattern, time_ns = packet.pattern, records[0].time_ns
        kind = _EVENT if isinstance(packet, Event) else _MESSAGE
        name = self.routes.get(pattern) if type(pattern) is str else None
        if name is None:
            name = self.routes.find(pattern)
        exchange = Exchange(
            number,
            kind,
            connection,
            Ledger(number, 0, 0, None, kind, name, connection.carrier),
            time_ns,
            time_ns if len(records) == 1 else completed_ns(records),
            records,
            size,
            connection.counts.retransmissions,
            pattern,
            name,
            packet.data,
        )
        if packet.metadata is not UNDEFINED:
            exchange.metadata = packet.metadata
        own(exchange, records)
        return exchange

    def _see_reply(
        self,
        direction: Direction,
        packet: Response,
        size: int,
        records: list[DataPacket],
        calls: Calls,
    ) -> Exchange | Stray | None:
        self._tally.replies += 1
        identity = packet.id
        key = identity if type(identity) is str else identity_key(identity)
        exchanges = calls.waiting.get(key)
        if exchanges is None:
            ended = calls.ended(key)
            if ended is not None:
                return Stray(direction, records[-1], ended)
            orphan = self._begin_orphan(direction.connection, packet, records)
            orphan.gapped = calls.gap >= 0 or direction.connection.unseen is not None
            exchanges = calls.waiting[key] = [orphan]
            if self._may_hold(direction, identity, calls):
                calls.early[key] = orphan
                self._early += 1
        exchange = exchanges[0]
        waited_ns = answer(exchange, packet, size, records)
        if not 0 <= waited_ns <= USUAL_NS:
            self._judge(exchange, direction, waited_ns, calls)
        if not (packet.is_disposed or packet.failed):
            return None
        if len(exchanges) == 1:
            del calls.waiting[key]
        else:
            del exchanges[0]
        calls.end(key, exchange.ledger)
        outcome = _COMPLETED if packet.err is UNDEFINED else outcome_of(packet)
        over = end(exchange, outcome, exchange.last_reply_ns or 0)
        if exchange.number <= calls.doubt:
            exchange.gapped = exchange.gapped or exchange.number <= calls.gap
            forget_times(exchange)
        return None if calls.early and calls.early.get(key) is exchange else over

    # decision 111: What a clock that was set says of a call is not counted
    def _judge(
        self, call: Exchange, direction: Direction, waited_ns: int, calls: Calls
    ) -> None:
        """Learn that a call waited for long, or that its times contradict the order."""
        if call.kind is Kind.ORPHAN or call.untimed:
            return
        if waited_ns > 0:
            overtaken = calls.newest > call.number
            if not is_ahead(call, waited_ns, overtaken=overtaken):
                self._patience.note(call)
                return
        elif waited_ns > -LEAST_BACK_NS or calls.are_apart(call):
            contradict(call, waited_ns)
            calls.doubt = max(calls.doubt, call.number)
            return
        step = step_of(call, direction, waited_ns, self.waiting())
        self._steps.append(step)
        self._patience.stepped_ns = step.after.time_ns
        for each in self.calls.values():
            each.doubt = max(each.doubt, self._tally.exchanges)

    def _may_hold(self, direction: Direction, identity: Json, calls: Calls) -> bool:
        """Whether one more reply is held until its request may have come."""
        if calls.gap >= 0:
            return False
        if direction.connection.unseen is None:
            return len(calls.early) < MAX_EARLY and is_unique(identity)
        return self._early < MAX_EARLY_UNHEARD

    def _begin_orphan(
        self, connection: Connection, packet: Response, records: list[DataPacket]
    ) -> Exchange:
        tally = self._tally
        tally.exchanges = number = tally.exchanges + 1
        time_ns = records[0].time_ns
        ledger = Ledger(number, kind=Kind.ORPHAN, carrier=connection.carrier)
        exchange = Exchange(number, Kind.ORPHAN, connection, ledger, time_ns, time_ns)
        exchange.id = packet.id
        exchange.retransmissions_before = connection.counts.retransmissions
        return exchange

    def _tend(self, upkeep: Upkeep, errand: Errand) -> None:
        """Count an errand with the exchanges that it is for, by their ids."""
        calls = self.calls.get(upkeep.direction.connection)
        if calls is None:
            return
        calls.settle()
        for key in _ids_in(errand):
            exchanges, ended = calls.waiting.get(key), calls.ended(key)
            if exchanges is not None:
                ledger = exchanges[0].ledger
                tend(exchanges[0], errand.verb, upkeep.records)
            elif ended is not None:
                ledger = ended
                upkeep.late = [*upkeep.late, *tend_late(ledger, upkeep.records)]
            else:
                continue
            upkeep.ledger = upkeep.ledger or ledger

    def _doubt(self, item: Limited | Anomaly) -> None:
        """Learn that units were given up, of which one may have been a reply."""
        calls = self.calls.get(item.direction.connection)
        cause = item.limit if isinstance(item, Limited) else item.code
        if calls is not None and cause in {"frame_memory", CARRIER_FAILURE}:
            calls.lack(self._tally.exchanges)

    def _name_exchange(self, remark: Remark) -> None:
        """Say which exchange a remark is about, if its packet has just begun one."""
        packet = remark.packet
        if isinstance(packet, Request | Event):
            remark.exchange = self._tally.exchanges
            remark.route = self.routes.find(packet.pattern)

    def _close(self, closed: Closed) -> Iterator[Exchange]:
        calls = self.calls.pop(closed.connection, None)
        if calls is None:
            return
        calls.settle()
        left = [each for exchanges in calls.waiting.values() for each in exchanges]
        newest = calls.newest if left else 0
        if left and closed.connection.unseen is not None:
            calls.lack(self._tally.exchanges)
        self._early -= len(calls.early)
        yield from (each for each in calls.early.values() if each.outcome)
        for exchange in sorted(left, key=lambda each: each.number):
            exchange.cause = closed.cause
            exchange.overtaken = exchange.number < newest
            exchange.gapped = exchange.gapped or exchange.number <= calls.gap
            exchange.in_flight = self._patience.lasts(exchange, closed)
            forget_times(exchange)
            outcome = Outcome.INCOMPLETE if exchange.replies else Outcome.UNANSWERED
            yield end(exchange, outcome, closed.time_ns)

    def _calls_of(self, connection: Connection) -> Calls:
        calls = self.calls.get(connection)
        if calls is None:
            calls = self.calls[connection] = Calls()
        return calls


def _ids_in(errand: Errand) -> Iterator[Hashable]:
    """Yield what distinguishes the ids that an errand is about."""
    for about in errand.about:
        if isinstance(about, str | int | float):
            yield identity_key(about)
