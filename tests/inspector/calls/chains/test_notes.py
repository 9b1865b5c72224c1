from __future__ import annotations

from inspector.calls.chains.notes import EVENT_NS, Note, fits
from tests.inspector.calls.chains.exchanges import MS, Traffic


def test_a_call_is_handled_from_its_request_to_its_reply() -> None:
    traffic = Traffic()
    note = Note(traffic.add("a", "10.0.0.1:5000", "10.0.0.2:80", 7, at=1, until=5))
    (scope,) = note.scopes

    assert (note.sender, note.host) == ("10.0.0.1:5000", "10.0.0.1")
    assert (scope.receiver, scope.host) == ("10.0.0.2:80", "10.0.0.2")
    assert [scope.holds(t * MS) for t in (0, 1, 5, 6)] == [False, True, True, False]


def test_an_event_may_have_caused_what_begins_seconds_later() -> None:
    (scope,) = Note(Traffic().add("a", "10.0.0.1:5", "10.0.0.2:8", at=1)).scopes

    assert scope.end_ns - scope.begin_ns == EVENT_NS


def test_a_push_comes_from_the_gateway_and_causes_nothing() -> None:
    note = Note(Traffic().add("a", "10.0.0.1:5", "10.0.0.2:8", at=1, pushed=True))

    assert note.sender == "10.0.0.2:8"
    assert note.target == "10.0.0.1:5"
    assert not note.scopes


def test_a_client_that_asks_again_was_not_asked() -> None:
    traffic = Traffic()
    first = Note(traffic.add("a", "10.0.0.1:5", "10.0.0.2:8", 7, at=1, until=9))
    again = Note(traffic.add("a", "10.0.0.1:6", "10.0.0.2:8", 7, at=2, until=9))
    inner = Note(traffic.add("b", "10.0.0.2:7", "10.0.0.3:8", 7, at=3, until=4))
    itself = Note(traffic.add("b", "10.0.0.2:7", "10.0.0.2:8", 7, at=3, until=4))
    traced = Note(
        traffic.add(
            "b", "10.0.0.2:7", "10.0.0.3:8", at=3, trace=f"00-{'1' * 32}-{'2' * 16}-01"
        )
    )

    assert not fits(again, first.scopes[0])
    assert fits(inner, first.scopes[0])
    assert not fits(itself, first.scopes[0])
    assert fits(traced, first.scopes[0])
