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
from protocol.on_demand import on_demand

from .costs import begins, has_sessions, has_streams
from .matching import Tally
from .pairing import Pairing
from .seen import Recognised, Sighting, Upkeep
from .settling import acknowledge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .exchanges import Exchange
    from .gateways import Gateways
    from .joining.joining import Joining
    from .matching import ExchangeItem, Matching
    from .observing import SightingItem
    from .requests import Requests
    from .streaming import Streaming
else:  # decision 158
    Gateways = on_demand("inspector.calls.gateways:Gateways")
    Joining = on_demand("inspector.calls.joining.joining:Joining")
    Requests = on_demand("inspector.calls.requests:Requests")
    Streaming = on_demand("inspector.calls.streaming:Streaming")


_DIRECT, _SESSIONS, _BEGINS, _BROKERED = "direct", "sessions", "begins", "brokered"
_STREAMS = "streams"
"""Which way exchanges take: see above."""
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
        direct: What pairs over direct carriers.
    """

    def __init__(self, joining: Callable[[Tally], Matching] = Joining) -> None:
        self.tally = Tally()
        self.direct = Pairing(self.tally)
        self._make: dict[str, Callable[[Tally], Matching]] = {
            _SESSIONS: Gateways,
            _BEGINS: Requests,
            _STREAMS: Streaming,
            _BROKERED: joining,
        }
        self._made: dict[str, Matching] = {_DIRECT: self.direct}
        self._matchings: dict[str, Matching] = {}  # by carrier

    @property
    def brokered(self) -> Matching:
        """What joins over brokers."""
        return self._made_for(_BROKERED)

    @property
    def streams(self) -> Streaming:
        """What pairs where requests may be streams."""
        made = self._made_for(_STREAMS)
        assert isinstance(made, Pairing)
        return made  # type: ignore[return-value]

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
        elif isinstance(item, End):
            return tuple(chain.from_iterable(each.hear(item) for each in self._lasting))
        elif isinstance(item, _OF_CONNECTIONS):
            carrier = item.connection.carrier
            if not carrier and _BROKERED not in self._made:
                return (item,)  # of a connection that nothing was read on
        else:
            carrier = item.direction.connection.carrier
        matching = self._matchings.get(carrier)
        if matching is None:
            matching = self._matchings[carrier] = self._made_for(_way_of(carrier))
        return matching.hear(item)

    def elapse(self, time_ns: int) -> Iterable[ExchangeItem]:
        """Return what is over because time has passed, in nanoseconds since 1970."""
        return tuple(
            chain.from_iterable(each.elapse(time_ns) for each in self._lasting)
        )

    def waiting(self, before_ns: int | None = None) -> Iterator[Exchange]:
        """Yield the exchanges that wait for a reply, the oldest of a connection first.

        Args:
            before_ns: Only those that were asked until then.
        """
        matchings = self.direct, *self._lasting
        return chain.from_iterable(each.waiting(before_ns) for each in matchings)

    def under_way(self) -> Iterator[int]:
        """Yield the numbers of the exchanges that have begun and are not over."""
        return chain.from_iterable(each.under_way() for each in self._made.values())

    @property
    def _lasting(self) -> list[Matching]:
        """What was made that has to be asked besides, and may outlast connections."""
        made = (self._made.get(way) for way in (_STREAMS, _SESSIONS, _BROKERED))
        return [each for each in made if each is not None]

    def _made_for(self, way: str) -> Matching:
        """Return what makes exchanges of one way, made and loaded when it is needed."""
        if way not in self._made:
            self._made[way] = self._make[way](self.tally)
        return self._made[way]


def _way_of(carrier: str) -> str:
    """Return which way exchanges take over a carrier.

    Before it is known, units are seen only of what goes to brokers.
    """
    if not carrier:
        return _BROKERED
    if has_sessions(carrier):
        return _SESSIONS
    if begins(carrier):
        return _BEGINS
    if has_streams(carrier):
        return _STREAMS
    return _BROKERED if carriers()[carrier].brokered else _DIRECT
