"""Exchanges and findings as JSON lines of the Elastic Common Schema (ECS).

What ECS has no field for is under ``nest``. Payloads and patterns are JSON texts there:
values of any shape would make a field of an index for each of their keys, and a
document is refused whose type another one contradicts.

Source: https://www.elastic.co/guide/en/ecs/8.11/ecs-field-reference.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.calls.exchanges import Exchange, Kind, Outcome, error_text
from inspector.calls.statuses import status_of
from inspector.filters.as_sent import present, printable
from inspector.filters.passages import OF_PASSAGE
from inspector.streams.endpoints import Endpoint
from inspector.words import duration, plural
from protocol import UNDEFINED, Json, JsonText, dumps, loads
from protocol.lazy_regex import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.figures.report import Report
    from inspector.filters.projection import Column
    from inspector.findings.finding import Finding

    from .live_status import LiveStatus

VERSION = "8.11.0"
_BILLION = 1_000_000_000
_encode = msgspec.json.Encoder().encode
_PROTOCOLS = {
    "tcp": "nest",
    "rabbitmq": "amqp",
    "ws": "websocket",
    "socketio": "socket.io",
}
"""Carrier → the protocol over TCP, in lower case as ECS asks; others are called so."""
_SUCCESS, _FAILURE, _UNKNOWN = "success", "failure", "unknown"
_OUTCOMES = {
    Outcome.COMPLETED: _SUCCESS,
    Outcome.ERROR: _FAILURE,
    Outcome.NO_HANDLER: _FAILURE,
    Outcome.UNANSWERED: _FAILURE,
    Outcome.UNDELIVERED: _FAILURE,
    Outcome.REJECTED: _FAILURE,
}
"""What ends otherwise is unknown: nobody answers an event, and a part says nothing."""
_LEVELS = {"error": "error", "warning": "warning", "note": "info"}
_TRACEPARENT = lazy_regex(
    r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}"
)
"""Source: W3C Trace Context, section 3.2."""


def exchange_line(exchange: Exchange, columns: Sequence[Column] | None = None) -> bytes:
    """Return an exchange as a line.

    Args:
        exchange: The exchange.
        columns: What is under ``nest``; None for all.
    """
    document = _exchange(exchange)
    nest = _nest(exchange) if columns is None else _chosen(exchange, columns)
    return _encode({**document, "nest": nest})


def waiting_line(exchange: Exchange, waited_ns: int) -> bytes:
    """Return an exchange that waits for longer than it should as a line."""
    document = _exchange(exchange)
    document["event"] |= {"duration": waited_ns, "outcome": _UNKNOWN}
    document["event"] |= {"dataset": "nest.waiting", "type": ["start"]}
    document["message"] = f"{document['message']} waits for {duration(waited_ns)}"
    document.pop("error", None)
    return _encode({**document, "nest": _nest(exchange)})


def finding_line(finding: Finding) -> bytes:
    """Return a finding as a line."""
    connection = finding.connection
    time_ns = finding.time_ns or connection.capture_ns
    members = {
        "route": _text(finding.route),
        "hint": printable(finding.hint),
        "packet": finding.packet,
        "exchange": finding.exchange,
        "connection": connection.number,
        "from": finding.sender,
        "carrier": finding.carrier,
        "channel": _text(finding.channel),
    }
    client, server = connection.client_text, connection.server_text
    document = {
        **_base(time_ns, "nest.finding", kind="alert", types=["info"]),
        "message": printable(finding.message),
        "log": {"level": _LEVELS[finding.severity]},
        "rule": {"name": finding.code},
        **_ends(client, server, 0, 0),
        "network": _network(finding.carrier or "", client),
        "nest": _known(members),
    }
    document["event"]["code"] = finding.code
    return _encode(document)


def capture_line(
    source: str, status: LiveStatus, report: Report, files: Sequence[str]
) -> bytes:
    """Return how a live run captured its traffic, and how much that was, as a line."""
    summary = report.summary()
    members = {
        "source": printable(source),
        "dropped": status.dropped,
        "complete": not status.dropped,
        "files": [printable(file) for file in files],
        "packet_records": summary.packet_records,
        "connections": summary.connections,
        "messages": summary.messages,
        "events": summary.events,
    }
    document = _base(status.now_ns, "nest.capture", kind="metric", types=["info"])
    document["event"]["duration"] = status.running_ns
    document["message"] = f"{plural(summary.packet_records, 'packet')} captured"
    return _encode({**document, "nest": _known(members)})


def _exchange(exchange: Exchange) -> dict[str, Any]:
    """Return the fields of an exchange that are ECS's own."""
    client, server = exchange.client_text, exchange.server_text
    sent, received = exchange.request_bytes, exchange.reply_bytes
    document = {
        **_base(exchange.time_ns, "nest.exchange", kind="event", types=["protocol"]),
        "message": _message(exchange),
        **_ends(client, server, sent, received),
        "network": {
            **_network(exchange.carrier, client),
            "bytes": sent + received,
            "packets": exchange.packets,
        },
    }
    document["event"] |= _event(exchange)
    return {**document, **_error(exchange), **_service(exchange), **_trace(exchange)}


def _base(time_ns: int, dataset: str, *, kind: str, types: list[str]) -> dict[str, Any]:
    event = {
        "kind": kind,
        "category": ["network"],
        "type": types,
        "module": "nest",
        "dataset": dataset,
        "provider": "protocol-inspect",
    }
    return {"@timestamp": _time(time_ns), "ecs": {"version": VERSION}, "event": event}


