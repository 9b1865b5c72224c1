"""JSON lines: one object a line, with the keys that docs/output.md promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.explain.effects import Effect, effects
from inspector.explain.explanation import Explanation, verdict
from inspector.figures.timeline import Timeline, histogram
from protocol import (
    NEST_VERSIONS,
    UNDEFINED,
    Event,
    Json,
    JsonText,
    Request,
    Response,
    dumps,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.figures.latency import Latencies
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding

_COLUMNS = 60
"""Columns of a timeline, whatever the screen."""
_PACKET_KINDS = {
    Request: "request",
    Event: "event",
    Response: "response",
    type(None): None,
}
_encode = msgspec.json.Encoder().encode


class _ExchangeLine(msgspec.Struct, gc=False):
    """The keys of an exchange, in their order; a struct is the quickest to encode."""

    type: str
    number: int
    kind: Kind
    outcome: Outcome | None
    pattern: Any
    route: Any
    id: Any
    connection: int
    client: str
    server: str
    time_ns: int
    latency_ns: int | None
    duration_ns: int | None
    data: Any
    replies: list[Any]
    request_packets: list[int]
    reply_packets: list[int]
    packets: int
    shared_packets: list[int]
    request_bytes: int
    reply_bytes: int


class _ReplyLine(msgspec.Struct, gc=False):
    """The keys of a reply."""

    err: Any
    response: Any
    isDisposed: Any  # noqa: N815 — as on the wire
    status: Any


def exchange_line(exchange: Exchange) -> bytes:
    """Return an exchange as a line; keys that its packets lack are absent."""
    connection = exchange.connection
    requests = len(exchange.request_packets)
    packets = [*exchange.request_packets, *exchange.reply_packets]
    numbers = [packet.number for packet in packets]
    return _encode(
        _ExchangeLine(
            "exchange",
            exchange.number,
            exchange.kind,
            exchange.outcome,
            _value(exchange.pattern),
            _value(exchange.route),
            _value(exchange.id),
            connection.number,
            connection.client_text,
            connection.server_text,
            exchange.time_ns,
            exchange.latency_ns,
            exchange.duration_ns,
            _text(exchange.data),
            [_reply(reply) for reply in exchange.replies],
            numbers[:requests],
            numbers[requests:],
            exchange.packets,
            [packet.number for packet in packets if packet.frames > 1],
            exchange.request_bytes,
            exchange.reply_bytes,
        )
    )


def finding_line(finding: Finding) -> bytes:
    """Return a finding as a line."""
    return _line(
        {
            "type": "finding",
            "code": finding.code,
            "severity": finding.severity,
            "connection": finding.connection.number,
            "from": finding.sender,
            "packet": finding.packet,
            "exchange": finding.exchange,
            "message": _printable(finding.message),
            "hint": _printable(finding.hint),
        }
    )


def explanation_line(explanation: Explanation, number: int) -> bytes:
    """Return what is found out about a frame as a line."""
    fix = explanation.right_frame
    return _line(
        {
            "type": "explanation",
            "number": number,
            "frame": _readable(explanation.raw),
            "verdict": explanation.judgement,
            "message": _printable(verdict(explanation)),
            "lost": explanation.lost,
            "length": explanation.length,
            "units": explanation.units,
            "bytes": len(explanation.body),
            "code_points": explanation.points,
            "kind": _PACKET_KINDS[type(explanation.packet)],
            "route": _value(explanation.route),
            "packet": _text(JsonText(explanation.body)) if fix else UNDEFINED,
            "effects": [_effect(effect) for effect in effects(explanation)],
            "fix": None if fix is None else _readable(fix),
        }
    )


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "follows": effect.follows or None,
        "versions": effect.versions,
        "measured": [each.release for each in NEST_VERSIONS if effect.holds(each)],
        "nest": _printable(effect.deed),
    }


def timeline_line(timeline: Timeline, route: str, kind: Kind, report: Report) -> bytes:
    """Return a pattern over time, and how long its calls took, as a line."""
    row, first_ns = timeline.rows[route, kind], report.first_ns or 0
    span_ns = report.last_ns - first_ns
    return _line(
        {
            "type": "timeline",
            "route": _value(route),
            "kind": kind,
            "count": row.count,
            "failed": row.failed,
            "first_ns": first_ns,
            "span_ns": span_ns,
            "columns": row.moments.columns(first_ns, span_ns, _COLUMNS),
            "latencies": _distribution(row.first),
            "durations": _distribution(row.last),
        }
    )


def _distribution(latencies: Latencies) -> dict[str, Any] | None:
    if not latencies.count:
        return None
    return {
        "p50_ns": latencies.quantile(0.50),
        "p99_ns": latencies.quantile(0.99),
        "max_ns": latencies.maximum,
        "ranges": [
            {"from_ns": low, "to_ns": high, "count": count}
            for low, high, count in histogram(latencies)
        ],
    }


def waiting_line(exchange: Exchange, waited_ns: int) -> bytes:
    """Return an exchange that waits for longer than it should as a line."""
    return _line(
        {
            "type": "waiting",
            "number": exchange.number,
            "pattern": _value(exchange.pattern),
            "route": _value(exchange.route),
            "id": _value(exchange.id),
            "connection": exchange.connection.number,
            "client": exchange.connection.client_text,
            "server": exchange.connection.server_text,
            "time_ns": exchange.time_ns,
            "waited_ns": waited_ns,
            "replies": len(exchange.replies),
            "request_packets": [packet.number for packet in exchange.request_packets],
        }
    )


def capture_line(
    source: str, running_ns: int, dropped: int | None, files: Sequence[str]
) -> bytes:
    """Return how what was watched while it passed was captured, as a line."""
    return _line(
        {
            "type": "capture",
            "source": _printable(source),
            "running_ns": running_ns,
            "dropped": dropped,
            "complete": not dropped,
            "files": [_printable(file) for file in files],
        }
    )


def summary_line(report: Report) -> bytes:
    """Return the totals as a line."""
    outcomes, counts = report.outcomes, report.counts
    return _line(
        {
            "type": "summary",
            "packet_records": report.packet_records,
            "connections": report.connections,
            "other_connections": report.other_connections,
            "frames": report.frames,
            "messages": report.kinds[Kind.MESSAGE],
            "events": report.kinds[Kind.EVENT],
            "orphans": report.kinds[Kind.ORPHAN],
            "replies": report.replies,
            "completed": outcomes[Outcome.COMPLETED],
            "errors": outcomes[Outcome.ERROR],
            "no_handler": outcomes[Outcome.NO_HANDLER],
            "unanswered": outcomes[Outcome.UNANSWERED],
            "incomplete": outcomes[Outcome.INCOMPLETE],
            "packets_per_message": _keyed(report.packets_per(Kind.MESSAGE)),
            "packets_per_event": _keyed(report.packets_per(Kind.EVENT)),
            "data_packets": counts.data_packets,
            "pure_acks": counts.pure_acks,
            "retransmissions": counts.retransmissions,
            "control": counts.control,
            "keep_alives": counts.keep_alives,
            "copies": counts.copies,
            "gap_bytes": report.gap_bytes,
            "unread_bytes": report.unread_bytes,
            "in_doubt": report.in_doubt,
            "skipped": dict(report.skipped),
            "not_understood": report.not_understood,
        }
    )


def _reply(reply: Response) -> _ReplyLine | dict[str, Any]:
    """Return a reply as it travelled, without its id."""
    line = _ReplyLine(
        _text(reply.err),
        _text(reply.response),
        True if reply.is_disposed else UNDEFINED,
        _text(reply.status),
    )
    if not reply.extra:
        return line
    extra = {_printable(key): _text(text) for key, text in reply.extra.items()}
    return _present(msgspec.structs.asdict(line)) | extra


def _line(members: dict[str, Any]) -> bytes:
    return _encode(_present(members))


def _present(members: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value is not UNDEFINED}


def _value(value: Json) -> Any:  # noqa: ANN401 — a JSON value, or its text
    """Return a value that msgspec can encode, lone surrogates included."""
    if value is UNDEFINED or (type(value) is str and value.isascii()):
        return value
    return JsonText(dumps(value))


def _text(payload: JsonText | msgspec.UnsetType) -> Any:  # noqa: ANN401
    """Return a payload as it travelled; bytes that are no UTF-8 are replaced."""
    if payload is UNDEFINED:
        return UNDEFINED
    text = bytes(payload)
    if text.isascii() and b"\n" not in text and b"\r" not in text:
        return payload
    try:
        text.decode()
    except UnicodeDecodeError:
        text = text.decode("utf-8", "replace").encode()
    return JsonText(text.replace(b"\r", b" ").replace(b"\n", b" "))


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _readable(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _keyed(distribution: dict[int, int]) -> dict[str, int]:
    return {str(packets): count for packets, count in distribution.items()}
