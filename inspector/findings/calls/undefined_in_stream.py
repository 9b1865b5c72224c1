"""A reply with nothing but its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.evidence import Reply
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import BARE
from inspector.words import plural
from protocol import UNDEFINED

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("undefined-in-stream", Severity.NOTE, about=Reply, needs=BARE, rank=100)
class UndefinedInStream(Rule[Reply]):
    """A reply with nothing but its id."""

    fix = "emit null, or use clients of Nest 12.0.2 or later"
    see = (
        "exchanges --where 'replies[1] != undefined' --fields 'number, route, replies'"
    )

    def applies(self, reply: Reply) -> bool:
        response = reply.response
        ended = response.is_disposed or response.failed
        return response.response is UNDEFINED and not ended and not response.extra

    def details(self, _reply: Reply, context: Context) -> Details:
        strict = context.nest.strict_replies
        return Details(severity=Severity.NOTE if strict else Severity.WARNING)

    def message(self, finding: Finding) -> str:
        return f"a reply to {finding.name} with nothing but its id"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "reply") + " with nothing but an id"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()} emitted undefined. Clients of Nest 11 and "
            "older take the packet itself for the value and end the stream there. "
            f"{group.packets()}"
        )
