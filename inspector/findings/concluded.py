"""Findings that are judged when the last exchange is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from .conclusions import Conclusion
from .rule import Details, Rule

if TYPE_CHECKING:
    from inspector.ranges import RangeSet

    from .rule import Context

Concluded = TypeVar("Concluded", bound=Conclusion)


class ConcludedRule(Rule[Concluded], Generic[Concluded]):
    """A kind of finding that many exchanges show together, each case by itself."""

    def details(self, conclusion: Concluded, _context: Context) -> Details | None:
        """Return the conclusion, which has all that its words need."""
        return Details(
            subject=self.subject(conclusion),
            detail=self.detail(conclusion),
            conclusion=conclusion,
            further=self.further(conclusion),
        )

    def subject(self, conclusion: Concluded) -> str:
        """Return what tells a case from others: the server and the pattern."""
        return f"{conclusion.server} {conclusion.place.route}"

    def detail(self, _conclusion: Concluded) -> str:
        """Return what more there is to say, in words."""
        return ""

    def further(self, _conclusion: Concluded) -> RangeSet | None:
        """Return the records in which it shows besides that of its place."""
        return None
