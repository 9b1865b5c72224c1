"""Fields of the Elastic Common Schema: those that are used, with their types.

Source: ECS 8.11.0, ``generated/csv/fields.csv`` of https://github.com/elastic/ecs, the
columns Field and Type; allowed values from the pages "ECS Categorization Field".
"""

from __future__ import annotations

from typing import Any

TYPES = {
    "@timestamp": "date",
    "message": "match_only_text",
    "client.address": "keyword",
    "client.bytes": "long",
    "client.ip": "ip",
    "client.port": "long",
    "destination.address": "keyword",
    "destination.bytes": "long",
    "destination.ip": "ip",
    "destination.port": "long",
    "ecs.version": "keyword",
    "error.code": "keyword",
    "error.message": "match_only_text",
    "error.type": "keyword",
    "event.action": "keyword",
    "event.category": "keyword",
    "event.code": "keyword",
    "event.dataset": "keyword",
    "event.duration": "long",
    "event.end": "date",
    "event.kind": "keyword",
    "event.module": "keyword",
    "event.outcome": "keyword",
    "event.provider": "keyword",
    "event.sequence": "long",
    "event.start": "date",
    "event.type": "keyword",
    "log.level": "keyword",
    "network.bytes": "long",
    "network.packets": "long",
    "network.protocol": "keyword",
    "network.transport": "keyword",
    "network.type": "keyword",
    "rule.name": "keyword",
    "server.address": "keyword",
    "server.bytes": "long",
    "server.ip": "ip",
    "server.port": "long",
    "service.name": "keyword",
    "source.address": "keyword",
    "source.bytes": "long",
    "source.ip": "ip",
    "source.port": "long",
    "span.id": "keyword",
    "trace.id": "keyword",
}
ALLOWED = {
    "event.kind": {"alert", "event", "metric", "state"},
    "event.category": {"network"},
    "event.type": {  # those that go with the category network
        "access", "allowed", "connection", "denied", "end", "info", "protocol", "start",
    },
    "event.outcome": {"failure", "success", "unknown"},
}  # fmt: skip
ARRAYS = {"event.category", "event.type"}


def flattened(document: dict[str, Any], above: str = "") -> dict[str, Any]:
    """Return the fields of a document by their whole names, but for our own."""
    found: dict[str, Any] = {}
    for key, value in document.items():
        if isinstance(value, dict):
            found |= flattened(value, f"{above}{key}.")
        elif not above.startswith("nest."):
            found[above + key] = value
    return found
