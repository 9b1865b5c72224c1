"""Bytes without a frame around them, on a port of Nest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.participants import broker_of
from inspector.calls.seen import Remark
from inspector.calls.unframed import OTHER
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding
from inspector.findings.rule import Details
from inspector.words import plural
from protocol.on_demand import on_demand

if TYPE_CHECKING:
    from inspector.explain.explanation import explain, verdict
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context
else:  # decision 158
    explain = on_demand("inspector.explain.explanation:explain")
    verdict = on_demand("inspector.explain.explanation:verdict")

_SHOWN = 40  # characters


@finding("unframed-bytes", Severity.ERROR, about=Remark, rank=168)
class UnframedBytes(RemarkRule):
    """Bytes without a frame around them, on a port of Nest."""

    fix = (
        "send the length in UTF-16 code units, then #, then the JSON; protocol-inspect "
        "explain shows the frame for a text"
    )

    def applies(self, remark: Remark) -> bool:
        """Whether it is one at a server that reads frames; brokers do not."""
        return super().applies(remark) and not broker_of(remark.direction.connection)

    def details(self, remark: Remark, _context: Context) -> Details:
        return Details(
            severity=Severity.WARNING if remark.subject == OTHER else None,
            subject=remark.subject,
            detail=_shown(remark.detail),
        )

    def message(self, finding: Finding) -> str:
        return f"{finding.subject} to {finding.service}{_first(finding.detail)}"

    def headline(self, group: FindingGroup) -> str:
        return f"{group.first.subject} on a port of Nest"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        return (
            f"The client sent {first.subject} to {first.service} on "
            f"{plural(group.count, 'connection')}{_first(group.example())}. "
            f"{_explained(first.subject)}Nest never answers, and drops the connection "
            f"after 30 s (11.2.5, 12.0.3 and later). {group.packets()}"
        )


def _shown(beginning: str) -> str:
    """Return first bytes as text that any terminal can show, each byte a character."""
    text = repr(beginning.encode("latin-1"))[2:-1]
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _first(shown: str) -> str:
    return f": {shown}" if shown else ""


def _explained(kind: str) -> str:
    """Return what ``explain`` says of bytes of a kind, as sentences."""
    sample = {"JSON without a length": b"{}", "JSON after a length without #": b"2{}"}
    found = next(explain(sample.get(kind, b"x")))
    assert found.judgement.name == "NO_DELIMITER"
    return f"{verdict(found)} "
