"""A channel that the broker does not take for what was meant."""

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
from inspector.findings.subjects import BLANK, CLOSING, EMPTY, WILDCARD
from inspector.words import plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding, Place
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_CAUSES = {
    BLANK: "A subject ends at a blank. Of an event {broker} takes the next word for "
    "the subject where replies go, and hands it to whoever subscribes to the first; "
    "with a message the line has too many words, and {broker} closes the connection "
    "without an error, so that the call waits without end",
    EMPTY: "Nobody can subscribe to such a subject: {broker} refuses that with "
    "“Invalid Subject”, but takes what is sent to it, and says nothing",
    WILDCARD: "In what is sent, * and > are no wildcards: it reaches nobody but who "
    "has subscribed to wildcards",
    CLOSING: "What is sent has to name one topic, without + and #: {broker} closes "
    "the connection for another, with all calls that wait on it. Its client connects "
    "again, and the call waits without end",
}
_FIXES = {
    BLANK: "use a pattern without blanks; the client of Nest 12 refuses them",
    EMPTY: "use a pattern without an empty part: no dot at its ends, nor two together",
    WILDCARD: "send to a subject in full; wildcards are for @MessagePattern and "
    "@EventPattern",
    CLOSING: "send to a topic in full; + and # are for @MessagePattern and "
    "@EventPattern",
}


@finding("illegal-channel", Severity.ERROR, about=Exchange, needs=MISADDRESSED, rank=12)
class IllegalChannel(Rule[Exchange]):
    """A channel that the broker does not take for what was meant."""

    see = "exchanges --fields 'number, route, channel, outcome'"

    def applies(self, call: Exchange) -> bool:
        passage = call.passage
        if passage is None or call.kind is Kind.ORPHAN:
            return False
        return bool(words_of(call.carrier).flaw(passage.channel, call.route))

    def place(self, call: Exchange) -> Place:
        return request_place(call)

    def details(self, call: Exchange, _context: Context) -> Details:
        assert call.passage is not None
        flaw = words_of(call.carrier).flaw(call.passage.channel, call.route)
        return Details(
            severity=Severity.WARNING if flaw == WILDCARD else None,
            subject=flaw,
            detail=f"“{shown(call.route or '')}”",
        )

    def message(self, finding: Finding) -> str:
        channel = words_of(finding.connection.carrier).channel
        what = f"a {channel} with {finding.subject}: {finding.detail}"
        if finding.subject != BLANK:
            return what
        if " " in (finding.channel or ""):
            return f"{what}, for which {finding.broker} closes the connection"
        return f"{what} was sent to “{shown(finding.channel or '')}”"

    def headline(self, group: FindingGroup) -> str:
        first = group.first
        where = f"{words_of(first.connection.carrier).channel} with {first.subject}"
        return f"{plural(group.count, 'packet')} to a {where}"

    def cause(self, group: FindingGroup) -> str:
        first = group.first
        cause = _CAUSES[first.subject].format(broker=first.broker)
        return f"{cause}: {group.named_exchanges()}. {group.packets()}"

    def hint(self, finding: Finding) -> str:
        return _FIXES[finding.subject]
