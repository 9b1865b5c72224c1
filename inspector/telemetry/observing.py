"""A live run that a collector learns of, besides whoever sees its view.

All of this happens on the thread that inspects, and is little: an exchange is counted,
a few become spans. What goes wrong with it is said once, and the run goes on.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange
from inspector.views.observed_view import ObservedView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.views.live_status import LiveStatus
    from inspector.views.output_format import LiveView

    from .collecting import Telemetry


class TelemetryView(ObservedView):
    """A view of a live run that a collector learns of as well.

    Args:
        view: The view.
        telemetry: Where it is gathered.
        say: Says a sentence, if the view has no room for it.
        interval_s: How often metrics are handed over, in seconds.
        clock: The time in seconds, by which they are due.
    """

    def __init__(
        self,
        view: LiveView,
        telemetry: Telemetry,
        say: Callable[[str], None],
        interval_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(view)
        self._telemetry, self._say = telemetry, say
        self._interval_s, self._clock = interval_s, clock
        self._due = clock() + min(interval_s, 1)  # a first state comes soon
        self._has_failed = False

    def show(self, item: Exchange | Finding) -> None:
        """Gather what has just ended, or was just found, and show it."""
        self._safely(lambda: self._add(item))
        super().show(item)

    def show_waiting(self, exchange: Exchange, waited_ns: int) -> None:
        """Count that an exchange waits for longer than it should, and show it."""
        self._safely(lambda: self._telemetry.add_waiting(exchange))
        super().show_waiting(exchange, waited_ns)

    def tick(self, status: Callable[[], LiveStatus]) -> bool:
        """Hand over the metrics, if it is time to, and let the view draw."""
        if self._clock() >= self._due:
            self._due = self._clock() + self._interval_s
            now = status()
            self._safely(lambda: self._publish(now, now.report))
        self._safely(self._telemetry.elapse)
        self._say_all()
        return super().tick(status)

    def finish(self, status: LiveStatus, report: Report, files: Sequence[str]) -> None:
        """Hand over the last state, and show the report."""
        self._safely(lambda: self._publish(status, report))
        super().finish(status, report, files)

    def _add(self, item: Exchange | Finding) -> None:
        if isinstance(item, Exchange):
            self._telemetry.add_exchange(item)
        else:
            self._telemetry.add_finding(item)

    def _publish(self, status: LiveStatus, report: Report | None) -> None:
        if report is None:
            return
        self._telemetry.metrics.update(report, len(status.waiting), status.dropped)
        begin_ns = status.now_ns - status.running_ns
        if report.first_ns is not None:
            begin_ns = min(begin_ns, report.first_ns)
        self._telemetry.publish(begin_ns, status.now_ns)

    def _say_all(self) -> None:
        for sentence in self._telemetry.sentences():
            self._say_once(sentence)

    def _say_once(self, sentence: str) -> None:
        if not super().notice(sentence):
            self._say(sentence)

    def _safely(self, action: Callable[[], None]) -> None:
        """Do something for the collector; say once what went wrong with it."""
        try:
            action()
        except Exception as error:  # noqa: BLE001 — whatever it is, the run goes on
            if not self._has_failed:
                self._has_failed = True
                self._say_once(f"otlp: a fault: {type(error).__name__}: {error}")
