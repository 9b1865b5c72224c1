"""The vectors about NATS: what real Nest does over a real nats-server.

Each release is asked on a server of its own, as what one subscribes to the others would
get too. ``README.md`` describes how to read the lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from captures.brokers import NatsServer
from docs.vectors import nats_cases
from inspector.carriers.base import Errand, Idle, Transfer, Trouble, Unit
from inspector.carriers.nats.carrier import carrier
from protocol import Event, NestVersion, Request, loads
from tests.differential.oracle import VERSIONS, Nest

if TYPE_CHECKING:
    from collections.abc import Callable

Vector = dict[str, Any]
Answers = dict[str, list[Any]]
SIDES = {"server": 0, "client": 1}
_NAMED = 60  # characters of a request that its vector is called by


def ask_nests() -> tuple[Answers, Answers]:
    """Return what all releases do with the requests, and with the replies."""
    requests: Answers = {}
    replies: Answers = {}
    asked = [
        {"subject": subject, "payload": payload}
        for subject, payload in nats_cases.REQUESTS
    ]
    for version in VERSIONS:
        with (
            NatsServer() as server,
            Nest.start(version, "nats.mjs", server.url) as nest,
        ):
            requests[version] = nest.ask("requests", asked)
            replies[version] = nest.ask("replies", [*nats_cases.REPLIES.values()])
    return requests, replies


def vectors() -> dict[str, list[Vector]]:
    """Return the lines of each file about NATS."""
    requests, replies = ask_nests()
    return {
        "nats-units.jsonl": units(),
        "nats-replies.jsonl": [
            vector
            for number, (name, payload) in enumerate(nats_cases.REPLIES.items())
            for vector in _agreed(
                {"name": name, "payload": payload}, number, replies, _told_reply
            )
        ],
        "nats-requests.jsonl": [
            vector
            for number, (subject, payload) in enumerate(nats_cases.REQUESTS)
            for vector in _agreed(
                _request(subject, payload), number, requests, _told_request
            )
        ],
    }


def _request(subject: str, payload: str) -> Vector:
    name = f"{subject} {payload}"[:_NAMED]
    return {"name": name, "subject": subject, "payload": payload}


def _agreed(
    case: Vector, number: int, answers: Answers, tell: Callable[[Vector, Any], Vector]
) -> list[Vector]:
    """Return a vector for each answer; versions that agree share it."""
    found: list[tuple[Vector, list[str]]] = []
    for version, given in answers.items():
        told, release = tell(case, given[number]), NestVersion.of(version).release
        known = next((who for each, who in found if each == told), None)
        if known is None:
            found.append((told, [release]))
        else:
            known.append(release)
    return [case | {"nest": who} | told for told, who in found]


def _told_reply(_case: Vector, answer: Any) -> Vector:  # noqa: ANN401 — JSON
    order = ("ended", "error", "uncaught", "values")
    return {key: answer[key] for key in order if key in answer}


def _told_request(case: Vector, answer: Any) -> Vector:  # noqa: ANN401 — JSON
    ran = answer["ran"]
    assert len(ran) <= 1, "one handler has a subject"
    told: Vector = {"answers": answer["answers"]}
    if ran and "data" in ran[0]:
        told["data"] = ran[0]["data"]
    told["handler"] = ran[0]["handler"] if ran else None
    if not _is_json(case["payload"]):
        told["uncaught"] = answer["uncaught"]
    else:
        assert not answer["uncaught"]
    return told


def _is_json(text: str) -> bool:
    try:
        loads(text.encode())
    except ValueError:
        return False
    return True


def units() -> list[Vector]:
    """Return what this project reads in what two sides say."""
    return [
        {"name": name, "turns": [[*turn] for turn in turns], "units": _read(turns)}
        for name, turns in nats_cases.TURNS.items()
    ]


def _read(turns: list[tuple[str, str]]) -> list[Vector]:
    talk = carrier.talk(None, whole=True)
    return [
        told_unit(unit)
        for side, text in turns
        for unit in talk.receive(SIDES[side], text.encode(), 0)
    ]


def told_unit(unit: Unit) -> Vector:
    """Return a unit as a vector has it."""
    if isinstance(unit, Transfer):
        kinds = {Request: "request", Event: "event"}
        told = {
            "unit": kinds.get(type(unit.packet), "reply"),
            "channel": unit.channel,
            "reply": unit.reply_channel,
            "queue": unit.destination,
            "facts": unit.facts,
            "body": unit.body.decode(),
        }
        return {key: value for key, value in told.items() if value is not None}
    if isinstance(unit, Errand):
        errand = {"unit": "errand", "verb": unit.verb, "about": list(unit.about)}
        return {**errand, "unwanted": True} if unit.unwanted else errand
    if isinstance(unit, Trouble):
        return {"unit": "trouble", "code": unit.code, "about": list(unit.about)}
    assert isinstance(unit, Idle)
    return {"unit": "idle", "verb": unit.verb}
