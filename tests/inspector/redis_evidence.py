"""What happened in the captures over Redis, in the words of the applications.

Every call that an application made becomes an :class:`Expected` exchange; what the
inspector finds in the capture is compared with those. All of it comes from the
manifest, so from inside the processes; see ``captures/README.md``.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from protocol.patterns import route
from tests.inspector.captures import ROOT
from tests.inspector.nats_evidence import kept, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FOLDER = ROOT / "captures" / "redis"
REDIS = sorted([*FOLDER.glob("*.pcap"), *FOLDER.glob("*.pcap.gz")])
"""The captures over Redis, some compressed."""
_UNTOLD = {"no_handler": "unanswered", "undelivered": "sent"}
"""Outcomes of which a caller never learns, as it sees them."""
_LONG = 0.5  # seconds after which a handler does not run for an event


class Key(NamedTuple):
    """What tells exchanges apart, in a form that can be counted.

    Attributes:
        data: As JSON with sorted keys.
    """

    kind: str
    route: str
    data: str
    outcome: str


@dataclass(frozen=True)
class Expected:
    """A call or an event, as the applications saw it.

    Attributes:
        key: What it has in common with its exchange.
        values: How many values the caller was given.
        services: How many handlers ran with its data.
        began: Unix time in seconds.
        ended: When it ended for the caller; infinite if it never did.
    """

    key: Key
    values: int
    services: int
    began: float
    ended: float

    @property
    def is_simple(self) -> bool:
        """Whether one service gave it one answer, or none to an event."""
        known = self.key.outcome in {"completed", "error", "sent"}
        return self.services == 1 and self.values <= 1 and known


@dataclass(frozen=True)
class Evidence:
    """What the applications of a capture counted.

    Attributes:
        manifest: All of it.
        expected: The exchanges that the applications began.
    """

    manifest: dict[str, Any]
    expected: tuple[Expected, ...]

    @property
    def keys(self) -> Counter[Key]:
        """What the capture has, for comparison with what was found."""
        return Counter(each.key for each in self.expected)

    @property
    def secrets(self) -> list[str]:
        """Passwords in the capture."""
        return list(self.manifest["secrets"])

    @property
    def roles(self) -> dict[int, str]:
        """Port of each application's connections → its role."""
        return {
            connection["local"]: application["role"]
            for application in self.manifest["applications"]
            for connection in application["connections"]
        }

    def plain(self) -> list[Expected]:
        """Return those that ran alone, and that one service gave one answer, if any."""
        calls = sorted(self.expected, key=lambda each: each.began)
        nexts = [each.began for each in calls[1:]] + [inf]
        before = [-inf] + [each.ended for each in calls[:-1]]
        return [
            call
            for call, ended, began in zip(calls, before, nexts, strict=True)
            if call.is_simple and call.ended < began and ended < call.began
        ]


@cache
def evidence(capture: Path) -> Evidence:
    """Return what the applications counted while a capture was made."""
    name = capture.name.partition(".")[0]
    manifest = json.loads((FOLDER / f"{name}.json").read_bytes())
    calls = tuple(
        _expected(call, manifest)
        for application in manifest["applications"]
        for call in application["calls"]
        if call["handed"]
    )
    return Evidence(manifest, calls)


def found(lines: Iterable[dict[str, Any]]) -> Counter[Key]:
    """Return the exchanges among the lines of ``--json``, for the same comparison."""
    return Counter(
        Key(
            line["kind"],
            line["route"],
            kept(line.get("data")),
            _UNTOLD.get(line["outcome"], line["outcome"]),
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
            and route_of(each["channel"]) == name
            and text_of(each["data"]) == data
            for each in application["handled"]
        )
        for application in manifest["applications"]
    )


def route_of(channel: str) -> str:
    """Return the route that a channel is for."""
    return channel
