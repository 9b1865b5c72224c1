"""What makes exchanges of what is seen, whichever way that passes.

::

    Sighting, Upkeep … ─► Matching.hear ─► Exchange as it ends, and what belongs to none

Over a direct carrier both peers speak on one connection (:mod:`.pairing`). Through a
broker an exchange runs over several, and who joins them has to know more of a transfer
than its packet: where it was sent to, and what it is to be answered on. Which of both
it is, the carrier says; see :mod:`.dispatching`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

import msgspec

from inspector.streams.items import Acknowledgement, Closed, Gap, Limited

from .exchanges import Exchange
from .seen import Anomaly, Recognised, Remark, Upkeep
from .steps import ClockStep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.streams.connections import Direction
    from inspector.streams.packets import DataPacket

    from .exchanges import Ledger
    from .observing import SightingItem


class Tally:
    """What is counted over all carriers: exchanges are numbered in one order.

    Attributes:
        exchanges: How many have begun.
        replies: How many responses were seen.
    """

    __slots__ = ("exchanges", "replies")

    def __init__(self) -> None:
        self.exchanges = 0
        self.replies = 0


class Stray(msgspec.Struct, gc=False):
    """A reply to an exchange that was over already; Nest ignores it."""

    direction: Direction
    record: DataPacket
    ledger: Ledger


class Late(msgspec.Struct, gc=False):
    """Data packets of an exchange that was told before they came."""

    ledger: Ledger
    packets: list[DataPacket]


class Doubled(msgspec.Struct, gc=False):
    """A request with the id of one that still waits for its reply."""

    direction: Direction
    record: DataPacket
    ledger: Ledger


ExchangeItem: TypeAlias = (
    Exchange
    | Acknowledgement
    | Stray
    | Doubled
    | Late
    | Anomaly
    | Remark
    | Upkeep
    | Gap
    | Limited
    | Closed
    | Recognised
    | ClockStep
)


class Matching(Protocol):
    """Makes exchanges of what is seen over some carriers."""

    def hear(self, item: SightingItem) -> Iterable[ExchangeItem]:
        """Return what ends with one item, and what belongs to no exchange.

        A sighting learns its ledger, and an errand that of the exchange that it is for;
        all else is passed on, but for the end of the capture, which only those need
        whose exchanges outlast connections. Acknowledgements never come here.
        """

    def elapse(self, time_ns: int) -> Iterable[ExchangeItem]:
        """Return what is over because it is so late, in nanoseconds since 1970."""

    def waiting(self, before_ns: int | None = None) -> Iterator[Exchange]:
        """Yield the exchanges that wait for a reply.

        Args:
            before_ns: Only those that were asked until then.
        """

    def under_way(self) -> Iterator[int]:
        """Yield the numbers of the exchanges that have begun and are not over."""
