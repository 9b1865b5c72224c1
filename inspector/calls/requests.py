"""Requests of HTTP to exchanges: what may be at the root of what Nest does.

They are paired as calls over a direct carrier are, and nothing is found of them. The
parts of a body that is not kept count with its exchange. A route has no numbers in it:
``GET /users/7`` and ``GET /users/8`` are of one, ``GET /users/:id``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.base import Errand
from inspector.carriers.sessions import UNREAD
from inspector.streams.items import Limited
from protocol import Event, Request
from protocol.lazy_regex import lazy_regex

from .exchanges import Exchange, Outcome
from .identities import identity_key
from .pairing import Pairing
from .seen import Remark, Sighting, Upkeep
from .settling import MAX_EARLY, end
from .steps import forget_times

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from inspector.streams.connections import Direction
    from protocol import Json

    from .matching import ExchangeItem, Tally
    from .observing import SightingItem
    from .waiting import Calls

_NAMED = lazy_regex(
    r"(?<=/)(?:[0-9]+"
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|[0-9a-fA-F]{16,}"
    r"|(?=[^/ ]*[0-9])(?=[^/ ]*[A-Za-z])[0-9A-Za-z_-]{20,})(?=/| |\Z)"
)
"""Segments of a path that name one of many: numbers, UUIDs, and what is random."""


MAX_OPEN = 10_000
"""Requests without their responses, of all connections, that are kept."""


class Requests(Pairing):
    """Pair what is seen on all connections of HTTP.

    Args:
        tally: What counts exchanges and replies, together with others.
        most: Requests without their responses that are kept; the oldest of more is told
            as it stands.
    """

    def __init__(self, tally: Tally | None = None, most: int = MAX_OPEN) -> None:
        super().__init__(tally)
        self._most = most
        # Those that are open, by number, the oldest first: their calls, and their key.
        self._open: dict[int, tuple[Calls, Hashable]] = {}

    def hear(self, item: SightingItem) -> Iterable[ExchangeItem]:
        """Return the exchanges that end with one item, and a limit that was reached."""
        if isinstance(item, Sighting):
            self._number(item)
        elif isinstance(item, Upkeep) and isinstance(item.unit, Errand):
            self._measure(item, item.unit)
        elif isinstance(item, Remark) and item.code == UNREAD:
            self._calls_of(item.direction.connection).lack(self._tally.exchanges)
        replies = self._tally.replies
        ended = [each for each in super().hear(item) if isinstance(each, Exchange)]
        self._tally.replies = replies  # which counts those of Nest
        for exchange in ended:
            self._open.pop(exchange.number, None)
            self._name(exchange)
        if isinstance(item, Sighting) and isinstance(item.packet, Request):
            return [*ended, *self._keep(item, item.packet)]
        return ended

    @staticmethod
    def _name(exchange: Exchange) -> None:
        """Give an exchange its route, without what names one of many."""
        if exchange.route is not None:
            exchange.route = exchange.ledger.route = route_of(exchange.route)

    def _keep(self, sighting: Sighting, request: Request) -> Iterator[ExchangeItem]:
        """Keep a request; yield the oldest as it stands where that are too many."""
        calls, key = self.calls[sighting.direction.connection], identity_key(request.id)
        waiting = calls.waiting.get(key)
        if waiting:
            self._open[waiting[-1].number] = calls, key
        if len(self._open) <= self._most:
            return
        number, (oldest, own) = next(iter(self._open.items()))
        del self._open[number]
        for exchange in oldest.waiting.pop(own, ()):
            record = sighting.records[-1]
            yield Limited(sighting.direction, "exchanges", record.number)
            exchange.cause, exchange.in_flight = "limit", True
            forget_times(exchange)
            outcome = Outcome.INCOMPLETE if exchange.replies else Outcome.UNANSWERED
            oldest.end(own, exchange.ledger)
            self._name(exchange)
            yield end(exchange, outcome, record.time_ns)

    @staticmethod
    def _number(sighting: Sighting) -> None:
        """Give a packet the number of its request: HTTP itself has none."""
        transfer = sighting.transfer
        assert not isinstance(transfer.packet, Event)
        key: Json = transfer.correlation
        packet = msgspec.structs.replace(transfer.packet, id=key)
        sighting.transfer = msgspec.structs.replace(transfer, packet=packet)

    def _measure(self, upkeep: Upkeep, errand: Errand) -> None:
        """Count the bytes of a part of a body."""
        connection = upkeep.direction.connection
        waiting = self._calls_of(connection).waiting
        (key,) = errand.about
        assert isinstance(key, str | int)
        exchanges = waiting.get(identity_key(key))
        if exchanges is None:
            return
        size = errand.end - errand.begin
        if upkeep.direction.side == (connection.client or 0):
            exchanges[0].request_bytes += size
        else:
            exchanges[0].reply_bytes += size

    def _may_hold(self, direction: Direction, identity: Json, calls: Calls) -> bool:
        """Whether a response is held: the n-th answers the n-th request anyway."""
        if calls.gap < 0 and direction.connection.unseen is None:
            return len(calls.early) < MAX_EARLY
        return super()._may_hold(direction, identity, calls)


def route_of(pattern: str) -> str:
    """Return a pattern without what names one of many in its path."""
    return _NAMED.sub(":id", pattern)
