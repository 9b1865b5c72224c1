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
from protocol import UNDEFINED

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_LACKING = "no pattern"
_AT_TIMES = "at times"


@finding("no-handler", Severity.ERROR, about=Exchange, needs=FAILED, rank=10)
class NoHandler(Rule[Exchange]):
    """A message whose pattern no handler of the service matches."""

    def applies(self, call: Exchange) -> bool:
        return call.outcome is Outcome.NO_HANDLER and call.kind is not Kind.ORPHAN

    def details(self, call: Exchange, context: Context) -> Details:
        server = call.connection.server_text  # each has handlers of its own
        if call.pattern is UNDEFINED:
            return Details(subject=f"{server} {_LACKING}")
        if context.habits.answers(call):
            return Details(subject=f"{server} {_AT_TIMES}")
        return Details(subject=server, detail=context.habits.suggest(call))

    def message(self, finding: Finding) -> str:
        if _is(finding, _LACKING):
            return f"a request to {service(finding)} lacks the key pattern"
        usually = ", which answers it at other times" * _is(finding, _AT_TIMES)
        return f"no handler for {finding.name} on {service(finding)}{usually}"

    def headline(self, group: FindingGroup) -> str:
        lacks = "a pattern" if _is(group.first, _LACKING) else "a handler"
        return f"{plural(group.count, 'message')} without {lacks}"

    def cause(self, group: FindingGroup) -> str:
        where = service(group.first)
        if _is(group.first, _LACKING):
            return (
                f"{group.exchanges()} {verb(group.count, 'lacks')} the key pattern; "
                f"Nest looks for a handler of undefined on {where}. {group.packets()}"
            )
        named = f"{group.named_exchanges()} {verb(group.names, 'has')}"
        if _is(group.first, _AT_TIMES):
            them = "it" if group.names == 1 else "them"
            return (
                f"{named} no handler on {where}, which answers {them} at other times: "
                f"different processes stand behind that address. {group.packets()}"
            )
        return f"{named} no handler on {where}. {group.packets()}"

    def hint(self, finding: Finding) -> str:
        if _is(finding, _LACKING):
            return 'put the pattern of the handler under the key "pattern"'
        if _is(finding, _AT_TIMES):
            return "give services that differ addresses of their own"
        if finding.detail:
            return f"did you mean {finding.detail}?"
        return (
            f"register @MessagePattern({quoted(finding.route)}) there, or send the "
            "pattern that is registered"
        )


def _is(finding: Finding, kind: str) -> bool:
    return finding.subject.endswith(kind)
