"""Calls that the files of --proto do not describe as they were sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding
from inspector.words import listing, nouns, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("proto-mismatch", Severity.NOTE, about=Remark, rank=362, carrier="grpc")
class ProtoMismatch(RemarkRule):
    """Calls that the files of --proto do not describe as they were sent."""

    see = "exchanges --where 'carrier == \"grpc\"'"

    def message(self, finding: Finding) -> str:
        if not finding.size:  # of a method, and of no message
            return f"no file of --proto has {finding.subject}"
        fields = finding.detail.split()
        if not fields:
            return f"what the {finding.sender} sent is not a {finding.subject}"
        named = f"{nouns(len(fields), 'field')} {listing(fields)}"
        return (
            f"the {finding.sender} sent {named}, which {finding.subject} does not have"
        )

    def headline(self, group: FindingGroup) -> str:
        if not group.size:
            return f"{plural(group.count, 'call')} of a method that no .proto file has"
        return f"{plural(group.count, 'message')} unlike the .proto file"

    def cause(self, group: FindingGroup) -> str:
        first, where = group.first, group.packets()
        if not group.size:
            return (
                f"{first.subject} is not in the files of --proto; the fields of its "
                f"messages have numbers instead of names. {where}"
            )
        if not first.detail:
            return (
                f"By the file each is a {first.subject}, and cannot be read as one; "
                f"their fields have numbers instead of names. {where}"
            )
        fields = dict.fromkeys(
            each for detail in group.details for each in detail.split()
        )
        named = f"{nouns(len(fields), 'field')} {listing(list(fields))}"
        return (
            f"By the file each is a {first.subject}, which has no {named}: "
            f"{'it is' if len(fields) == 1 else 'they are'} not shown. {where}"
        )

    def hint(self, finding: Finding) -> str:
        if not finding.size:
            return "pass the .proto file of that service, too"
        return "pass the .proto file that both sides were built with"
