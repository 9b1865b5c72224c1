"""What a client wrote and reported, judged; without I/O."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from inspector.conformance.card import Outcome, Result, Transcript
from inspector.conformance.matching import same
from inspector.words import plural
from protocol import UNDEFINED, dumps, encode_frame, route

from .plan import STEPS
from .steps import GOT, LOST, PLAN, last, reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.conformance.reading import Frame
    from protocol import Json

    from .steps import Action, Step

_MOST_CHARACTERS = 80  # of a value in a sentence


class Peer(Protocol):
    """A connection of the client."""

    def write(self, data: bytes) -> None:
        """Write bytes, in a segment of their own if the system lets us."""

    def close(self) -> None:
        """End it."""


class Pending:
    """A step whose calls have begun.

    Attributes:
        requests: Where each call came from, and its id; None for what has not come.
    """

    def __init__(self, step: Step) -> None:
        self.step = step
        self.requests: list[tuple[Peer, Json] | None] = [None] * len(step.calls)
        self.transcript = Transcript()
        self.problems: list[str] = []
        self.begun = False

    def take(self, peer: Peer, frame: Frame) -> bool:
        """Note a packet of the step; return whether all have come now."""
        self.transcript.add_came(frame.length.encode() + b"#" + frame.raw)
        place = self._place_of(frame.members)
        if place is None:
            return False
        call_id = frame.members.get("id", UNDEFINED)
        self.requests[place] = (peer, call_id)
        is_event = self.step.calls[place].kind == "emit"
        if is_event is not (call_id is UNDEFINED):
            words = "an event has an id" if is_event else "a request has no id"
            self.problems.append(words)
            return False
        if self.step.check.passage == "the-unit" and (wrong := frame.length_problem()):
            self.problems.append(wrong)
        complete = None not in self.requests and not self.begun
        self.begun |= complete
        return complete

    def _place_of(self, members: dict[str, Json]) -> int | None:
        """Return which call a packet is, by its data; the first open one otherwise."""
        data = members.get("data", UNDEFINED)
        free = [at for at, each in enumerate(self.requests) if each is None]
        for at in free:
            if same(self.step.calls[at].data, data):
                return at
        if free:
            planned = dumps(self.step.calls[free[0]].data).decode()[:80]
            came = "no data" if data is UNDEFINED else dumps(data).decode()[:80]
            self.problems.append(f"was asked to send {planned}, and sent {came}")
            return free[0]
        self.problems.append("sent a packet more often than it was asked to")
        return None

    def actions(self) -> Sequence[Action]:
        """Return how we answer."""
        ids = [each[1] for each in self.requests if each is not None]
        return self.step.script(ids)


class Grader:
    """Keeps what a client does.

    Attributes:
        planned: Whether it has asked for the plan.
        received: Packets that belong to steps.
        frames: All frames, in order.
        reused: Ids that a request had while another with it was pending.
        nameless: Requests of the plan, and reports, without an id.
    """

    def __init__(self, steps: Sequence[Step] = STEPS) -> None:
        self.steps = steps
        self.planned = False
        self.received = 0
        self.frames: list[Frame] = []
        self.reused: list[Json] = []
        self.nameless = 0
        self._pending_ids: dict[Peer, list[Json]] = {}
        self._by_route = {
            route(each.pattern(call)): each for each in steps for call in each.calls
        }
        self._pending: dict[str, Pending] = {}
        self._reports: dict[str, Json] = {}
        self._strange = ""
        self._instead: dict[str, str] = {}

    @property
    def is_complete(self) -> bool:
        """Whether the client has reported on every step."""
        return all(each.check.name in self._reports for each in self.steps)

    def awaits(self, peer: Peer) -> bool:
        """Whether a request of a connection is not answered yet."""
        return bool(self._pending_ids.get(peer))

    def receive(self, peer: Peer, frame: Frame) -> Pending | None:
        """Take a frame; return the step that is to be answered now, if one is."""
        self.frames.append(frame)
        members = frame.members
        name = route(members.get("pattern", UNDEFINED))
        if name in {PLAN, GOT}:
            self.nameless += "id" not in members
            self._answer(peer, name, members)
            return None
        step = self._by_route.get(name)
        if step is None:
            self._strange = name
            if "id" in members:
                peer.write(reply(members["id"], status="error", err="unknown pattern"))
            return None
        self.received += 1
        self._note_id(peer, members)
        pending = self._pending.setdefault(step.check.name, Pending(step))
        return pending if pending.take(peer, frame) else None

    def finished(self, pending: Pending) -> None:
        """Note that a step has been answered."""
        for each in pending.requests:
            if each is not None:
                ids = self._pending_ids.get(each[0], [])
                ids[:] = [other for other in ids if not same(other, each[1])]

    def _note_id(self, peer: Peer, members: dict[str, Json]) -> None:
        if "id" in members:
            ids = self._pending_ids.setdefault(peer, [])
            if any(same(each, members["id"]) for each in ids):
                self.reused.append(members["id"])
            ids.append(members["id"])

    def _answer(self, peer: Peer, name: str, members: dict[str, Json]) -> None:
        data = members.get("data")
        if name == PLAN:
            self.planned = True
            peer.write(_plan(self.steps, members.get("id")))
            return
        if isinstance(data, dict) and isinstance(data.get("check"), str):
            check = str(data["check"])
            self._reports.setdefault(check, data.get("got"))
            self._instead[check], self._strange = self._strange, ""
        peer.write(last(members.get("id"), True))  # noqa: FBT003 — a value

    def results(self) -> list[Result]:
        """Return how each step came out."""
        results, stopped = [], False
        for step in self.steps:
            result = self._result(step, stopped=stopped)
            stopped |= self.planned and step.check.name not in self._reports
            results.append(result)
        return results

    def _result(self, step: Step, *, stopped: bool) -> Result:
        name = step.check.name
        pending = self._pending.get(name)
        transcript = pending.transcript if pending else Transcript()
        if name in self._reports:
            problem = _problem(step, pending, self._reports[name])
            if pending is None and self._instead[name]:
                problem = f"sent the pattern {self._instead[name]} instead"
        elif not self.planned or stopped:
            why = "the client did not get there" if stopped else "was not asked for"
            return Result(step.check, Outcome.UNTRIED, why)
        else:
            problem = "the client reported nothing about it, and nothing after it"
        outcome = Outcome.FAILED if problem else Outcome.PASSED
        return Result(step.check, outcome, problem, transcript.sent, transcript.came)


def _plan(steps: Sequence[Step], call_id: Json) -> bytes:
    """Return the plan as a reply in ASCII without #: who reads wrong can read it."""
    packet = {"response": [each.planned() for each in steps], "isDisposed": True}
    text = json.dumps({**packet, "id": call_id}).replace("#", r"\u0023")
    return encode_frame(text.encode())


