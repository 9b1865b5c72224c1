"""A reply with a key that Nest does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.evidence import Reply
from inspector.findings.finding import Severity
from inspector.findings.habits import shown
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.signs import EXTRA
from inspector.words import listing, nouns, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context

_MOST = 4  # keys that it names


@finding("foreign-reply-key", Severity.WARNING, about=Reply, needs=EXTRA, rank=70)
class ForeignReplyKey(Rule[Reply]):
    """A reply with a key that Nest does not know."""

    fix = "put the value inside response; no keys but id, response, err, isDisposed"
    see = "follow"

    def applies(self, reply: Reply) -> bool:
        return bool(reply.response.extra)

    def details(self, reply: Reply, context: Context) -> Details:
        strict = context.nest.strict_replies
        return Details(
            severity=Severity.WARNING if strict else Severity.NOTE,
            detail=_named(list(reply.response.extra)),
            size=len(reply.response.extra),
        )

    def message(self, finding: Finding) -> str:
        keys = nouns(finding.size, "key")
        return f"a reply to {finding.name} with the extra {keys} {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return plural(group.count, "reply") + " with an extra key"

    def cause(self, group: FindingGroup) -> str:
        return (
            f"{group.routes()}: {group.example()}. A client of Nest 12 takes a reply "
            "with such a key for the value itself and ends the call, even with an "
            f"error; older clients ignore the key. {group.packets()}"
        )


def _named(keys: list[str]) -> str:
    """Return the first keys, and how many more there are."""
    more = len(keys) - _MOST
    return listing(list(map(shown, keys[:_MOST])), f"{more:,} more" if more > 0 else "")
