"""A message whose pattern no handler of the service matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.findings.finding import Severity
from inspector.findings.phrases import quoted, service
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import FAILED
from inspector.words import plural, verb

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("no-handler", Severity.ERROR, about=Exchange, needs=FAILED, rank=10)
class NoHandler(Rule[Exchange]):
    """A message whose pattern no handler of the service matches."""

    def applies(self, call: Exchange) -> bool:
        return call.outcome is Outcome.NO_HANDLER and call.kind is not Kind.ORPHAN

    def details(self, call: Exchange, context: Context) -> Details:
        return Details(detail=context.habits.suggest(call))

    def message(self, finding: Finding) -> str:
        return f"no handler for {finding.route} on {service(finding)}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "message") + " without a handler"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()} {verb(group.names, 'has')} "
            f"no handler on {service(group.first)}. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if finding.detail:
            return f"did you mean {finding.detail}?"
        return (
            f"register @MessagePattern({quoted(finding.route)}) there, or send the "
            "pattern that is registered"
        )
