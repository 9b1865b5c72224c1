from __future__ import annotations

from typing import Any

from inspector.calls.chains.notes import Candidate, Note
from inspector.calls.chains.rivals import (
    answers_to,
    fresh,
    fuller,
    goes_round,
    names,
    not_served,
)
from tests.inspector.calls.chains.exchanges import MS, Traffic

_CLIENT, _GATEWAY, _PORT = "127.0.0.1:1", "127.0.0.1:3000", "127.0.0.1:9"


def _events(traffic: Traffic, *times: float) -> list[Note]:
    return [Note(traffic.add("send", _CLIENT, _GATEWAY, "hello", at=t)) for t in times]


def _call(traffic: Traffic, data: Any, at: float) -> Note:  # noqa: ANN401 — JSON
    server = "127.0.0.1:4000"
    return Note(traffic.add("keep", _PORT, server, data, at=at, until=at + 1))


def _candidates(*notes: Note) -> list[Candidate]:
    return [Candidate(scope, by_data=True) for note in notes for scope in note.scopes]


def test_an_event_is_served_if_a_call_was_made_for_it_before_another_came() -> None:
    traffic = Traffic()
    first, second = _events(traffic, 1, 10)
    call = _call(traffic, "hello", 20)
    found = _candidates(first, second)

    assert not_served(call, found) == found

    first.made[_PORT, "keep"] = 5 * MS

    assert not_served(call, found) == found[1:]
    assert fresh(call, [each.scope for each in found]) == [found[1].scope]

    second.made[_PORT, "keep"] = 12 * MS

    assert not_served(call, found) == found


def test_what_is_made_again_at_once_may_be_for_the_same() -> None:
    traffic = Traffic()
    first, second = _events(traffic, 1, 10)
    first.made[_PORT, "keep"] = 19 * MS
    found = _candidates(first, second)

    assert not_served(_call(traffic, "hello", 20), found) == found


def test_what_is_over_is_left_out_if_something_that_is_not_explains_more() -> None:
    traffic = Traffic()
    over = Note(traffic.add("a", _CLIENT, _GATEWAY, {"room": "tea"}, at=1, until=2))
    said = {"room": "tea", "text": "hello"}
    open_yet = Note(traffic.add("a", _CLIENT, _GATEWAY, said, at=2, until=9))
    call = _call(traffic, {**said, "by": "me"}, 3)

    left = fuller(call, _candidates(over, open_yet))

    assert [each.note for each in left] == [open_yet]
    assert len(fuller(call, _candidates(over))) == 1


def test_a_call_that_is_made_for_what_itself_has_caused_goes_round() -> None:
    traffic = Traffic()
    (event,) = _events(traffic, 1)
    call, again = _call(traffic, "hello", 2), _call(traffic, "hello", 9)
    call.parent = event
    told = Note(traffic.add("told", "127.0.0.1:8", "127.0.0.1:7", "hello", at=3))
    told.parent = call

    assert goes_round(again, told)
    assert not goes_round(again, call)
    assert not goes_round(call, event)


def test_a_gateway_names_its_client() -> None:
    traffic = Traffic()
    connection = traffic.connection(_CLIENT, _GATEWAY)
    connection.carrier, connection.sockets = "socketio", frozenset({"kTzX"})
    (event,) = _events(traffic, 1)

    (outer,) = _candidates(event)
    assert names(_call(traffic, {"socket_id": "kTzX"}, 2), outer)
    assert not names(_call(traffic, {"socket_id": "other"}, 2), outer)


def test_who_is_told_a_channel_answers_there() -> None:
    traffic = Traffic()
    told = {"socket_id": "kTzX", "gateway": "chat-gateway"}
    (outer,) = _candidates(_call(traffic, told, 1))
    answer = _call(traffic, {"socket_id": "kTzX"}, 2)

    assert not answers_to(answer, outer)

    answer.channel = "chat-gateway"

    assert answers_to(answer, outer)

    answer.channel = "another"

    assert not answers_to(answer, outer)
