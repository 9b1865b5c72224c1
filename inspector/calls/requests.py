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
from protocol import Event
from protocol.lazy_regex import lazy_regex

from .exchanges import Exchange
from .identities import identity_key
from .pairing import Pairing
from .seen import Remark, Sighting, Upkeep
from .settling import MAX_EARLY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.streams.connections import Direction
    from protocol import Json

    from .matching import ExchangeItem
    from .observing import SightingItem
    from .waiting import Calls

_NAMED = lazy_regex(
    r"(?<=/)(?:[0-9]+"
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|[0-9a-fA-F]{16,}"
    r"|(?=[^/ ]*[0-9])(?=[^/ ]*[A-Za-z])[0-9A-Za-z_-]{20,})(?=/| |\Z)"
)
"""Segments of a path that name one of many: numbers, UUIDs, and what is random."""


class Requests(Pairing):
    """Pair what is seen on all connections of HTTP."""

    def hear(self, item: SightingItem) -> Iterable[ExchangeItem]:
        """Return the exchanges that end with one item, and nothing else."""
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
            if exchange.route is not None:
                exchange.route = exchange.ledger.route = route_of(exchange.route)
        return ended

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
