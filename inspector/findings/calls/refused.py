"""Calls that a status code says the caller is at fault for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.statuses import REFUSED, status_of
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import FAILED
from inspector.words import listing, plural, times, verb

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_NAMED = 4  # status codes that a headline names


@finding("refused", Severity.NOTE, about=Exchange, needs=FAILED, rank=85)
class Refused(Rule[Exchange]):
    """Calls that a status code says the caller is at fault for."""

    fix = "look at what the callers send"
    see = "exchanges --where 'err.statusCode >= 400 and err.statusCode < 500'"

    def applies(self, call: Exchange) -> bool:
        return call.outcome is Outcome.ERROR and call.kind is not Kind.ORPHAN

    def details(self, call: Exchange, _context: Context) -> Details | None:
        status = status_of(call.replies[-1].err)
        return Details(detail=str(status)) if status in REFUSED else None

    def message(self, finding: Finding) -> str:
        return f"{finding.name} was refused with status {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        calls = f"{plural(group.count, 'call')} {verb(group.count, 'was')} refused"
        common = group.details.most_common(_NAMED)
        rest = group.count - sum(count for _, count in common)
        codes = [f"{status} {times(count)}" for status, count in common]
        return f"{calls}: {listing(codes, f'others {times(rest)}' if rest else '')}"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.named_exchanges()}: the status code says that the caller is at "
            f"fault. {group.packets()}"
        )
