"""Findings that those who read the bytes have noticed already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Anomaly, Remark

from .rule import Details, Rule

if TYPE_CHECKING:
    from .rule import Context


class RemarkRule(Rule[Remark]):
    """A kind of finding that a remark with its code is."""

    def applies(self, remark: Remark) -> bool:
        """Whether the remark names it."""
        return remark.code == self.code

    def details(self, remark: Remark, _context: Context) -> Details | None:
        """Return what the remark says."""
        return Details(
            subject=remark.subject,
            detail=remark.detail,
            duration_ns=remark.duration_ns,
            size=remark.size,
        )


class AnomalyRule(Rule[Anomaly]):
    """A kind of finding about bytes that say nothing in their carrier.

    The carrier has judged them: what they are is the code that it gave them.
    """

    def applies(self, anomaly: Anomaly) -> bool:
        """Whether the bytes are of this kind."""
        return anomaly.code == self.code

    def details(self, anomaly: Anomaly, _context: Context) -> Details:
        """Return what is wrong with the bytes."""
        return Details(detail=anomaly.reason, size=anomaly.lost)