def _event(exchange: Exchange) -> dict[str, Any]:
    duration_ns, ended_ns = exchange.duration_ns, exchange.last_reply_ns
    outcome = _OUTCOMES.get(exchange.outcome or Outcome.INCOMPLETE, _UNKNOWN)
    fields = {
        "action": exchange.kind.value,
        "outcome": _UNKNOWN if exchange.in_flight else outcome,
        "sequence": exchange.number,
        "start": _time(exchange.time_ns),
    }
    if ended_ns is not None:
        fields["end"] = _time(ended_ns)
    if duration_ns is not None and duration_ns >= 0 and not exchange.untimed:
        fields["duration"] = duration_ns
    return fields


def _message(exchange: Exchange) -> str:
    route = "replies" if exchange.route is None else printable(exchange.route)
    return f"{exchange.kind.value} {route} {exchange.outcome or ''}".rstrip()


def _error(exchange: Exchange) -> dict[str, Any]:
    """Return what failed: of Nest's errors their words, and what kind it is."""
    outcome = exchange.outcome
    if outcome not in _OUTCOMES or outcome is Outcome.COMPLETED or exchange.in_flight:
        return {}
    fields = {"type": str(outcome)}
    err = exchange.replies[-1].err if exchange.replies else UNDEFINED
    if err is not UNDEFINED:
        fields["message"] = printable(error_text(err))
        status = status_of(err)
        if status is not None:
            fields["code"] = str(status)
    return {"error": fields}


def _service(exchange: Exchange) -> dict[str, Any]:
    name = exchange.connection.server_name
    return {} if name is None else {"service": {"name": name}}


def _trace(exchange: Exchange) -> dict[str, Any]:
    """Return the trace that the metadata of a call names, and the caller's span."""
    if exchange.metadata is UNDEFINED:
        return {}
    metadata: Json = loads(exchange.metadata)
    parent = metadata.get("traceparent") if isinstance(metadata, dict) else None
    found = _TRACEPARENT.match(parent) if isinstance(parent, str) else None
    return (
        {} if found is None else {"trace": {"id": found[1]}, "span": {"id": found[2]}}
    )


def _ends(client: str, server: str, sent: int, received: int) -> dict[str, Any]:
    """Return both ends by both pairs of names that ECS has for them."""
    source = {**_end(client), **({"bytes": sent} if sent else {})}
    destination = {**_end(server), **({"bytes": received} if received else {})}
    return {
        "source": source,
        "destination": destination,
        "client": source,
        "server": destination,
    }


@lru_cache(1024)
def _end(text: str) -> dict[str, Any]:
    try:
        endpoint = Endpoint.parse(text)
        address = ip_address(endpoint.address)
    except ValueError:  # it is no socket, such as a broker that is known by its name
        return {"address": printable(text)}
    return {
        "address": endpoint.address,
        "ip": str(address),
        "port": endpoint.port,
    }


def _network(carrier: str, client: str) -> dict[str, Any]:
    ipv6 = client.startswith("[")
    fields = {"transport": "tcp", "type": "ipv6" if ipv6 else "ipv4"}
    if carrier:
        fields["protocol"] = _PROTOCOLS.get(carrier, carrier)
    return fields


def _nest(exchange: Exchange) -> dict[str, Any]:
    """Return what ECS has no field for, by the keys of the JSON line."""
    connection = exchange.connection
    members = {
        "kind": exchange.kind.value,
        "outcome": None if exchange.outcome is None else str(exchange.outcome),
        "route": _text(exchange.route),
        "pattern": _json(exchange.pattern),
        "id": _json(exchange.id),
        "carrier": exchange.carrier,
        "connection": connection.number,
        "latency_ns": exchange.latency_ns,
        "data": _payload(exchange.data),
        "replies": [_payload(each.response) for each in exchange.replies] or None,
        "values": exchange.values if exchange.kind is not Kind.EVENT else None,
        "metadata": _payload(exchange.metadata),
        "client_name": connection.client_name,
        "server_name": connection.server_name,
        "in_flight": exchange.in_flight or None,
    }
    passage = exchange.passage
    if passage is not None:
        read = {name: OF_PASSAGE[name](passage) for name in _OF_BROKERS}
        members |= present(read)
    return _known(members)


_OF_BROKERS = (
    "channel",
    "reply_channel",
    "handlers",
    "queue_ns",
    "handler_ns",
    "return_ns",
)


def _chosen(exchange: Exchange, columns: Sequence[Column]) -> dict[str, Any]:
    read = present({each.name: each.read(exchange) for each in columns})
    return {name: _scalar(value) for name, value in read.items()}


def _scalar(value: Any) -> Any:  # noqa: ANN401 — a JSON value
    """Return a value as an index can hold it, whatever another document has there."""
    if isinstance(value, str):
        return printable(value)
    return _json(value) if isinstance(value, dict | list) else value


def _known(members: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value is not None}


def _text(text: str | None) -> str | None:
    return None if text is None else printable(text)


def _json(value: Json) -> str | None:
    """Return a JSON value as text; None for what was not sent."""
    return None if value is UNDEFINED else dumps(value).decode("utf-8", "replace")


def _payload(payload: JsonText | Any) -> str | None:  # noqa: ANN401 — or UNDEFINED
    return None if payload is UNDEFINED else bytes(payload).decode("utf-8", "replace")


def _time(time_ns: int) -> str:
    """Return a time as ISO 8601 writes it, with nanoseconds."""
    seconds, rest = divmod(time_ns, _BILLION)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError):  # a damaged capture
        moment, rest = datetime.fromtimestamp(0, UTC), 0
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
