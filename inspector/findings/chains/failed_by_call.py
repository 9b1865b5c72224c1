"""Requests that failed after a call that they made had failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.chain_conclusions import FailedByCall as Failed
from inspector.findings.concluded import ConcludedRule
from inspector.findings.finding import Severity
from inspector.findings.phrases import called, quote, route_of, the_packets
from inspector.findings.registry import finding
from inspector.words import listing

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context, Details

_MOST_TEXTS = 3  # that are shown


@finding("failed-by-call", Severity.WARNING, about=Failed, rank=62)
class FailedByCall(ConcludedRule[Failed]):
    """Requests that failed after a call that they made had failed."""

    see = "chain --where 'outcome == \"error\"'"

    def details(self, failed: Failed, context: Context) -> Details | None:
        details = super().details(failed, context)
        if details is None or not failed.refused:
            return details
        return details._replace(severity=Severity.NOTE)

    def subject(self, failed: Failed) -> str:
        return f"{route_of(failed)} {failed.carrier} {failed.call}"

    def message(self, finding: Finding) -> str:
        failed = finding.concluded(Failed)
        call = f"#{failed.example} {called(failed.call)}"
        return f"{called(finding.route)} failed after {call} had failed for it"

    def headline(self, group: FindingGroup) -> str:
        failed, name = group.first.concluded(Failed), called(group.first.route)
        call = called(failed.call)
        if failed.failed == 1:
            return f"{name} failed after the call {call} had failed for it"
        count = f"{failed.requests:,} of {failed.failed:,} failures"
        return f"{count} of {name} came after the call {call} had failed"

    def cause(self, group: FindingGroup) -> str:
        failed, first = group.first.concluded(Failed), group.first
        known = [quote(each) for each, _ in failed.texts.most_common() if each]
        rest = len(known[_MOST_TEXTS:])
        said = listing(known[:_MOST_TEXTS], f"{rest} more" if rest else "")
        why = f" with {said}" if said else ""
        several = failed.requests > 1
        all_of = f", in all for {failed.numbers.text(4, '#')}" if several else ""
        return (
            f"#{failed.example} {called(failed.call)} failed{why}, and nothing else "
            f"was asked for #{first.exchange} after it{all_of} "
            f"({the_packets(failed.packets)}). {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        call = called(finding.concluded(Failed).call)
        return f"look at why {call} fails first, then at what the caller makes of it"

    def weight(self, group: FindingGroup) -> int:
        return group.first.concluded(Failed).requests
