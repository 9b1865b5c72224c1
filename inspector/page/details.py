"""One exchange as a page has it: its row, and what its drawer shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.calls.serving import service_of
from inspector.figures.timeline import failed
from inspector.views.rendering import pattern_text, safe

from .hops import arrows
from .tables import name

if TYPE_CHECKING:
    from inspector.findings.finding import Finding

    from .tables import Json
    from .trimming import Bodies, Kept, ReplyText, Text

_MOST_PACKETS = 64  # that are listed of one exchange


def row(kept: Kept, bodies: Bodies, first_ns: int, pattern: int | None) -> Json:
    """Return what the list of exchanges shows of one.

    Args:
        kept: The exchange.
        bodies: Its payloads.
        first_ns: When the capture began, in nanoseconds since 1970.
        pattern: The place of its pattern among those of the page.
    """
    exchange = kept.exchange
    members = {
        "n": exchange.number,
        "kind": exchange.kind,
        "pattern": pattern,
        "connection": exchange.connection.number,
        "time": exchange.time_ns - first_ns,
        "latency": None if exchange.untimed else exchange.latency_ns,
        "outcome": exchange.outcome,
        "data": bodies.brief,
        "reply": bodies.answer,
        "style": bodies.style,
        "asked": [each.number for each in exchange.request_packets[:_MOST_PACKETS]],
        "answered": [each.number for each in exchange.reply_packets[:_MOST_PACKETS]],
        "packets": exchange.packets,
    }
    if failed(exchange):
        members["failed"] = True
    if exchange.values > 1:
        members["duration"] = exchange.duration_ns
    if exchange.pushed:
        members["pushed"] = True
    if exchange.passage is not None:
        names = exchange.connection.names
        members["server"] = safe(names.server(service_of(exchange)))
    return members


def details(kept: Kept, bodies: Bodies, first_ns: int) -> Json:
    """Return what the drawer of an exchange shows besides its row."""
    exchange = kept.exchange
    members: dict[str, Json] = {
        "bytes": [exchange.request_bytes, exchange.reply_bytes],
        "values": exchange.values,
        "body": text(bodies.data),
        "replies": [_reply(each) for each in bodies.replies],
    }
    if bodies.metadata is not None:
        members["metadata"] = text(bodies.metadata)
    if bodies.again is not None:
        members["again"] = " ".join(bodies.again)
    if found := arrows(exchange, first_ns):
        members["arrows"] = found
    if exchange.errands is not None:
        errands = exchange.errands.packets[:_MOST_PACKETS]
        members["errands"] = [each.number for each in errands]
    return members


def remarks(kept: Kept) -> Json:
    """Return what was found about an exchange, and for whose sake it was made."""
    members: dict[str, Json] = {}
    if kept.findings:
        members["findings"] = [_finding(each) for each in kept.findings]
    link = kept.link
    if link is not None and link.parent is not None:
        members["parent"] = link.parent
        members["evidence"] = link.evidence
    elif link is not None and link.possible:
        members["possible"] = list(link.possible)
    return members


def pattern_name(kept: Kept) -> str:
    """Return what the pattern of an exchange is called."""
    exchange = kept.exchange
    if exchange.kind is Kind.ORPHAN or exchange.route is None:
        return "a reply without its request"
    return name(pattern_text(exchange.pattern, exchange.route))


def _finding(finding: Finding) -> Json:
    words = safe(finding.message), safe(finding.hint)
    return [finding.severity, finding.code, *words]


def _reply(reply: ReplyText) -> Json:
    return [reply.place, text(reply.value), text(reply.error), reply.last]


def text(payload: Text | None) -> Json:
    """Return a payload: its text, and its size in bytes if that is not all of it."""
    if payload is None:
        return None
    whole = len(payload.text.encode("utf-8", "replace")) >= payload.size
    return [payload.text] if whole else [payload.text, payload.size]
