"""The clocks of captures that were taken of one traffic at several points."""

from __future__ import annotations

import msgspec


class Clock(msgspec.Struct):
    """What is known of the clock of one capture.

    Attributes:
        name: Of the capture.
        leading: Of the capture whose clock it is compared with; empty for none.
        offset_ns: How far it is ahead of that one at ``at_ns``, in nanoseconds.
        drift: Nanoseconds that it gains on that one in a nanosecond.
        at_ns: When, by itself.
        spread_ns: By how much the packets that both saw differ from this, mostly.
        transit_ns: How long packets take from one capture to the other, as the mean of
            both ways.
        shared: Packets of it that are left out, since the other capture holds them.
    """

    name: str
    leading: str = ""
    offset_ns: int = 0
    drift: float = 0.0
    at_ns: int = 0
    spread_ns: int = 0
    transit_ns: int = 0
    shared: int = 0

    def leading_ns(self, time_ns: int) -> int:
        """Return a time of this clock as the leading one has it."""
        gained = round(self.drift * (time_ns - self.at_ns))
        return time_ns - self.offset_ns - gained