def _problem(step: Step, pending: Pending | None, got: Json) -> str:
    """Return what is wrong with a step; nothing if all is well."""
    if pending is None:
        return "is reported, and nothing of it was sent"
    if pending.problems:
        return pending.problems[0]
    sent = sum(each is not None for each in pending.requests)
    if sent < len(step.calls):
        return f"sent {sent} of {plural(len(step.calls), 'packet')}"
    if not isinstance(got, list) or len(got) != len(step.calls):
        return f"reports {_text(got)}, not a list with an item for each call"
    for at, expected in enumerate(step.expected):
        if problem := _mismatch(expected, got[at]):
            return problem if len(got) == 1 else f"call {at + 1}: {problem}"
    return ""


def _mismatch(expected: dict[str, Json] | str, got: Json) -> str:
    if not isinstance(got, dict):
        return f"reports {_text(got)}, not an object"
    if expected == LOST:
        return "" if got.keys() & {"failed", "error"} else f"reports {_text(got)}"
    assert isinstance(expected, dict)
    if "timeout" in got:
        return f"the call did not end; until then it gave {_text(got.get('values'))}"
    if "failed" in got:
        return f"failed: {_text(got['failed'])}"
    for key in ("error", "values"):
        wanted = expected.get(key, [] if key == "values" else UNDEFINED)
        came = got.get(key, [] if key == "values" else UNDEFINED)
        if not same(wanted, came):
            noun = {"error": "the error", "values": "the values"}[key]
            return f"{noun}: expected {_text(wanted)}, got {_text(came)}"
    return ""


def _text(value: Json) -> str:
    if value is UNDEFINED or value is None:
        return "nothing" if value is UNDEFINED else "null"
    text = dumps(value).decode()
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"
