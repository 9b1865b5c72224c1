"""What happened in the captures over MQTT, in the words of the applications.

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

FOLDER = ROOT / "captures" / "mqtt"
MQTT = sorted([*FOLDER.glob("*.pcap"), *FOLDER.glob("*.pcap.gz")])
"""The captures over MQTT, one compressed."""
_UNTOLD = {"no_handler": "unanswered", "undelivered": "sent"}
_CONNECTED = "connect"
_LONG = 0.5  # seconds after which an event does not come from whoever sent it


class Key(NamedTuple):
    """What tells exchanges apart, in a form that can be counted.

    Attributes:
        data: As JSON with sorted keys.
        services: How many applications handled it.
    """

    kind: str
    route: str
    data: str
    outcome: str
    services: int


@dataclass(frozen=True)
class Expected:
    """A call or an event, as the applications saw it.

    Attributes:
        key: What it has in common with its exchange.
        values: How many values the caller was given.
        began: Unix time in seconds.
        ended: When it ended for the caller; infinite if it never did.
        published: Whether it went to the broker: not where its caller had no
            connection, nor before the broker had let it listen for replies.
    """

    key: Key
    values: int
    began: float
    ended: float
    published: bool

    @property
    def is_simple(self) -> bool:
        """Whether one service gave it one answer, or none to an event."""
        known = self.key.outcome in {"completed", "error", "sent"}
        return self.key.services == 1 and self.values <= 1 and known


@dataclass(frozen=True)
class Evidence:
    """What the applications of a capture counted.

    Attributes:
        manifest: All of it.
        expected: The exchanges that the capture has.
        calls: Those, and others that were never published.
    """

    manifest: dict[str, Any]
    expected: tuple[Expected, ...]
    calls: tuple[Expected, ...]

    @property
    def keys(self) -> Counter[Key]:
        """What the capture has, for comparison with what was found."""
        return Counter(each.key for each in self.expected)

    @property
    def secrets(self) -> list[str]:
        """Passwords in the capture."""
        return list(self.manifest["secrets"])

    def plain(self) -> list[Expected]:
        """Return those that ran alone, and that one service gave one answer, if any."""
        calls = sorted(self.calls, key=lambda each: each.began)
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
    reached = _services(manifest)
    calls = tuple(
        _expected(call, application, reached)
        for application in manifest["applications"]
        for call in application["calls"]
    )
    published = tuple(each for each in calls if each.published)
    return Evidence(manifest, published, calls)


def found(lines: Iterable[dict[str, Any]]) -> Counter[Key]:
    """Return the exchanges among the lines of ``--json``, for the same comparison.

    What was retained is no call of anybody's. That nobody has subscribed the broker
    says, and the application never learns.
    """
    return Counter(
        Key(
            line["kind"],
            line["route"],
            kept(line.get("data")),
            _UNTOLD.get(line["outcome"], line["outcome"]),
            len(line["handlers"]),
        )
        for line in lines
        if line["type"] == "exchange"
        if not any("retained" in hop for hop in line["hops"])
    )


def _expected(
    call: dict[str, Any], application: dict[str, Any], reached: Counter[tuple[str, str]]
) -> Expected:
    topic, data = route(call["pattern"]), text_of(call["data"])
    published = _was_published(call, application)
    services = reached[topic, data] if published else 0
    key = Key(call["kind"], topic, data, outcome_of(call), services)
    ended = call.get("ended", inf)
    return Expected(key, len(call["values"]), call["began"], ended, published)


def outcome_of(call: dict[str, Any]) -> str:
    """Return how a call ended, in the words of the inspector."""
    if call["kind"] == "event":
        return "sent"
    return call["end"] if call["end"] in {"completed", "error"} else "unanswered"


def _was_published(call: dict[str, Any], application: dict[str, Any]) -> bool:
    """Whether there was a connection for a call, or one was made for it."""
    statuses = application["statuses"]
    before = [each for each in statuses if each["at"] < call["began"]]
    ended = call.get("ended", inf)
    meant = before[-1:] or [each for each in statuses if each["at"] < ended][:1]
    connected = [each["status"]["type"] for each in meant] == [_CONNECTED]
    # The library of Nest 10 keeps what it is handed until it is connected again.
    return (connected or call["end"] == "completed") and not _is_lost(call)


def _is_lost(call: dict[str, Any]) -> bool:
    """Whether a call ended with the connection, before it was sent."""
    error = call.get("error")
    return isinstance(error, str) and "Connection lost" in error


def _services(manifest: dict[str, Any]) -> Counter[tuple[str, str]]:
    """Return how many services each of some equal calls has reached."""
    asked: Counter[tuple[str, str]] = Counter()
    last: dict[tuple[str, str], float] = {}
    for each in manifest["applications"]:
        for call in each["calls"]:
            if _was_published(call, each):
                place = route(call["pattern"]), text_of(call["data"])
                asked[place] += 1
                last[place] = max(call["began"], last.get(place, 0.0))
    handled: Counter[tuple[str, str]] = Counter()
    for each in manifest["applications"]:
        handled += _deliveries(each, last)
    # Of equal calls each has reached the same number.
    return Counter({place: handled[place] // asked[place] for place in asked})


def _deliveries(
    application: dict[str, Any], last: dict[tuple[str, str], float]
) -> Counter[tuple[str, str]]:
    """Return how often a topic with some data was delivered to an application.

    That is how often a handler ran, unless several of its handlers share a topic. What
    comes long after the last call was retained for it.
    """
    runs = Counter(
        place
        for run in application["handled"]
        for place in [(run["channel"], text_of(run["data"]))]
        if run["at"] < last.get(place, 0.0) + _LONG
    )
    ran = Counter(run["channel"] for run in application["handled"])
    times = {
        topic: max(count // application["delivered"].get(topic, count), 1)
        for topic, count in ran.items()
    }
    return Counter({run: count // times[run[0]] for run, count in runs.items()})
