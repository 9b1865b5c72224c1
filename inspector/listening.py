"""What listens between the stages of an inspection, each by what passes there.

::

    segments ─► items of streams ─► sightings ─► exchanges
       │              │                 │            │
       └──────────────┴──── Tap ────────┴────────────┘
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .calls.exchanges import Exchange
    from .calls.observing import Observer, SightingItem
    from .streams.items import StreamItem
    from .tcp.reassembly import Reassembler
    from .tcp.segments import Segment


class Tap:
    """What listens between the stages of an inspection; each passes all on."""

    def attend(self, observer: Observer) -> None:
        """Learn what is to read the streams, before it begins."""

    def segments(
        self,
        segments: Iterator[Segment],
        reassembler: Reassembler,  # noqa: ARG002 — what it knows of a segment
    ) -> Iterator[Segment]:
        """Pass on the segments, each before it is reassembled."""
        return segments

    def items(self, items: Iterator[StreamItem]) -> Iterator[StreamItem]:
        """Pass on what the segments added to their streams."""
        return items

    def sightings(self, sightings: Iterator[SightingItem]) -> Iterator[SightingItem]:
        """Pass on what was seen in the streams."""
        return sightings

    def exchange(self, exchange: Exchange) -> None:
        """Learn of an exchange that is over, also of one that nobody asked for."""
