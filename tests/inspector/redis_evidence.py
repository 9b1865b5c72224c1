"""What happened in the captures over Redis, in the words of the applications."""

from __future__ import annotations

from collections import Counter
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any

from protocol.patterns import route
from tests.inspector.evidence import (
    UNTOLD,
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

FOLDER = folder_of("redis")
REDIS = captures_over("redis")
_LONG = 0.5  # seconds after which a handler does not run for an event


@cache
def evidence(capture: Path) -> Evidence:
    """Return what the applications counted while a capture was made."""
    manifest = manifest_of(capture)
    calls = tuple(
        _expected(call, manifest)
        for application in manifest["applications"]
        for call in application["calls"]
        if call["handed"]
    )
    return Evidence(manifest, calls, calls)


def found(lines: Iterable[dict[str, Any]]) -> Counter[Key]:
    """Return the exchanges among the lines of ``--json``, for the same comparison."""
    return Counter(
        Key(
            line["kind"],
            line["route"],
            kept(line.get("data")),
            UNTOLD.get(line["outcome"], line["outcome"]),
        )
        for line in lines
        if line["type"] == "exchange"
    )


def _expected(call: dict[str, Any], manifest: dict[str, Any]) -> Expected:
    name, data = route(call["pattern"]), text_of(call["data"])
    outcome = _outcome(call)
    began, ended = call["began"], call.get("ended", inf)
    return Expected(
        Key(call["kind"], name, data, outcome),
        len(call["values"]),
        _services(manifest, name, data, began, ended),
        began,
        ended,
    )


def _outcome(call: dict[str, Any]) -> str:
    """Return how a call ended for its caller."""
    if call["kind"] == "event":
        return "sent"
    if call["end"] == "left" or call["end"] == "pending":
        return "incomplete" if call["values"] else "unanswered"
    return "completed" if call["end"] == "completed" else "error"


def _services(
    manifest: dict[str, Any], name: str, data: str, began: float, ended: float
) -> int:
    """Return how many applications ran a handler for a call."""
    last = ended if ended < inf else began
    return sum(
        any(
            began <= each["at"] <= last + _LONG
            and each["channel"] == name
            and text_of(each["data"]) == data
            for each in application["handled"]
        )
        for application in manifest["applications"]
    )
