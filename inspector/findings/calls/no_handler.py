"""A message whose pattern no handler of the service matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.costs import queues
from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.serving import service_of
from inspector.findings.finding import Severity
from inspector.findings.habits import shown
from inspector.findings.phrases import quoted
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import FAILED
from inspector.shorthand import short
from inspector.words import listing, plural, verb
from protocol import UNDEFINED

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_LACKING = "no pattern"


@finding("no-handler", Severity.ERROR, about=Exchange, needs=FAILED, rank=10)
class NoHandler(Rule[Exchange]):
    """A message whose pattern no handler of the service matches."""

    see = "exchanges --where 'outcome == \"no_handler\"'"

    def applies(self, call: Exchange) -> bool:
        nobody = call.passage is not None and call.passage.unwanted
        return (
            call.outcome is Outcome.NO_HANDLER
            and call.kind is not Kind.ORPHAN
            and not nobody
        )

    def details(self, call: Exchange, context: Context) -> Details | None:
        server = service_of(call)  # each has handlers of its own
        if queues(call.carrier) and context.habits.answers(server, call.route):
            return None  # that is split-queue
        lacks = call.pattern is UNDEFINED
        return Details(subject=f"{server} {_LACKING}" if lacks else server)

    def message(self, finding: Finding) -> str:
        if _lacks(finding):
            return f"a request to {finding.service} lacks the key pattern"
        usually = ", which answers it at other times" * _answers(finding, finding.route)
        return f"no handler for {finding.name} on {finding.service}{usually}"

    def headline(self, group: FindingGroup) -> str:
        lacking = "a pattern" if _lacks(group.first) else "a handler"
        return f"{plural(group.count, 'message')} without {lacking}"

    def cause(self, group: FindingGroup) -> str:
        where = group.first.service
        if _lacks(group.first):
            return (
                f"{group.exchanges()} {verb(group.count, 'lacks')} the key pattern; "
                f"Nest looks for a handler of undefined on {where}. {group.packets()}"
            )
        named = f"{group.named_exchanges()} {verb(group.names, 'has')}"
        return f"{named} no handler on {where}{_at_times(group)}. {group.packets()}"

    def hint(self, finding: Finding) -> str:
        if _lacks(finding):
            return 'put the pattern of the handler under the key "pattern"'
        if _answers(finding, finding.route):
            return "give different services different addresses"
        if meant := _meant(finding):
            return f"did you mean {meant}?"
        return (
            f"register @MessagePattern({quoted(finding.route)}) there, or send the "
            "pattern that is registered"
        )


def _lacks(finding: Finding) -> bool:
    return finding.subject.endswith(_LACKING)


def _answers(finding: Finding, route: str | None) -> bool:
    """Whether the service answers a pattern at other times, earlier or later."""
    habits = finding.habits
    return habits is not None and habits.answers(finding.server, route)


def _at_times(group: FindingGroup) -> str:
    """Return what is said of patterns that the service answers at other times."""
    routes = [each for each in group.known_routes if _answers(group.first, each)]
    if not routes:
        return ""
    why = "at other times: several processes share that address"
    if len(routes) < group.names:
        return f". It answers {listing(list(map(short, routes)))} {why}"
    return f", which answers {'it' if group.names == 1 else 'them'} {why}"


def _meant(finding: Finding) -> str:
    """Return what a pattern without a handler may be meant for, or nothing."""
    habits, server = finding.habits, finding.server
    if habits is None or finding.route is None:
        return ""
    other = habits.elsewhere(server, finding.route)
    if other:
        return f"{finding.called(other)}, where {shown(finding.route)} is known"
    return shown(habits.closest(server, finding.route))
