"""What happened in the captures over NATS, in the words of the applications.

Every call that an application made becomes an :class:`Expected` exchange; what the
inspector finds in the capture is compared with those::

    lines = exchanges_in(capture)
    assert found(lines) == evidence(capture).keys()

Of a call over NATS more is known than of those in ``evidence``: who it reached.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from protocol.patterns import route
from tests.inspector.evidence import (
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

Outcome: TypeAlias = Literal[
    "completed", "error", "no_handler", "unanswered", "sent", "undelivered"
]

FOLDER = folder_of("nats")
NATS = captures_over("nats")

_Place: TypeAlias = tuple[str, str, str]  # realm, subject, data
_NOBODY = "EmptyResponseException"


@dataclass(frozen=True)
class Expected:
    """A call or an event, as the applications saw it.

    Attributes:
        role: Who made it.
        broker: The address it was sent to.
        pattern: As the application wrote it.
        route: The name under which Nest looks for its handler.
        subject: What it is published to: the route, to its first space.
        data: ``{"$sha256": …, "$bytes": …}`` for a long one.
        headers: Those of NATS, each with its values; None if there are none.
        metadata: What a hook attached to the packet (Nest 12); None if nothing.
        values: What the caller was given, with ``{"$undefined": True}``.
        error: What it was given instead or at last; None if nothing.
        services: How many applications handled it; bare sockets are not counted.
        began: Unix time in seconds.
        ended: When it ended for the caller; None if it never did.
        published: Whether it went to the broker. If the client library refused it, or
            took it while it had no connection, nothing of it is in the capture but, at
            most, the subscription to its inbox.
    """

    role: str
    broker: str
    kind: Literal["message", "event"]
    pattern: Any
    route: str
    subject: str
    data: Any
    headers: dict[str, list[str]] | None
    metadata: Any
    outcome: Outcome
    values: tuple[Any, ...]
    error: Any
    services: int
    began: float
    ended: float | None
    published: bool

    @property
    def key(self) -> Key:
        """What it has in common with its exchange."""
        return Key(self.kind, self.route, text_of(self.data), self.outcome)

    @property
    def is_simple(self) -> bool:
        """Whether one service gave it one answer, or none to an event."""
        return (
            self.services == 1
            and len(self.values) <= 1
            and self.outcome in {"completed", "error", "sent"}
        )

    def ended_before(self, time: float) -> bool:
        """Whether it was over for its caller at a time."""
        return self.ended is not None and self.ended < time


@dataclass(frozen=True)
class Evidence:
    """What the applications of a capture counted.

    Attributes:
        manifest: All of it.
        expected: The exchanges that the capture has, caller by caller, in order.
        withheld: Calls that were never published.
    """

    manifest: dict[str, Any]
    expected: tuple[Expected, ...]
    withheld: tuple[Expected, ...]

    @property
    def brokers(self) -> list[str]:
        """Addresses of the brokers."""
        return [each["address"] for each in self.manifest["brokers"]]

    def plain(self) -> list[tuple[Expected, float]]:
        """Return the exchanges that take 5 packets as messages and 2 as events.

        Each ran alone, and one service gave one answer, if any. With it comes the
        time at which the next call began.
        """
        calls = sorted((*self.expected, *self.withheld), key=lambda each: each.began)
        nexts = [each.began for each in calls[1:]] + [inf]
        return [
            (call, next_began)
            for before, call, next_began in zip(
                [None, *calls[:-1]], calls, nexts, strict=True
            )
            if call.is_simple
            if call.ended_before(next_began)
            if before is None or before.ended_before(call.began)
        ]

    def keys(self) -> Counter[Key]:
        """Return what the capture has, for comparison with what was found."""
        return Counter(each.key for each in self.expected)

    def ports(self, *roles: str) -> list[int]:
        """Return the local ports of some applications, or of all."""
        return [
            connection["local"]
            for each in self.manifest["applications"]
            if each["role"] in roles or not roles
            for connection in each["connections"]
        ]


@cache
def evidence(capture: Path) -> Evidence:
    """Return what the applications counted while a capture was made."""
    manifest = manifest_of(capture)
    reached = _services(manifest)
    calls = [
        _expected(call, application, _realm(manifest, application), reached, manifest)
        for application in manifest["applications"]
        for call in application["calls"]
    ]
    return Evidence(
        manifest,
        tuple(each for each in calls if each.published),
        tuple(each for each in calls if not each.published),
    )


def found(lines: Iterable[dict[str, Any]]) -> Counter[Key]:
    """Return the exchanges among the lines of ``--json``, for the same comparison."""
    return Counter(
        Key(line["kind"], line["route"], kept(line.get("data")), line["outcome"])
        for line in lines
        if line["type"] == "exchange"
    )


def outcome_of(call: dict[str, Any]) -> Outcome:
    """Return how a call ended for its caller, in the words of the inspector."""
    if call["kind"] == "event":
        return "sent"
    if call["end"] == "completed":
        return "completed"
    if call["end"] == "error":
        return "no_handler" if _is_nobody(call["error"]) else "error"
    return "unanswered"


def subject_of(pattern: Any) -> str:  # noqa: ANN401 — JSON
    """Return the subject that a pattern is published to.

    A space ends the subject on the line of NATS, as for the broker.
    """
    return route(pattern).partition(" ")[0]


def _is_nobody(error: Any) -> bool:  # noqa: ANN401 — JSON
    return isinstance(error, dict) and error.get("$error") == _NOBODY


def _expected(
    call: dict[str, Any],
    application: dict[str, Any],
    realm: str,
    reached: Counter[_Place],
    manifest: dict[str, Any],
) -> Expected:
    subject = subject_of(call["pattern"])
    published = _was_published(call, application)
    place = (realm, subject, text_of(call["data"]))
    services, outcome = reached[place] if published else 0, outcome_of(call)
    if outcome == "sent" and published and not services and not _stores(manifest):
        outcome = "undelivered"
    return Expected(
        role=application["role"],
        broker=application["broker"],
        kind=call["kind"],
        pattern=call["pattern"],
        route=route(call["pattern"]),
        subject=subject,
        data=call["data"],
        headers=call.get("headers"),
        metadata=call.get("metadata"),
        outcome=outcome,
        values=tuple(call["values"]),
        error=call.get("error"),
        services=services,
        began=call["began"],
        ended=call.get("ended"),
        published=published,
    )


def _stores(manifest: dict[str, Any]) -> bool:
    """Whether a broker may keep an event that no application has subscribed to."""
    return any(each["settings"].get("jetstream") for each in manifest["brokers"])


def _was_published(call: dict[str, Any], application: dict[str, Any]) -> bool:
    """Whether the client library took a call, and had a connection then.

    Nest 10 hands it a call at any time, and it forgets what it could not send.
    """
    last = None
    for each in application["statuses"]:
        if each["at"] < call["began"]:
            last = each["status"].get("type")
    return bool(call["handed"]) and last not in {"disconnect", "reconnecting"}


def _services(manifest: dict[str, Any]) -> Counter[_Place]:
    """Return how many services each of some equal calls has reached."""
    handled: Counter[_Place] = Counter()
    asked: Counter[_Place] = Counter()
    for each in manifest["applications"]:
        realm = _realm(manifest, each)
        handled += Counter(
            {(realm, *run): count for run, count in _deliveries(each).items()}
        )
        asked += Counter(
            (realm, subject_of(call["pattern"]), text_of(call["data"]))
            for call in each["calls"]
            if _was_published(call, each)
        )
    # Of equal calls each has reached the same number.
    return Counter({place: handled[place] // asked[place] for place in asked})


def _deliveries(application: dict[str, Any]) -> Counter[tuple[str, str]]:
    """Return how often a subject with some data was delivered to an application.

    That is how often a handler ran, unless several of its handlers share a subject.
    """
    runs = Counter((run["subject"], text_of(run["data"])) for run in _runs(application))
    ran = Counter(run["subject"] for run in _runs(application))
    handlers = {
        subject: count // application["delivered"][subject]
        for subject, count in ran.items()
    }
    return Counter({run: count // handlers[run[0]] for run, count in runs.items()})


def _runs(application: dict[str, Any]) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = application["handled"]
    return runs


def _realm(manifest: dict[str, Any], application: dict[str, Any]) -> str:
    """Return the cluster that an application is connected to, or the broker alone."""
    (broker,) = (
        each for each in manifest["brokers"] if each["address"] == application["broker"]
    )
    cluster = broker["settings"].get("cluster", {})
    return str(cluster.get("name", broker["address"]))
