"""A view of a live run that something else sees too, as it is: a base class."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.calls.plain import PlainExchange
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding

    from .live_status import LiveStatus
    from .output_format import LiveView


class ObservedView:
    """Passes all on to a view; a subclass looks at what it wants to see.

    Args:
        view: The view.
    """

    def __init__(self, view: LiveView) -> None:
        self._view = view

    def show(self, item: Exchange | Finding) -> None:
        """Let the view show what has just ended, or was just found."""
        self._view.show(item)

    def show_plain(self, plain: PlainExchange) -> None:
        """Let it show a plain exchange, which who sees all wants like any other."""
        self.show(plain.exchange())

    def show_waiting(self, exchange: Exchange, waited_ns: int) -> None:
        """Let it show that an exchange waits for longer than it should."""
        self._view.show_waiting(exchange, waited_ns)

    def notice(self, words: str) -> bool:
        """Let it show what happened to the source."""
        return self._view.notice(words)

    def tick(self, status: Callable[[], LiveStatus]) -> bool:
        """Let it draw; answer whether to go on."""
        return self._view.tick(status)

    def finish(self, status: LiveStatus, report: Report, files: Sequence[str]) -> None:
        """Let it show the report."""
        self._view.finish(status, report, files)

    def close(self) -> None:
        """Let it leave the screen as it was."""
        self._view.close()
