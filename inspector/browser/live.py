"""Live traffic in the browser: a view that hands on what another thread finds.

The traffic is inspected in one thread, and shown in another. Who inspects holds the
lock of the session all the time but for a moment in each tick: the report is one
object, which changes with every packet.
"""

from __future__ import annotations

import time
from threading import Event
from typing import TYPE_CHECKING

from msgspec.structs import replace

from inspector.calls.exchanges import Exchange, Outcome
from inspector.figures.health import assess
from inspector.figures.health_words import judge_health
from inspector.views.live_lines import print_live_report
from inspector.views.rendering import safe
from inspector.views.text import Text
from inspector.words import plural

from .session import Session
from .store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from inspector.calls.plain import PlainExchange
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.streams.names import Names
    from inspector.views.live_status import LiveStatus

MOST = 100_000
"""Exchanges that are kept, the latest."""
_MOST_WAITING = 200  # calls without a reply that are listed, the latest
_INTERVAL_S = 0.5
_YIELD_S = 0.001  # in which the thread that draws takes the lock


class LiveSession(Session):
    """Live traffic, the latest of it.

    Args:
        title: The source.
        names: What people call addresses and ports.
        most: How many exchanges are kept.
    """

    live = True

    def __init__(self, title: str, names: Names, most: int = MOST) -> None:
        super().__init__(title, Store(names, most))


class BrowserView:
    """What shows a live run in the browser.

    Args:
        session: Where it is shown.
        screen: Gives the console on which the report is printed at the end.
        clock: The time in seconds.

    Attributes:
        left: Set once the person has left the browser.
    """

    def __init__(
        self,
        session: LiveSession,
        screen: Callable[[], Console],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.left = Event()
        self._session, self._screen, self._clock = session, screen, clock
        self._due, self._held = 0.0, False

    def show(self, item: Exchange | Finding) -> None:
        """Take in what ended or was found."""
        self._hold()
        self._session.take(item)

    def show_plain(self, plain: PlainExchange) -> None:
        """Take in a plain exchange."""
        self.show(plain.exchange())

    def show_waiting(self, exchange: Exchange, waited_ns: int) -> None:
        """Every tick lists what waits."""

    def notice(self, words: str) -> bool:
        """Show what happened to the source."""
        self._session.notice = words
        return True

    def tick(self, status: Callable[[], LiveStatus]) -> bool:
        """Hand on how far the run has come; answer whether to go on.

        Until the next tick nobody else reads the report, which goes on to change.
        """
        self._hold()
        now = self._clock()
        if now >= self._due:
            self._due = now + _INTERVAL_S
            self._take(status())
        self._release()
        time.sleep(_YIELD_S)
        self._hold()
        return not self.left.is_set()

    def finish(self, status: LiveStatus, report: Report, files: Sequence[str]) -> None:
        """Leave all there is to be looked at; then print the report."""
        with self._session.lock:
            self._take(status)
        self._session.done = True
        self.left.wait()
        print_live_report(self._screen(), self._session.title, status, report, files)

    def close(self) -> None:
        """Let go of the session."""
        self._release()

    def _take(self, status: LiveStatus) -> None:
        session = self._session
        for each in status.waiting[-_MOST_WAITING:]:
            session.take(
                replace(
                    each,
                    outcome=Outcome.UNANSWERED,
                    in_flight=True,
                    ended_ns=status.now_ns,
                )
            )
        session.report = status.report
        session.heading = _heading(session, status)

    def _hold(self) -> None:
        if not self._held:
            self._session.lock.acquire()
            self._held = True

    def _release(self) -> None:
        if self._held:
            self._held = False
            self._session.lock.release()


def _heading(session: Session, status: LiveStatus) -> tuple[Text, Text]:
    """Return the source with its health so far; what is in flight, and was lost."""
    line = Text(safe(session.title), "answer")
    report = status.report
    judged = None if report is None else judge_health(report, assess(report))
    if judged is not None:
        line.append(f"  {judged.mark} ", judged.style)
        line.append(safe(judged.sentence))
    beside = Text(f"{len(status.waiting):,} in flight", "muted")
    if status.dropped:
        beside.append(f"  {plural(status.dropped, 'packet')} dropped", "error")
    return line, beside
