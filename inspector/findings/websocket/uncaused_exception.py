"""Exceptions that do not say what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.phrases import quote
from inspector.findings.registry import finding
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("uncaused-exception", Severity.WARNING, about=Remark, rank=59)
class UncausedException(RemarkRule):
    """Exceptions that do not say what they are about."""

    fix = (
        "look in the log of the gateway at that time; from Nest 11 on exceptions name "
        "their cause, unless a WsException has an object"
    )
    see = "exchanges --where 'route == \"exception\"'"

    def message(self, finding: Finding) -> str:
        said = f": {quote(finding.subject)}" if finding.subject else ""
        return f"the gateway sent an exception without its cause{said}"

    def headline(self, group: FindingGroup) -> str:
        said = f": {quote(group.first.subject)}" if group.first.subject else ""
        return f"{plural(group.count, 'exception')} without a cause{said}"

    def cause(self, group: FindingGroup) -> str:
        return (
            "A handler threw, and nothing shows for which event: the events "
            f"before it are told as sent, or as never acknowledged. {group.packets()}"
        )
