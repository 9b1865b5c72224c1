"""How far a live run has come: what a view draws besides what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.figures.report import Report


class LiveStatus(NamedTuple):
    """How far a live run has come.

    Attributes:
        now_ns: The time of the source, nanoseconds since 1970.
        running_ns: How long the run has lasted.
        dropped: Packets that the source lost; None where that is unknown.
        waiting: Exchanges that wait for a reply, and are to be reported.
        report: The totals so far; None where nobody counts.
    """

    now_ns: int
    running_ns: int
    dropped: int | None
    waiting: list[Exchange]
    report: Report | None = None
