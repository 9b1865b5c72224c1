"""A live run as viewers of its page see it, besides whoever sees the view of it.

All of this happens on the thread that inspects, so it is little, and nothing while
nobody looks: what was found is kept, within bounds, and spelled once a second, once for
all viewers. Whatever goes wrong with the page is said once, and the run goes on: the
page is beside it, and what it was to record cannot be captured again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from inspector.views.observed_view import ObservedView

from .increments import Increments
from .live_page import MEMBERS, ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.calls.plain import PlainExchange
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.views.live_status import LiveStatus
    from inspector.views.output_format import LiveView

    from .board import Board
    from .live_page import LivePage

_INTERVAL_S = 1
_REST = 9
"""Times what a state took to make until another is: packets come first."""


class WatchedView(ObservedView):
    """A view of a live run that viewers of a page see, too.

    Args:
        view: The view.
        board: Where viewers look.
        page: What they see.
        say: Says what went wrong with it, if the view has no room for that.
        clock: The time in seconds, by which a state is due.
    """

    def __init__(
        self,
        view: LiveView,
        board: Board,
        page: LivePage,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(view)
        self._board, self._page, self._clock = board, page, clock
        self._increments = Increments(ROWS, MEMBERS)
        self._due = 0.0
        self._say, self._has_failed = say, False

    def show(self, item: Exchange | Finding) -> None:
        """Keep what has just ended, or was just found, and show it."""
        self._safely(lambda: self._page.add(item))
        super().show(item)

    def show_plain(self, plain: PlainExchange) -> None:
        """Keep a plain exchange, which the next state may show, and show it."""
        try:
            self._page.add_plain(plain)
        except Exception as error:  # noqa: BLE001 — whatever it is, the run goes on
            self._fail(error)
        self._view.show_plain(plain)

    def notice(self, words: str) -> bool:
        """Keep what happened to the source, and show it."""
        self._safely(lambda: self._page.notice(words))
        return super().notice(words)

    def tick(self, status: Callable[[], LiveStatus]) -> bool:
        """Publish the state, if it is time to, and let the view draw."""
        board = self._board
        begun = self._clock()
        if board.viewers and (board.blank or begun >= self._due):
            now = status()
            report = now.report
            if report is not None:
                self._safely(lambda: self._publish(now, report, ended=False))
            ended = self._clock()
            self._due = ended + max(_INTERVAL_S, _REST * (ended - begun))
        return super().tick(status)

    def finish(self, status: LiveStatus, report: Report, files: Sequence[str]) -> None:
        """Publish how it ended, and show the report."""
        if self._board.viewers:
            self._safely(lambda: self._publish(status, report, ended=True))
        super().finish(status, report, files)

    def _publish(self, status: LiveStatus, report: Report, *, ended: bool) -> None:
        state = self._page.state(status, report, ended=ended)
        whole, change = self._increments.spell(state)
        if change is not None or self._board.blank:
            self._board.publish(whole, change or b"{}")

    def _safely(self, action: Callable[[], None]) -> None:
        """Do something for the page; say once what went wrong with it."""
        try:
            action()
        except Exception as error:  # noqa: BLE001 — whatever it is, the run goes on
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        if not self._has_failed:
            self._has_failed = True
            words = f"web: a fault of the page: {type(error).__name__}: {error}"
            if not super().notice(words):
                self._say(words)
