"""An undefined value, which travels as null.

Source: ``packages/microservices/serializers/kafka-request.serializer.ts``, ``encode``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.phrases import named_topics
from inspector.findings.registry import finding
from inspector.findings.rule import Details
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context


@finding("null-for-undefined", Severity.NOTE, about=Remark, rank=356, carrier="kafka")
class NullForUndefined(RemarkRule):
    """An undefined value, which travels as null."""

    fix = (
        "return or send a value; of a topic that is compacted a null removes what has "
        "its key"
    )
    see = "exchanges --fields 'number, route, data, replies'"

    def details(self, remark: Remark, _context: Context) -> Details:
        return Details(detail=remark.subject)

    def message(self, finding: Finding) -> str:
        return f"a value sent to {finding.detail} is null"

    def headline(self, group: FindingGroup) -> str:
        return (
            f"{plural(len(group.details), 'topic')} with null, which may be undefined"
        )

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{named_topics(group)}: Kafka has no undefined; Nest sends null for it, "
            f"and whoever reads that cannot tell. {group.packets()}"
        )
