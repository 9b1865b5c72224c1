"""A client that the broker cut off because it read too slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.broker_words import words_of
from inspector.findings.cutting import CutOff
from inspector.findings.finding import Severity
from inspector.findings.phrases import quote
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.words import nouns, plural, times

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_SAID = "said"


@finding("slow-consumer", Severity.ERROR, about=CutOff, rank=15)
class SlowConsumer(Rule[CutOff]):
    """A client that the broker cut off because it read too slowly."""

    see = "packets"

    def details(self, cut: CutOff, _context: Context) -> Details:
        return Details(
            subject=_SAID if cut.said else "",
            detail=quote(cut.said),
            size=cut.windows,
            ended_in=cut.packet,
        )

    def message(self, finding: Finding) -> str:
        client = finding.called(finding.connection.client_text)
        if finding.subject == _SAID:
            return f"{finding.service} sent {client} {finding.detail}"
        return (
            f"{finding.service} cut {client} off, whose receive window was closed "
            f"{times(finding.size)}"
        )

    def hint(self, finding: Finding) -> str:
        return words_of(finding.connection.carrier).slow

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'client')} cut off for reading too slowly"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        client = first.called(first.connection.client_text)
        if first.subject == _SAID:
            what = f"{first.service} sent {client} {first.detail}."
        else:
            what = (
                f"The receive window of {client} was closed {times(group.size)}, then "
                f"{first.service} ended the {nouns(group.count, 'connection')} "
                f"({group.ended_in()})."
            )
        return (
            f"{what} A client that does not read what it subscribed to is cut off; "
            f"what waited for it is lost. {group.packets()}"
        )
