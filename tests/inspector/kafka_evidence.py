"""What happened in the captures over Kafka, in the words of the applications."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any

from tests.inspector.evidence import (
    Evidence,
    Expected,
    Key,
    captures_over,
    folder_of,
    kept,
    manifest_of,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FOLDER = folder_of("kafka")
KAFKA = captures_over("kafka")


@cache
def evidence(capture: Path) -> Evidence:
    """Return what the applications counted while a capture was made."""
    manifest = manifest_of(capture)
    asked: Counter[tuple[str, str]] = Counter()
    handled: Counter[tuple[str, str]] = Counter()
    for application in manifest["applications"]:
        asked.update(map(_place, application["calls"]))
        handled.update(_runs(application))
    calls = tuple(
        _expected(call, handled[_place(call)] // asked[_place(call)])
        for application in manifest["applications"]
        for call in application["calls"]
    )
    return Evidence(manifest, calls, calls)


def found(lines: Iterable[dict[str, Any]]) -> Counter[Key]:
    """Return the exchanges among the lines of ``--json``, for the same comparison."""
    return Counter(
        Key(
            line["kind"],
            line["route"],
            kept(line.get("data")),
            line["outcome"],
            len(line["handlers"]),
        )
        for line in lines
        if line["type"] == "exchange"
    )


def travelled(data: Any) -> Any:  # noqa: ANN401 — JSON
    """Return a value as it arrives: an object, a list, null, or else text.

    Source: ``packages/microservices/serializers/kafka-request.serializer.ts``.
    """
    if data is None or isinstance(data, str | dict | list):
        return data
    return json.dumps(data)


def _place(call: dict[str, Any]) -> tuple[str, str]:
    return call["pattern"], text_of(travelled(call["data"]))


def _runs(application: dict[str, Any]) -> Counter[tuple[str, str]]:
    """Return how often an application had a topic with some data.

    That is how often a handler ran, unless several of its handlers share a topic.
    """
    runs = Counter(
        (run["channel"], text_of(run["data"])) for run in application["handled"]
    )
    ran = Counter(run["channel"] for run in application["handled"])
    times = {
        topic: max(count // application["delivered"].get(topic, count), 1)
        for topic, count in ran.items()
    }
    return Counter({run: count // times[run[0]] for run, count in runs.items()})


def _expected(call: dict[str, Any], services: int) -> Expected:
    topic, data = _place(call)
    outcome = outcome_of(call)
    if services and call["end"] == "left":
        outcome = "completed"  # nobody says that a caller waits no longer
    key = Key(call["kind"], topic, data, outcome, services)
    ended = call.get("ended", inf)
    return Expected(key, len(call["values"]), services, call["began"], ended)


def outcome_of(call: dict[str, Any]) -> str:
    """Return how a call ended, in the words of the inspector."""
    if call["kind"] == "event":
        return "sent"
    return call["end"] if call["end"] in {"completed", "error"} else "unanswered"
