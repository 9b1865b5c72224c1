"""Which calls are merely in flight when a capture stops.

A capture of a service that is busy is stopped while calls wait for their reply, which
is no fault of theirs. A call is in flight while it has waited no longer than a second,
or than a reply of its pattern has taken: the reply may come after the end.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from .exchanges import Exchange, Kind

if TYPE_CHECKING:
    from inspector.streams.items import Closed

USUAL_NS = 1_000_000_000
"""A wait that is no sign of anything: from here on a call is slow by itself."""
_MAX_ROUTES = 4096
"""Patterns of which it is known that they take longer."""


# decision 99: What was in flight when the capture ended has not failed
class Patience:
    """How long the replies of patterns have taken, as far as that is long.

    Attributes:
        stepped_ns: When the clock of the capture was set last; 0 for never.
    """

    def __init__(self) -> None:
        self._longest: dict[str, int] = {}
        self.stepped_ns = 0

    def note(self, call: Exchange) -> None:
        """Learn how long a call took to its first reply, if that is long."""
        route, first_ns = call.route, call.first_reply_ns or 0
        took_ns, known = first_ns - call.asked_ns, self._longest
        if route is None or took_ns <= known.get(route, USUAL_NS):
            return
        if route in known or len(known) < _MAX_ROUTES:
            known[route] = took_ns

    def lasts(self, call: Exchange, closed: Closed) -> bool:
        """Whether a call that is not over may yet be, when the capture ends.

        Its connection is open then, and no byte that may have been its reply is
        missing. A stream is in flight while no longer has passed since its last value
        than between two of them.

        Args:
            call: The call.
            closed: The end of its connection.
        """
        if closed.cause != "end" or closed.connection.ending is not None:
            return False
        if call.gapped or call.kind is Kind.ORPHAN:
            return False
        limit_ns = max(self._longest.get(call.route or "", 0), _pause_ns(call))
        since_ns = max(call.asked_ns, call.last_reply_ns or 0)
        if call.untimed:
            since_ns = self.stepped_ns or since_ns
        return closed.time_ns - since_ns <= max(limit_ns, USUAL_NS)


def _pause_ns(call: Exchange) -> int:
    """Return the longest time between two values of a stream; 0 without two."""
    times = [packet.time_ns for packet in call.reply_ends]
    return max((later - time for time, later in pairwise(times)), default=0)
