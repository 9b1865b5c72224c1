"""What ``live`` and ``proxy`` have in common: a source that does not end by itself.

::

    source ─► count, file ─► inspection ─► view
      └── idle, some twenty times a second: keys, the clock, what waits

All of it is one thread. The report comes at the end, however the end comes.
"""

from __future__ import annotations

import gc
import signal
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from inspector.calls.exchanges import Exchange, Kind
from inspector.calls.plain import PlainExchange
from inspector.errors import InspectorError, UnwritableOutputError
from inspector.pipeline import Pipeline
from inspector.views.live_status import LiveStatus
from inspector.words import plural
from protocol.named_tuple import NamedTuple

from .speech import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from inspector.calls.plain import PlainCall
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.sources.records import PacketRecord
    from inspector.sources.rotation import CaptureFiles
    from inspector.streams.packets import DataPacket
    from inspector.views.output_format import LiveView
    from protocol import JsonText

    from .parquet_files import LiveRows
    from .run_options import RunOptions

_SECOND = 1_000_000_000
_CONDITION_HOLDS = 1
_CLEANING_NS = 10 * _SECOND


class Source(Protocol):
    """Where records come from while they pass."""

    @property
    def name(self) -> str:
        """What to call it."""

    def records(self, idle: Callable[[], bool]) -> Iterator[PacketRecord]:
        """Yield them as they come, until ``idle`` says that it is enough."""

    def dropped(self) -> int | None:
        """Return how many packets were missed; None where nobody knows."""

    def close(self) -> None:
        """Listen no more."""


class Bounds(NamedTuple):
    """When a live run ends, and when a call is slow.

    Attributes:
        time_ns: How long it lasts; None for ever.
        exchanges: How many of them to wait for; None for any number.
        slow_ns: From when on an exchange that waits is reported.
    """

    time_ns: int | None
    exchanges: int | None
    slow_ns: int


