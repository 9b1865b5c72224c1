"""A connection that one side gave up with an error."""

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

_CALM = "ENHANCE_YOUR_CALM"


@finding("goaway", Severity.ERROR, about=Remark, rank=29, carrier="grpc")
class Goaway(RemarkRule):
    """A connection that one side gave up with an error."""

    see = "follow"

    def message(self, finding: Finding) -> str:
        return f"the {finding.sender} gave the connection up: {finding.subject}"

    def headline(self, group: FindingGroup) -> str:
        word = group.first.subject
        return f"{plural(group.count, 'connection')} given up by GOAWAY: {word}"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        said = f", and said {quote(first.detail)}" if first.detail else ""
        return (
            f"The {first.sender} sent GOAWAY with {first.subject}{said}. Calls that it "
            f"has not begun fail with UNAVAILABLE. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.subject == _CALM:
            return (
                "let the client send fewer pings: a larger keepalive time, and none "
                "without calls; or allow more on the server"
            )
        return "look in the log of that side at this time"
