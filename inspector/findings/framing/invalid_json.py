"""A body that is not JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Anomaly
from inspector.findings.finding import Severity
from inspector.findings.noticed import AnomalyRule
from inspector.findings.phrases import losses
from inspector.findings.registry import finding
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup

_PYTHON = "written as Python does"  # as protocol.packets says it


@finding("invalid-json", Severity.ERROR, about=Anomaly, rank=180)
class InvalidJson(AnomalyRule):
    """A body that is not JSON."""

    fix = "check the length, in UTF-16 code units: often it is the length that is wrong"
    see = "follow"

    def message(self, finding: Finding) -> str:
        return f"the {finding.speaker} sent {_what(finding.detail)}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "frame") + " whose body is not JSON"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"The {group.first.speaker} sent {_what(group.example())}. "
            f"{_loss(group)} {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.broker:
            return "write it with JSON.stringify(), or as json.dumps() does"
        if _PYTHON in finding.detail:
            return "write it with json.dumps(), and count the UTF-16 code units of that"
        return self.fix


def _loss(group: FindingGroup) -> str:
    """Return what Nest loses with it; over a broker, that message alone."""
    if group.first.broker:
        return "Nest cannot read this message, and reads the others."
    return losses(group)


def _what(reason: str) -> str:
    """Return what was sent, from why it cannot be read: not JSON, or cut apart."""
    if reason.startswith("not JSON"):
        return f"a body that is {reason}"
    return f"a frame whose {reason}"