class LiveRun:
    """The inspection of a source, until the end.

    Args:
        source: Where records come from.
        view: What shows what is found.
        bounds: When it ends.
        options: What was asked for.
        files: Where the packets are written to, if anywhere …
        rows: … and the exchanges.
    """

    def __init__(  # noqa: PLR0913, PLR0917 — all that a run is made of
        self,
        source: Source,
        view: LiveView,
        bounds: Bounds,
        options: RunOptions,
        files: CaptureFiles | None = None,
        rows: LiveRows | None = None,
    ) -> None:
        self._rows = rows
        self._source, self._view, self._bounds = source, view, bounds
        self._files = files
        self._names: Sequence[str] = () if files is None else files.names
        self._options = options
        asked = replace(options.inspection(), now_ns=self._now_ns)
        self._inspection = Pipeline(asked)
        self._stopped = self._has_enough = False
        self._found = 0
        self._problems: list[InspectorError] = []
        self._slow: set[int] = set()
        self._cleaned = time.monotonic_ns()
        self._begun = self._heard = time.monotonic_ns()
        self._latest_ns = self._last_ns = 0

    def run(self) -> None:
        """Inspect, show the report, and end with the right code.

        Raises:
            SystemExit: The source ended before its time, the file cannot be written,
                or a condition holds that fails the run.
        """
        with ExitStack() as stack:
            stack.callback(self._source.close)
            stack.callback(self._close_files)
            if self._rows is not None:
                stack.callback(self._rows.close)
            stack.callback(self._view.close)
            with _stopping(self._stop):
                self._inspect()
                status = self._status()
        report = self._inspection.report()
        self._view.finish(status, report, self._names)
        self._finish(status, report)

    def _inspect(self) -> None:
        gc.freeze()  # what is there by now will stay, and need not be looked at
        for item in self._inspection.inspect(self._records(), keeper=self):
            self._show(item)

    def keep_event(self, event: PlainCall) -> None:
        """Show an event of which no exchange was made."""
        self._show_plain(PlainExchange(event))

    def keep_call(
        self, call: PlainCall, response: JsonText, size: int, record: DataPacket
    ) -> None:
        """Show a call likewise; see :class:`~inspector.express.Keeper`."""
        self._show_plain(PlainExchange(call, response, size, record))

    def _show_plain(self, plain: PlainExchange) -> None:
        conditions, bounds = self._options.conditions, self._bounds
        if conditions is None and self._rows is None and bounds.exchanges is None:
            self._view.show_plain(plain)
        else:
            self._show(plain.exchange())

    def _show(self, item: Exchange | Finding) -> None:
        if isinstance(item, Exchange):
            self._count(item)
            if self._rows is not None:
                self._rows.add(item)
        self._view.show(item)

    # decision 62: `--count` counts exchanges
    def _count(self, exchange: Exchange) -> None:
        if self._options.conditions is not None:
            self._options.conditions.add(exchange)
        self._found += 1
        if self._found == self._bounds.exchanges:
            self._has_enough = True
            self._stop()

    def _records(self) -> Iterator[PacketRecord]:
        try:
            for record in self._source.records(self._idle):
                self._latest_ns = record.time_ns
                self._write(record)
                yield record
                if self._has_enough:  # else what came before the end belongs to it
                    return
        except InspectorError as problem:
            self._problems.append(problem)

    def _idle(self) -> bool:
        if self._files is not None:
            self._guard(self._files.flush)
        if self._rows is not None:
            self._rows.tick(self._now_ns())
        for item in self._inspection.elapse(self._now_ns()):
            self._show(item)
        self._report_slow()
        self._clean()
        if not self._view.tick(self._status):
            self._stop()
        limit = self._bounds.time_ns
        if limit is not None and time.monotonic_ns() - self._begun >= limit:
            self._stop()
        return not self._stopped

    def _clean(self) -> None:
        """Free connections that are forgotten, each of which is a cycle.

        Python looks for cycles by how many objects there are, which is far too seldom
        for a run that never ends.
        """
        now = time.monotonic_ns()
        if now - self._cleaned >= _CLEANING_NS:
            gc.collect()
            self._cleaned = time.monotonic_ns()

    def _stop(self) -> None:
        self._stopped = True

    # decision 64: The clock of a watch is the source's
    def _now_ns(self) -> int:
        """Return the time of the source: its clock need not be ours."""
        if self._latest_ns != self._last_ns:
            self._last_ns, self._heard = self._latest_ns, time.monotonic_ns()
        if not self._last_ns:
            return time.time_ns()
        return self._last_ns + time.monotonic_ns() - self._heard

    def _status(self) -> LiveStatus:
        running = time.monotonic_ns() - self._begun
        waiting = [each for each in self._inspection.waiting() if self._meant(each)]
        report, dropped = self._inspection.report(), self._source.dropped()
        return LiveStatus(self._now_ns(), running, dropped, waiting, report)

    def _report_slow(self) -> None:
        """Report every exchange that waits too long, each once."""
        now, slow = self._now_ns(), set()
        for exchange in self._inspection.waiting(before_ns=now - self._bounds.slow_ns):
            slow.add(exchange.number)
            if exchange.number not in self._slow and self._meant(exchange):
                self._view.show_waiting(exchange, now - exchange.asked_ns)
        self._slow = slow

    def _meant(self, exchange: Exchange) -> bool:
        where = self._options.where
        return exchange.kind is Kind.MESSAGE and (where is None or where(exchange))

    def _write(self, record: PacketRecord) -> None:
        files = self._files
        if files is not None:
            self._guard(lambda: files.write(record))

    def _guard(self, write: Callable[[], None]) -> None:
        """Write to the file; when that fails, go on without it."""
        try:
            write()
        except OSError as error:
            assert self._files is not None
            name = self._files.names[-1]
            self._problems.append(UnwritableOutputError.of(name, error))
            with suppress(OSError):  # it was reported already
                self._files.close()
            self._files = None

    def _close_files(self) -> None:
        if self._files is not None:
            self._guard(self._files.close)

    def _finish(self, status: LiveStatus, report: Report) -> None:
        sys.stdout.flush()
        if status.dropped:
            missed = plural(status.dropped, "packet")
            problem = f"{missed} found no room in the kernel's buffer"
            say(
                f"{self._source.name}: {problem}; the figures are incomplete", "warning"
            )
        for flaw in () if self._options.keylog is None else self._options.keylog.flaws:
            say(flaw, "warning")
        broken = list(self._options.broken(report))
        problems = [*self._problems, *(self._rows.problems if self._rows else ())]
        for problem_found in problems:
            say(str(problem_found), "error")
        for condition in broken:
            say(f"--fail-on: {condition}", "error")
        if problems:
            raise SystemExit(problems[0].exit_code)
        if broken:
            raise SystemExit(_CONDITION_HOLDS)


# decision 61: `live` and `proxy` end with 0 on Ctrl-C
@contextmanager
def _stopping(stop: Callable[[], None]) -> Iterator[None]:
    """Let SIGINT and SIGTERM stop; another one does what it does by itself."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may handle signals
        return
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {each: signal.getsignal(each) for each in signals}

    def handle(number: int, _frame: object) -> None:
        signal.signal(number, before[signal.Signals(number)])
        stop()

    for each in signals:
        signal.signal(each, handle)
    try:
        yield
    finally:
        for each in signals:
            signal.signal(each, before[each])
