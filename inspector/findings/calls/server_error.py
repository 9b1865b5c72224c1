"""An error whose status code says that the server failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome, error_text
from inspector.calls.statuses import FAILED as STATUSES
from inspector.calls.statuses import status_of
from inspector.findings.finding import Severity
from inspector.findings.phrases import quote
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import FAILED
from inspector.words import plural
from protocol import UNDEFINED

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("server-error", Severity.WARNING, about=Exchange, needs=FAILED, rank=45)
class ServerError(Rule[Exchange]):
    """An error whose status code says that the server failed."""

    fix = "look in the log of the service at the times of these calls"

    def applies(self, call: Exchange) -> bool:
        return call.outcome is Outcome.ERROR and call.kind is not Kind.ORPHAN

    def details(self, call: Exchange, _context: Context) -> Details | None:
        err = call.replies[-1].err
        status = status_of(err)
        if err is UNDEFINED or status not in STATUSES:
            return None
        return Details(subject=str(status), detail=quote(error_text(err)))

    def message(self, finding: Finding) -> str:
        failed = f"{finding.name} failed with status {finding.subject}"
        return f"{failed}: {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        failures = plural(group.count, "failure")
        return f"{failures} with status {group.first.subject}"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()} on {group.services()}: {group.example()}. "
            f"{group.packets()}"
        )
