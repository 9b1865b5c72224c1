"""Frames of both sides that are not Nest packets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.finding import Severity
from inspector.findings.registry import finding
from inspector.findings.rule import Details, Rule
from inspector.findings.strangers import OwnSerializer as Conversation
from inspector.words import duration_range, plural

if TYPE_CHECKING:
    from inspector.findings.finding import Finding
    from inspector.findings.groups import FindingGroup
    from inspector.findings.rule import Context
    from inspector.streams.connections import Connection


@finding("own-serializer", Severity.NOTE, about=Conversation, rank=235)
class OwnSerializer(Rule[Conversation]):
    """Frames of both sides that are not Nest packets."""

    fix = "read the bodies with that serializer"
    see = "packets"
    either_side = True

    def details(self, seen: Conversation, _context: Context) -> Details:
        took = ""
        if seen.shortest_ns is not None:
            took = (
                f", in order after {duration_range(seen.shortest_ns, seen.longest_ns)}"
            )
        client, server = _sides(seen.place.connection)
        asked = f"{plural(seen.asked, 'frame')} of {client}"
        return Details(
            detail=f"{asked} and {seen.answered:,} of {server}{took}",
            size=seen.asked + seen.answered,
        )

    def message(self, finding: Finding) -> str:
        return f"both sides use a custom serializer: {finding.detail}"

    def headline(self, group: FindingGroup) -> str:
        return f"{plural(group.count, 'connection')} with a custom serializer"

    def cause(self, group: FindingGroup) -> str:
        return (
            "Both sides send frames whose bodies are not Nest packets, to "
            f"{group.services()}, and continue: {group.example()}. They use a custom "
            "serializer or socketClass. The bodies are not read, and nothing is "
            f"claimed about how Nest handles them. {group.packets()}"
        )


def _sides(connection: Connection) -> tuple[str, str]:
    """Return what both sides are called: by their ends where either may have opened."""
    if connection.client is None:
        return connection.client_text, connection.server_text
    return "the client", "the server"
