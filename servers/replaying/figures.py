"""What came of a run: calls, differences and latencies, by route."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .quantiles import Quantiles

if TYPE_CHECKING:
    from .choosing import Reason
    from .sending import Answer

MOST_ROUTES = 1_000
"""Routes that are counted apart."""
OTHERS = "(other patterns)"
"""The name that all others share."""
SHOWN = 20
"""Answers that differ which are kept for the report; all are counted."""


class Row:
    """The figures of one route.

    Attributes:
        sent: How many were sent.
        same: How many were answered as recorded.
        differ: How many were not.
        uncompared: How many had no answer that was recorded, and are not events.
        events: How many were events.
        recorded: Latencies as recorded …
        now: … and as measured, of the calls that have both.
    """

    def __init__(self) -> None:
        self.sent = self.same = self.differ = self.uncompared = self.events = 0
        self.recorded, self.now = Quantiles(), Quantiles()


class Figures:
    """The figures of a run, which grow with it.

    Attributes:
        rows: Route → its figures, in the order of their first call.
        refused: Why recordings were not sent → route → how many.
        skipped: How many were not asked for.
        different: Answers that differ, the first of them.
        unfinished: How many had no answer when the run was interrupted.
        late_s: How much later than it was due the last one was sent, in seconds …
        latest_s: … and the one that was latest.
        due_s: From the first to the last, as planned.
        taken_s: From the first that was sent to the last answer.
        servers: Whom the recordings had been sent to, the first of them.
        hidden: How many recorded values were redacted, and so not compared.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.refused: dict[Reason, Counter[str]] = {}
        self.skipped = 0
        self.different: list[Answer] = []
        self.unfinished = 0
        self.late_s = self.latest_s = self.due_s = self.taken_s = 0.0
        self.servers: set[str] = set()
        self.hidden = 0

    @property
    def sent(self) -> int:
        """How many were sent."""
        return sum(row.sent for row in self.rows.values())

    @property
    def differ(self) -> int:
        """How many were answered otherwise than recorded."""
        return sum(row.differ for row in self.rows.values())

    def row(self, route: str) -> Row:
        """Return the figures of a route; those beyond the first 1,000 share one."""
        row = self.rows.get(route)
        if row is None:
            if len(self.rows) >= MOST_ROUTES:
                route = OTHERS
            row = self.rows.setdefault(route, Row())
        return row

    def refuse(self, reason: Reason, route: str) -> None:
        """Count a recording that is not sent."""
        routes = self.refused.setdefault(reason, Counter())
        routes[route if route in routes or len(routes) < MOST_ROUTES else OTHERS] += 1

    def note_server(self, address: str) -> None:
        """Remember whom a recording had been sent to."""
        if len(self.servers) < MOST_ROUTES:
            self.servers.add(address)

    def add(self, answer: Answer) -> None:
        """Count what came of a recording that was sent."""
        row = self.row(answer.recording.route)
        row.sent += 1
        self.hidden += answer.hidden
        if answer.differences:
            row.differ += 1
            if len(self.different) < SHOWN:
                self.different.append(answer)
        elif answer.recording.kind == "event":
            row.events += 1
        elif not answer.recording.is_answered:
            row.uncompared += 1
        else:
            row.same += 1
        recorded_ns = answer.recording.latency_ns
        if recorded_ns is not None and answer.latency_ns is not None:
            row.recorded.add(recorded_ns)
            row.now.add(answer.latency_ns)
