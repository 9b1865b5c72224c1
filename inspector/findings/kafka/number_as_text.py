"""A number or a boolean, which arrives as text.

Source: ``packages/microservices/serializers/kafka-request.serializer.ts``, ``encode``;
``helpers/kafka-parser.ts``, ``decode``.
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


@finding("number-as-text", Severity.NOTE, about=Remark, rank=354, carrier="kafka")
class NumberAsText(RemarkRule):
    """A number or a boolean, which arrives as text."""

    fix = (
        "send an object that holds it, such as {value: 42}; or convert it where it "
        "arrives"
    )
    see = "exchanges --fields 'number, route, data, replies'"

    def details(self, remark: Remark, _context: Context) -> Details:
        return Details(detail=remark.subject)

    def message(self, finding: Finding) -> str:
        return f"a value sent to {finding.detail} is a number or boolean as text"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(len(group.details), 'topic')} with numbers or booleans as text"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{named_topics(group)}: Nest writes what is neither an object nor a list "
            f"as text, and reads it as text: 42 becomes “42”. {group.packets()}"
        )
