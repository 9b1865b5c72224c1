"""A reply that precedes its request in the capture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import EARLY
from inspector.words import duration, nouns, plural, verb

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding(
    "out-of-order-capture", Severity.WARNING, about=Exchange, needs=EARLY, rank=288
)
class OutOfOrderCapture(Rule[Exchange]):
    """A reply that precedes its request in the capture."""

    fix = (
        "sort it by time (reordercap), merge files by time (mergecap without -a), and "
        "capture at one point or with synchronised clocks"
    )
    see = "ladder"

    def applies(self, call: Exchange) -> bool:
        return call.early

    def details(self, call: Exchange, _context: Context) -> Details:
        before_ns = call.asked_ns - call.reply_ends[0].time_ns
        return Details(duration_ns=max(before_ns, 0))

    def message(self, finding: Finding) -> str:
        return (
            f"the reply to {finding.name} precedes its request"
            f"{_skew(finding.duration_ns)}"
        )

    def headline(self, group: FindingGroup) -> str:
        replies, pronoun = nouns(group.count, "reply"), "their requests"
        if group.count == 1:
            pronoun = "its request"
        return f"{group.count:,} {replies} captured before {pronoun}"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{plural(group.count, 'reply')} {verb(group.count, 'precedes')} the "
            f"request in the capture{_skew(group.longest_ns)}: "
            f"{group.named_exchanges()}. Its records are not in the order in which "
            "they were sent, or come from captures whose clocks differ. Calls are "
            f"paired nevertheless, but not all times can be known. {group.packets()}"
        )


def _skew(before_ns: int) -> str:
    """Return by how much the times contradict the order, if they do."""
    return f", by up to {duration(before_ns)}" if before_ns else ""
