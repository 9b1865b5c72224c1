"""Requests of HTTP beside Nest's traffic, by route: none of them is Nest's.

What they took and how they ended is counted apart, so that no figure of Nest's packets
has a packet of HTTP in it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from inspector.calls.exchanges import Kind, Outcome

from .rows import PatternRow
from .summary import RequestSummary
from .traffic import MAX_ROWS, OTHER_PATTERNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inspector.calls.exchanges import Exchange


class RequestRows:
    """What requests took, by carrier and route.

    Args:
        max_rows: Rows, after which one is for all other routes.

    Attributes:
        outcomes: How they ended, without those in flight.
        in_flight: How many of them were under way when the capture ended.
    """

    def __init__(self, max_rows: int = MAX_ROWS) -> None:
        self._max_rows = max_rows
        self._rows: dict[tuple[str, str], PatternRow] = {}
        self.outcomes: Counter[Outcome] = Counter()
        self.in_flight = 0

    @property
    def count(self) -> int:
        """How many requests there were."""
        return self.outcomes.total() + self.in_flight

    def summary(self) -> RequestSummary | msgspec.UnsetType:
        """Return how many there were, and how they ended; UNSET for none."""
        if not self.count:
            return msgspec.UNSET
        outcomes = self.outcomes
        return RequestSummary(
            requests=self.count,
            completed=outcomes[Outcome.COMPLETED],
            errors=outcomes[Outcome.ERROR] + outcomes[Outcome.NO_HANDLER],
            unanswered=outcomes[Outcome.UNANSWERED],
            incomplete=outcomes[Outcome.INCOMPLETE],
            in_flight=self.in_flight,
        )

    @property
    def patterns(self) -> Mapping[tuple[str, str, Kind], PatternRow]:
        """What happened by carrier, route and kind, in order of appearance."""
        return {
            (carrier, route, Kind.MESSAGE): row
            for (carrier, route), row in self._rows.items()
        }

    def add(self, request: Exchange) -> None:
        """Count a request that is over; responses without one are not counted."""
        if request.route is None or request.outcome is None:
            return
        if request.in_flight:
            self.in_flight += 1
        else:
            self.outcomes[request.outcome] += 1
        self._row(request.carrier, request.route).add(request)

    def _row(self, carrier: str, route: str) -> PatternRow:
        known = (carrier, route) in self._rows or len(self._rows) < self._max_rows
        key = carrier, route if known else OTHER_PATTERNS
        return self._rows.setdefault(key, PatternRow())

    def merge(self, other: RequestRows, shift: int = 0) -> None:
        """Take in those of a later part, their numbers raised by ``shift``."""
        for (carrier, route), row in other._rows.items():
            self._row(carrier, route).merge(row, shift)
        self.outcomes.update(other.outcomes)
        self.in_flight += other.in_flight
