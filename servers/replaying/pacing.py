"""When each recording is sent: as it was, faster or slower, or at a rate."""

from __future__ import annotations

from typing import NamedTuple

_NS_PER_S = 1_000_000_000


class Pace(NamedTuple):
    """How fast recordings are sent.

    Attributes:
        speed: Times as fast as recorded.
        rate: How many a second instead; None for the recorded times.
    """

    speed: float = 1.0
    rate: float | None = None


class Schedule:
    """The moments of one run, in seconds after its beginning.

    Args:
        pace: How fast recordings are sent.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._first_ns: int | None = None
        self._last = 0.0
        self._count = 0

    def due(self, time_ns: int | None) -> float:
        """Return when the next recording is due, never before the one before it.

        Args:
            time_ns: When it was sent, nanoseconds since 1970; None where nobody knows:
                then at once.
        """
        pace = self._pace
        if pace.rate is not None:
            self._last = self._count / pace.rate
            self._count += 1
        elif time_ns is not None:
            if self._first_ns is None:
                self._first_ns = time_ns
            seconds = (time_ns - self._first_ns) / _NS_PER_S / pace.speed
            self._last = max(self._last, seconds)
        return self._last
