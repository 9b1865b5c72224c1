"""What is made of what a client sent and reported, without a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.conformance.calling.grader import Grader
from inspector.conformance.calling.plan import STEPS
from inspector.conformance.card import Outcome
from inspector.conformance.reading import Reader
from protocol import dumps, encode_frame

if TYPE_CHECKING:
    from inspector.conformance.card import Result
    from protocol import Json


class _Client:
    """What it writes is taken by a grader, whose replies it keeps."""

    def __init__(self) -> None:
        self.grader = Grader([each for each in STEPS if each.check.name in _NAMES])
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        raise AssertionError

    def send(self, packet: dict[str, Json]) -> None:
        for frame in Reader().feed(encode_frame(dumps(packet))):
            pending = self.grader.receive(self, frame)
            if pending is not None:
                assert pending.actions()
                self.grader.finished(pending)

    def report(self, check: str, *got: Json) -> str:
        """Report a step, and return what is wrong with it."""
        data: Json = {"check": check, "got": list(got)}
        self.send({"pattern": "conformance.got", "data": data, "id": "r"})
        return self.result(check).reason

    def result(self, check: str) -> Result:
        (result,) = [r for r in self.grader.results() if r.check.name == check]
        return result


class _Gone:
    """A connection after which Python may give its id to the next."""

    def write(self, data: bytes) -> None:
        raise AssertionError(data)

    def close(self) -> None:
        raise AssertionError


_NAMES = {"value", "stream", "error-text", "connection-lost", "event", "out-of-order"}


def _asked(check: str, call_id: Json = "a", data: Json = 1) -> dict[str, Json]:
    return {"pattern": f"conformance.{check}", "data": data, "id": call_id}


def test_what_is_reported_is_compared_with_what_was_planned() -> None:
    client = _Client()
    client.send({"pattern": "conformance.plan", "id": "p"})
    assert b'"conformance.stream"' in client.written
    for check in ("value", "stream", "error-text", "connection-lost"):
        client.send(_asked(check))

    assert client.report("value", {"values": ["one"]}) == ""
    assert client.report("stream", {"values": [1, 2]}) == (
        "the values: expected [1,2,3], got [1,2]"
    )
    assert client.report("error-text", {"values": []}) == (
        'the error: expected "text", got nothing'
    )
    assert client.report("connection-lost", {"values": [], "timeout": True}) == (
        'reports {"values":[],"timeout":true}'
    )
    assert not client.grader.is_complete


def test_a_step_that_is_not_reported_failed_and_what_follows_was_not_tried() -> None:
    client = _Client()
    assert client.result("value").outcome is Outcome.UNTRIED
    client.send({"pattern": "conformance.plan", "id": "p"})

    assert client.result("value").outcome is Outcome.FAILED
    assert client.result("stream").reason == "the client did not get there"


def test_reports_that_cannot_be_right_are_named() -> None:
    client = _Client()
    client.send({"pattern": "conformance.plan", "id": "p"})
    assert client.report("value", {}) == "is reported, and nothing of it was sent"
    client.send(_asked("out-of-order"))
    assert client.report("out-of-order", {}) == "sent 1 of 3 packets"
    client.send(_asked("stream"))
    assert client.report("stream", {}, {}).startswith("reports [{},{}], not a list")
    client.send(_asked("error-text", data="other"))
    assert client.report("error-text", {}) == 'was asked to send 1, and sent "other"'
    client.send(_asked("event", data="event"))
    assert client.report("event", {}) == "an event has an id"
    client.send({"pattern": "another", "id": "x"})
    assert b'"err":"unknown pattern"' in client.written
    assert client.report("connection-lost", {}) == "sent the pattern another instead"
    assert client.grader.is_complete


def test_ids_that_are_used_twice_at_once_are_noted() -> None:
    client = _Client()
    client.send(_asked("out-of-order", 7, 1))
    assert client.grader.awaits(client)
    client.send(_asked("out-of-order", 7, 2))
    client.send({"pattern": "conformance.plan"})

    assert client.grader.reused == [7]
    assert client.grader.nameless == 1
    assert client.grader.received == 2


def test_what_a_connection_left_pending_is_not_that_of_the_next() -> None:
    grader = Grader([each for each in STEPS if each.check.name in _NAMES])
    for _ in range(9):
        peer = _Gone()
        assert not grader.awaits(peer)
        for frame in Reader().feed(encode_frame(dumps(_asked("event", "same")))):
            grader.receive(peer, frame)
        assert grader.awaits(peer)
        del peer, frame

    assert grader.reused == []
