"""What happened in the captures over MQTT, in the words of the applications."""

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

FOLDER = folder_of("mqtt")
MQTT = captures_over("mqtt")
_CONNECTED = "connect"
_LONG = 0.5  # seconds after which an event does not come from whoever sent it


@cache
def evidence(capture: Path) -> Evidence:
    """Return what the applications counted while a capture was made.

    A call was not published where its caller had no connection, nor before the broker
    had let it listen for replies.
    """
    manifest = manifest_of(capture)
    reached = _services(manifest)
    calls, expected = list[Expected](), list[Expected]()
    for application in manifest["applications"]:
        for call in application["calls"]:
            published = _was_published(call, application)
            calls.append(_expected(call, reached if published else Counter()))
            if published:
                expected.append(calls[-1])
    return Evidence(manifest, tuple(expected), tuple(calls))


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
            UNTOLD.get(line["outcome"], line["outcome"]),
            len(line["handlers"]),
        )
        for line in lines
        if line["type"] == "exchange"
        if not any("retained" in hop for hop in line["hops"])
    )


def _expected(call: dict[str, Any], reached: Counter[tuple[str, str]]) -> Expected:
    topic, data = route(call["pattern"]), text_of(call["data"])
    services = reached[topic, data]
    key = Key(call["kind"], topic, data, outcome_of(call), services)
    ended = call.get("ended", inf)
    return Expected(key, len(call["values"]), services, call["began"], ended)


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
