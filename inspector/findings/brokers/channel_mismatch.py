"""A packet whose pattern is not that of the subject it was sent to.

Source: ``packages/microservices/server/server-nats.ts``, ``handleMessage``: the
handler is that of the subject, whatever the pattern in the packet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind
from inspector.findings.broker_words import words_of
from inspector.findings.evidence import request_place
from inspector.findings.finding import Severity
from inspector.findings.habits import shown
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import MISADDRESSED
from inspector.findings.subjects import BLANK
from inspector.words import plural
from protocol import loads, route

if TYPE_CHECKING:
    from inspector.findings.finding import Finding, Place
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_OTHERWISE = "keys in another order"


@finding(
    "channel-mismatch", Severity.WARNING, about=Exchange, needs=MISADDRESSED, rank=47
)
class ChannelMismatch(Rule[Exchange]):
    """A packet whose pattern is not that of the subject it was sent to."""

    see = "exchanges --fields 'number, route, channel, outcome'"

    def applies(self, call: Exchange) -> bool:
        passage = call.passage
        return (
            passage is not None
            and call.kind is not Kind.ORPHAN
            and passage.channel != call.route
            and words_of(call.carrier).flaw(passage.channel, call.route) != BLANK
        )

    def place(self, call: Exchange) -> Place:
        return request_place(call)

    def details(self, call: Exchange, _context: Context) -> Details:
        assert call.passage is not None
        channel = call.passage.channel
        return Details(
            subject=_OTHERWISE if _route_in(channel) == call.route else "",
            detail=shown(channel),
        )

    def message(self, finding: Finding) -> str:
        where = words_of(finding.connection.carrier).channel
        return f"{finding.name} was sent to the {where} {finding.detail}{_how(finding)}"

    def headline(self, group: FindingGroup) -> str:
        where = words_of(group.first.connection.carrier).channel
        return f"{plural(group.count, 'packet')} with the pattern of another {where}"

    def cause(self, group: FindingGroup) -> str:
        where = words_of(group.first.connection.carrier).channel
        return (
            f"{group.named_exchanges()} went to {group.example()}{_how(group.first)}. "
            f"A Nest service looks its handler up by the {where}, and ignores the "
            f"pattern in the packet. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        where = words_of(finding.connection.carrier).channel
        return f"send it to the {where} {shown(finding.route or '')}, as Nest does"


def _how(finding: Finding) -> str:
    return f", which has its {_OTHERWISE}" if finding.subject else ""


def _route_in(channel: str) -> str | None:
    """Return the route of a subject that is an object; None where it is none."""
    if not channel.startswith("{"):
        return None
    try:
        return route(loads(channel))
    except ValueError:
        return None
