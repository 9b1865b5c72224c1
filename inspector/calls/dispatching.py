"""Gives what is seen to what makes exchanges of it, as its carrier has it.

::

    SightingItem ─► direct    ─► Pairing: one connection, one conversation
                 ├► sessions  ─► Gateways: both sides ask, on connections of a session
                 ├► streams   ─► Streaming: … in which requests may be streams
                 ├► begins    ─► Requests: of HTTP, which may be the roots of calls
                 └► brokered  ─► whoever joins what passes over several connections
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from inspector.carriers.registry import carriers
from inspector.streams.items import Acknowledgement, Closed, End

from .costs import begins, has_sessions, has_streams
from .gateways import Gateways
from .joining.joining import Joining
from .matching import Tally
from .pairing import Pairing
from .requests import Requests
from .seen import Recognised, Sighting, Upkeep
from .settling import acknowledge
from .streaming import Streaming

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .exchanges import Exchange
    from .matching import ExchangeItem, Matching
    from .observing import SightingItem


_USUAL = Sighting, Upkeep  # what is seen most, and asked for first
_OF_CONNECTIONS = Closed, Recognised


# decision 82: Exchanges are made by a Matching, for direct carriers and for brokers
class Dispatcher:
    """Makes exchanges of what is seen on all connections.

    Args:
        joining: Makes what joins exchanges over a broker, with the tally that it is to
            count in.

    Attributes:
        tally: What was counted.
        direct: What pairs over direct carriers …
        streaming: … what does where requests may be streams …
        gateways: … what does in sessions of gateways …
        brokered: … and what joins over brokers.
    """

    def __init__(self, joining: Callable[[Tally], Matching] = Joining) -> None:
        self.tally = Tally()
        self.direct = Pairing(self.tally)
        self.streaming = Streaming(self.tally)
        self.gateways = Gateways(self.tally)
        self._requests = Requests(self.tally)
        self.brokered = joining(self.tally)
        # By carrier; before that is known, units are seen only of what goes to brokers.
        self._matchings: dict[str, Matching] = {"": self.brokered}

    def match(self, items: Iterable[SightingItem]) -> Iterator[ExchangeItem]:
        """Yield the exchanges as they end, and what belongs to none."""
        for item in items:
            yield from self.hear(item)

    def hear(self, item: SightingItem) -> Iterable[ExchangeItem]:
        """Return what ends with one item, and what belongs to no exchange."""
        if isinstance(item, _USUAL):
            carrier = item.direction.connection.carrier
        elif isinstance(item, Acknowledgement):
            acknowledge(item.packet)
            return (item,)
        elif isinstance(item, End):  # direct carriers end with connections
            return (*self.gateways.hear(item), *self.brokered.hear(item))
        elif isinstance(item, _OF_CONNECTIONS):
            carrier = item.connection.carrier
        else:
            carrier = item.direction.connection.carrier
        matching = self._matchings.get(carrier)
        if matching is None:
            known = carriers()[carrier]
            matching = self.brokered if known.brokered else self.direct
            if has_sessions(carrier):
                matching = self.gateways
            elif begins(carrier):
                matching = self._requests
            elif has_streams(carrier):
                matching = self.streaming
            self._matchings[carrier] = matching
        return matching.hear(item)

    def elapse(self, time_ns: int) -> Iterable[ExchangeItem]:
        """Return what is over because time has passed, in nanoseconds since 1970."""
        return (*self.gateways.elapse(time_ns), *self.brokered.elapse(time_ns))

    def waiting(self, before_ns: int | None = None) -> Iterator[Exchange]:
        """Yield the exchanges that wait for a reply, the oldest of a connection first.

        Args:
            before_ns: Only those that were asked until then.
        """
        matchings = self.direct, self.streaming, self.gateways, self.brokered
        return chain.from_iterable(each.waiting(before_ns) for each in matchings)
