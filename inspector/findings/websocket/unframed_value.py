"""Messages that are no events, on a connection that has others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.seen import Remark
from inspector.findings.finding import Severity
from inspector.findings.noticed import RemarkRule
from inspector.findings.registry import finding
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup

_CLIENT = "client"


@finding("unframed-value", Severity.WARNING, about=Remark, rank=58, carrier="ws")
class UnframedValue(RemarkRule):
    """Messages that are no events, on a connection that has others."""

    see = "follow"

    def message(self, finding: Finding) -> str:
        if finding.subject == _CLIENT:
            return (
                "the client sent a text without an event, of which Nest takes no notice"
            )
        return "the gateway sent a value without an event, as a handler returned it"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'message')} without an event"

    def cause(self, group: FindingGroup) -> str:
        if group.first.subject == _CLIENT:
            words = (
                "The client sent text that is no object with an event; Nest drops it, "
                "and says so to nobody."
            )
        else:
            words = (
                "A handler returned a value that is no object with an event, and Nest "
                "sends it as it is: a client cannot know what it answers."
            )
        return f"{words} {group.packets()}"

    def hint(self, finding: Finding) -> str:
        if finding.subject == _CLIENT:
            return 'send {"event": …, "data": …}'
        return "return { event, data } from the handler"
