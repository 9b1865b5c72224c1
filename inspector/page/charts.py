"""Distributions, calls over time and the map of services, as numbers.

The script draws them; each has a table besides that says the same.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from inspector.figures.services import folded
from inspector.shorthand import short
from inspector.views.rendering import route_over, safe
from inspector.views.traffic_tables import urgency

from .tables import name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.figures.latency import Latencies
    from inspector.figures.report import Report
    from inspector.figures.services import Service

    from .gathering import Gathering
    from .tables import Json

_MOST_ROWS = 12
"""Patterns whose distribution is drawn."""
PER_DECADE = 12
"""Bars of a distribution from one power of ten to the next."""
_MOST_SPEAKING = 24
"""Clients and servers of a map that is not folded."""


def distributions(report: Report) -> list[Json]:
    """Return how long the calls of the worst patterns took, on one logarithmic axis."""
    ordered = sorted(report.patterns.items(), key=urgency)
    several = len(report.carriers) > 1
    timed = [(key, row) for key, row in ordered if row.latencies.count]
    return [
        {
            "name": name(safe(route_over(route, carrier, several=several))),
            "p50": row.latencies.quantile(0.5),
            "p99": row.latencies.quantile(0.99),
            "max": row.latencies.maximum,
            "bars": bars(row.latencies),
        }
        for (carrier, route, _), row in timed[:_MOST_ROWS]
    ]


def bars(latencies: Latencies) -> list[list[int]]:
    """Return durations as bars, each its place and how many there are.

    The place is the logarithm of the duration in nanoseconds, to the base 10 and times
    :data:`PER_DECADE`, rounded down.
    """
    counted: Counter[int] = Counter()
    for time_ns, number in latencies.items():
        counted[math.floor(math.log10(max(time_ns, 1)) * PER_DECADE)] += number
    return [list(each) for each in sorted(counted.items())]


def over_time(report: Report, gathered: Gathering) -> Json:
    """Return when calls and events began, in columns of equal time."""
    first_ns = report.first_ns or 0
    span_ns = max(report.last_ns - first_ns, 0)
    number = gathered.limits.columns
    return {
        "span": span_ns,
        "all": gathered.calls.columns(first_ns, span_ns, number),
        "failed": gathered.failures.columns(first_ns, span_ns, number),
    }


def services_map(found: Sequence[Service]) -> list[Json]:
    """Return who asks whom, folded where they are many, the worst first."""
    return [
        {
            "client": each.pair.client,
            "server": each.pair.server,
            "calls": each.calls.count,
            "events": each.events,
            "trouble": each.trouble,
            "slow": each.slow,
            "max": each.calls.latencies.maximum,
            "routes": [
                name(safe(short(route))) for route, _ in each.routes.most_common(3)
            ],
            "more": max(len(each.routes) - 3, 0),
        }
        for each in folded(found, _MOST_SPEAKING)
    ]
