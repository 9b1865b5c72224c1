"""A view of a live run that notes what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.calls.plain import PlainExchange
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding
    from inspector.views.live_status import LiveStatus


class Silent:
    """A view that shows nothing.

    Attributes:
        seen: The names of the methods that were called, but for ``tick``.
        goes_on: What ``tick`` answers.
    """

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.goes_on = True

    def show(self, _item: Exchange | Finding) -> None:
        """Note it."""
        self.seen.append("show")

    def show_plain(self, plain: PlainExchange) -> None:
        """Note it as any other."""
        self.show(plain.exchange())

    def show_waiting(self, _exchange: Exchange, _waited_ns: int) -> None:
        """Note it."""
        self.seen.append("show_waiting")

    def notice(self, _words: str) -> bool:
        """Note it; there is no room."""
        self.seen.append("notice")
        return False

    def tick(self, _status: Callable[[], LiveStatus]) -> bool:
        """Answer whether to go on."""
        return self.goes_on

    def finish(self, _status: LiveStatus, _report: Report, _f: Sequence[str]) -> None:
        """Note it."""
        self.seen.append("finish")

    def close(self) -> None:
        """Note it."""
        self.seen.append("close")
