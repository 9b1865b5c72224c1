"""Exchanges to what happens now: how often, how long, how many failed, by pattern.

Memory is bounded: a minute and a half of seconds for each pattern, and the patterns
that were used last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Outcome

from .latency import Latencies

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.calls.plain import PlainExchange

WINDOW_S = 10
"""Seconds over which a rate is taken."""
HISTORY_S = 90
"""Seconds that are remembered one by one."""
MAX_PATTERNS = 1_000
"""Patterns that are remembered; of more, those that were used last."""

_SECOND = 1_000_000_000
_FAILED = {Outcome.ERROR, Outcome.NO_HANDLER, Outcome.UNANSWERED, Outcome.INCOMPLETE}


class Row:
    """What happens under one route.

    Attributes:
        count: Exchanges that are over.
        errors: How many of them failed, or had no reply.
        latencies: From request to first reply.
        last_ns: When the last one began.
    """

    def __init__(self) -> None:
        self.count = 0
        self.errors = 0
        self.latencies = Latencies()
        self.last_ns = 0
        self._seconds = [0] * HISTORY_S
        self._latest = 0  # the second that the last of them stands for

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange that is over."""
        self.errors += exchange.outcome in _FAILED and not exchange.in_flight
        self.count_one(exchange.time_ns, exchange.latency_ns)

    def count_one(self, time_ns: int, latency_ns: int | None) -> None:
        """Count one that did not fail.

        Args:
            time_ns: When it began.
            latency_ns: How long its first reply took; None without one.
        """
        self.count += 1
        if latency_ns is not None:
            self.latencies.add(latency_ns)
        self.last_ns = max(self.last_ns, time_ns)
        second = time_ns // _SECOND
        self._turn_to(second)
        age = self._latest - second
        if age < HISTORY_S:
            self._seconds[-1 - age] += 1

    def history(self, now_ns: int, seconds: int) -> list[int]:
        """Return how many began in each of the last seconds, the present one last."""
        self._turn_to(now_ns // _SECOND)
        return self._seconds[HISTORY_S - min(seconds, HISTORY_S) :]

    def rate(self, now_ns: int) -> float:
        """Return how many begin in a second, over the last :data:`WINDOW_S`."""
        return sum(self.history(now_ns, WINDOW_S)) / WINDOW_S

    def _turn_to(self, second: int) -> None:
        """Make the last place stand for a second, if that is later."""
        passed = second - self._latest
        if passed > 0:
            gone = min(passed, HISTORY_S)
            self._seconds = self._seconds[gone:] + [0] * gone
            self._latest = second


class Activity:
    """What happens on all connections.

    Attributes:
        exchanges: How many are over.
        rows: Carrier and route → what happens there; the one used last comes last.
    """

    def __init__(self) -> None:
        self.exchanges = 0
        self.rows: dict[tuple[str, str], Row] = {}

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange that is over; replies without request have no route."""
        self.exchanges += 1
        if exchange.route is None:
            return
        self._row(exchange.carrier, exchange.route).add(exchange)

    def add_plain(self, plain: PlainExchange) -> None:
        """Take in one that is an exchange only for whoever looks at it."""
        self.exchanges += 1
        call = plain.call
        row = self._row(call.ledger.carrier, call.ledger.route or "")
        row.count_one(call.record.time_ns, plain.latency_ns)

    def _row(self, carrier: str, route: str) -> Row:
        """Return the row of a route, which is the one used last from now on."""
        key = carrier, route
        row = self.rows.pop(key, None) or Row()
        self.rows[key] = row
        if len(self.rows) > MAX_PATTERNS:
            del self.rows[next(iter(self.rows))]
        return row
