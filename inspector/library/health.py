"""The health of the services for programs: what the report says in its first line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inspector.figures.health import assess
from inspector.figures.health_words import clauses, judge_health
from inspector.filters.as_sent import printable, value_as_sent

if TYPE_CHECKING:
    from inspector.figures.failing import FailingPattern
    from inspector.figures.health import SlowServer
    from inspector.figures.report import Report


def health_members(report: Report) -> dict[str, Any]:
    """Return the verdict on health, its sentence, and its figures."""
    health = assess(report)
    judged = judge_health(report, health)
    return {
        "verdict": None if judged is None else judged.style,
        "sentence": None if judged is None else printable(judged.sentence),
        "clauses": clauses(report, health),
        "calls": health.calls,
        "failed": health.failed,
        "refused": health.refused,
        "unanswered": health.unanswered,
        "slow": health.slow,
        "slowest_ns": health.slowest_ns,
        "slow_routes": [
            {**each._asdict(), "route": value_as_sent(each.route)}
            for each in health.slow_routes
        ],
        "slow_ns": report.slow_ns,
        "failing": [_failing(each) for each in health.failing],
        "slow_server": _slow_server(health.slow_server),
        "unhandled": [value_as_sent(route) for route in health.unhandled],
        "thrown": [value_as_sent(route) for route in health.thrown],
        "statuses": dict(sorted(health.statuses.items())),
    }


def _failing(pattern: FailingPattern) -> dict[str, Any]:
    """Return its figures; no number of an exchange, as all in a summary are sums."""
    return {
        "route": value_as_sent(pattern.route),
        "failed": pattern.failed,
        "calls": pattern.calls,
        "shortest_ns": pattern.shortest_ns,
        "longest_ns": pattern.longest_ns,
        "unhandled": pattern.unhandled,
        "servers": [value_as_sent(server) for server in pattern.servers],
        "servers_asked": pattern.asked,
    }


def _slow_server(slow: SlowServer | None) -> dict[str, Any] | None:
    if slow is None:
        return None
    return {**slow._asdict(), "route": value_as_sent(slow.route)}
