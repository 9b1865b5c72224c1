"""Patterns of which too many calls fail, and on which of their servers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

from .rows import PatternRow

if TYPE_CHECKING:
    from .report import Report

# decision 84: Health is judged with room for chance
FEWEST_ERRORS = 3
LEAST_SHARE = 0.1
"""Of the calls of a pattern that fails."""
DEVIATIONS = 5
"""Of the failures that chance would have, by which those of servers lie above.

So many, as it is the worst servers that are compared with the others: of 6 servers on
which one call of twenty fails, one seems to be worse in 1 % of all captures; with 3
deviations it is in 11 %.
"""


class FailingPattern(NamedTuple):
    """A pattern of which too many calls fail, as far as it does.

    Attributes:
        carrier: What carries it.
        route: The route.
        row: What happened to its calls on the servers on which it fails …
        servers: … which are these, the worst first …
        elsewhere: … and on the others.
        asked: How many servers it was sent to.
    """

    carrier: str
    route: str
    row: PatternRow
    servers: list[str]
    elsewhere: PatternRow
    asked: int

    @property
    def first(self) -> int:
        """The number of the first call that failed."""
        return self.row.failures.first if self.row.failures else 0

    @property
    def failed(self) -> int:
        """How many calls failed."""
        return self.row.failed

    @property
    def calls(self) -> int:
        """Of how many calls."""
        return self.row.count

    @property
    def unhandled(self) -> int:
        """How many of those that failed had no handler."""
        return self.row.failures.unhandled if self.row.failures else 0

    @property
    def lacks_handler(self) -> bool:
        """Whether that is what most of them failed for: another finding says it."""
        return 2 * self.unhandled > self.failed

    @property
    def shortest_ns(self) -> int:
        """The shortest time to failure."""
        return self.row.failures.shortest_ns if self.row.failures else 0

    @property
    def longest_ns(self) -> int:
        """The longest time to failure."""
        return self.row.failures.longest_ns if self.row.failures else 0

    @property
    def partly(self) -> bool:
        """Whether it fails on some of its servers alone."""
        return len(self.servers) < self.asked


def failing_patterns(report: Report) -> list[FailingPattern]:
    """Return the patterns of which too many calls fail, the worst first.

    Of calls that somebody chose, nobody knows how many others there are.
    """
    if report.selective:
        return []
    found = [
        pattern
        for (carrier, route), rows in report.traffic.servers.items()
        if any(row.failed for row in rows.values())
        and (pattern := _judged(carrier, route, rows))
    ]
    return sorted(found, key=lambda each: (-each.failed, each.route))


def fails(row: PatternRow) -> bool:
    """Whether too many calls of a pattern fail."""
    return row.failed >= FEWEST_ERRORS and row.failed >= LEAST_SHARE * row.count


def _judged(
    carrier: str, route: str, rows: dict[str, PatternRow]
) -> FailingPattern | None:
    """Return how a pattern fails, where it does: on some servers, or on all."""
    servers = [server for server, row in rows.items() if fails(row)]
    others = [server for server in rows if server not in servers]
    if not servers or not _apart(_sum(rows, servers), _sum(rows, others)):
        servers, others = [*rows], []
    row = _sum(rows, servers)
    if not fails(row):
        return None
    servers.sort(key=lambda server: -rows[server].failed)
    elsewhere = _sum(rows, others)
    return FailingPattern(carrier, route, row, servers, elsewhere, len(rows))


def _sum(rows: dict[str, PatternRow], servers: list[str]) -> PatternRow:
    return PatternRow.sum([rows[server] for server in servers])


def _apart(worse: PatternRow, better: PatternRow) -> bool:
    """Whether so many more calls fail on some servers that it cannot be chance.

    As many as elsewhere would be, on the average, their share there (by Laplace's rule
    of succession, as none may have failed); the deviation of such counts is the root
    of their average (Poisson).
    """
    share = (better.failed + 1) / (better.count + 2)
    usual = share * worse.count
    return worse.failed > usual + DEVIATIONS * math.sqrt(usual)
