"""An error whose text Nest replaced with “Internal server error”."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.statuses import MASKED
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Rule
from inspector.findings.signs import FAILED
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("masked-error", Severity.WARNING, about=Exchange, needs=FAILED, rank=50)
class MaskedError(Rule[Exchange]):
    """An error whose text Nest replaced with “Internal server error”."""

    fix = "throw an RpcException where the caller should see the message"
    see = "exchanges --grep 'Internal server error'"

    def applies(self, call: Exchange) -> bool:
        return (
            call.outcome is Outcome.ERROR
            and call.kind is not Kind.ORPHAN
            and call.replies[-1].err == MASKED
        )

    def message(self, finding: Finding) -> str:
        return f"“Internal server error” instead of what {finding.name} threw"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "error") + " masked as “Internal server error”"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.routes()}: only an RpcException keeps its message. The cause "
            f"is in the log of the service on {group.services()}. {group.packets()}"
        )
