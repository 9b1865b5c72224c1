"""A connection that was refused, or for which nobody answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding
from inspector.words import duration, duration_range, listing, plural, times

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup

_NAMED = 4


@finding("refused-connection", Severity.WARNING, about=Remark, rank=252)
class RefusedConnection(RemarkRule):
    """A connection that was refused, or for which nobody answered."""

    def message(self, finding: Finding) -> str:
        if _refused(finding):
            return f"{_server(finding)} refused the connection: it answered with an RST"
        return (
            f"{_server(finding)} did not answer a SYN, sent {times(finding.size)}, for "
            + duration(finding.duration_ns)
        )

    def headline(self, group: FindingGroup) -> str:
        how = "refused" if _refused(group.first) else "without an answer"
        return f"{plural(group.count, 'connection')} {how}"

    def cause(self, group: FindingGroup) -> str:
        where = _servers(group)
        if _refused(group.first):
            return (
                f"An RST from {where} answered each SYN: no process listens on that "
                "port, or only on another address of its host. "
                f"{_effect(group.first)} {group.packets()}"
            )
        waited = duration_range(group.shortest_ns, group.longest_ns)
        return (
            f"No packet came from {where} within {waited}: the host is down, the "
            f"address is wrong, or a firewall drops the packets. {group.packets()}"
        )

    def hint(self, finding: Finding) -> str:
        if _refused(finding) and finding.broker:
            return (
                "start the broker, compare its address with servers in the options; in "
                "a container localhost is another host"
            )
        if _refused(finding):
            return (
                "start the service, compare host and port on both sides; in a "
                "container it has to listen on 0.0.0.0, not on localhost"
            )
        return (
            "check address and port, and the firewalls, security groups and network "
            "policies on the way"
        )


def _effect(finding: Finding) -> str:
    """Return what a refused connection means for calls."""
    if finding.broker:
        return (
            "A client of Nest fails to connect; one that was connected tries again, "
            "and its calls wait."
        )
    return "Each call of a client of Nest fails with ECONNREFUSED."


def _refused(finding: Finding) -> bool:
    return finding.subject == "refused"


def _server(finding: Finding) -> str:
    return f"{finding.broker} {_name(finding, finding.detail)}".lstrip()


def _name(finding: Finding, server: str) -> str:
    return finding.connection.names.server(server)


def _servers(group: FindingGroup) -> str:
    names = [_name(group.first, each) for each in group.details]
    rest = len(names) - _NAMED
    return listing(names[:_NAMED], f"{rest:,} more" if rest > 0 else "")
