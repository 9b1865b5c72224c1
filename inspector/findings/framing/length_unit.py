"""Lengths that count something else than UTF-16 code units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("length-unit", Severity.ERROR, about=Remark, rank=160)
class LengthUnit(RemarkRule):
    """Lengths that count something else than UTF-16 code units."""

    fix = (
        "count UTF-16 code units, as JavaScript does, or escape everything outside "
        "ASCII"
    )
    see = "follow"

    def message(self, finding: Finding) -> str:
        return (
            f"the {finding.sender} declares lengths in {finding.subject}: "
            f"{finding.detail} UTF-16 code units"
        )

    def headline(self, group: FindingGroup) -> str:
        return f"lengths in {group.first.subject}"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.sender} counts {group.first.subject}{_where(group)}: "
            f"{group.first.detail} UTF-16 code units. For ASCII both are equal, so "
            f"only other characters show it. {_action(group)} {group.packets()}"
        )


def _where(group: FindingGroup) -> str:
    return f", first in {group.named_exchanges()}" if group.first.route else ""


def _action(group: FindingGroup) -> str:
    if group.first.subject == "UTF-8 bytes":
        return (
            "Nest waits for more than the frame has, takes it from the next frame, "
            "loses both and closes the connection."
        )
    return "Nest truncates the body, finds no valid JSON and closes the connection."
