"""A live run whose exchanges are checked against a contract, beside any view of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange

from .observed_view import ObservedView

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.contracts.checking import Checking, Violation
    from inspector.findings.finding import Finding

    from .output_format import LiveView


class CheckedView(ObservedView):
    """A view of a live run, of which violations of a contract are reported besides.

    Args:
        view: The view.
        checking: What finds violations.
        report: Is given each violation, after its exchange was shown.
    """

    def __init__(
        self, view: LiveView, checking: Checking, report: Callable[[Violation], None]
    ) -> None:
        super().__init__(view)
        self._checking, self._report = checking, report

    def show(self, item: Exchange | Finding) -> None:
        """Show what ended or was found, and report its violations."""
        super().show(item)
        if isinstance(item, Exchange):
            for violation in self._checking.check(item):
                self._report(violation)
