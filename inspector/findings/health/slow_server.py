"""A server that takes much longer than others for the same pattern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.concluded import ConcludedRule
from inspector.findings.conclusions import SlowServer as Slowness
from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.words import duration, multiple

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup


@finding("slow-server", Severity.WARNING, about=Slowness, rank=8)
class SlowServer(ConcludedRule[Slowness]):
    """A server that takes much longer than others for the same pattern."""

    see = "services"

    def message(self, finding: Finding) -> str:
        server = finding.concluded(Slowness)
        slower = multiple(server.median_ns / max(server.others_ns, 1))
        name = finding.named(server.server)
        return f"{name} takes {slower} as long as others for {finding.name}"

    def headline(self, group: FindingGroup) -> str:
        server = group.first.concluded(Slowness)
        slower = multiple(server.median_ns / max(server.others_ns, 1))
        return f"1 of {server.servers} servers takes {slower} as long as the others"

    def cause(self, group: FindingGroup) -> str:
        first, server = group.first, group.first.concluded(Slowness)
        return (
            f"{first.named(server.server)} takes {duration(server.median_ns)} for "
            f"{first.name}, the others {duration(server.others_ns)}, each at the "
            f"median. Its longest, {group.exchanges()}, took "
            f"{duration(server.longest_ns)}. {group.packets()}"
        )

    def weight(self, group: FindingGroup) -> int:
        return group.first.concluded(Slowness).median_ns

    def hint(self, finding: Finding) -> str:
        server = finding.named(finding.concluded(Slowness).server)
        return f"compare {server} with the others: node, version, pool, a cold cache"
