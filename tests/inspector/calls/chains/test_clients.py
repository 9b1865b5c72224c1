from __future__ import annotations

from typing import Any

from inspector.calls.chains import clients
from inspector.calls.chains.clients import Clients
from inspector.calls.chains.lanes import Lanes
from inspector.calls.chains.notes import Candidate, Note
from inspector.calls.chains.origins import Origins
from inspector.calls.chains.tokens import values_of
from protocol import JsonText
from tests.inspector.calls.chains.exchanges import Traffic

_CLIENT, _GATEWAY, _PORT = "127.0.0.1:1", "127.0.0.1:3000", "127.0.0.1:9"
_NAMED = {"text": "hello", "socket_id": "kTzX"}


class _Scene:
    """A client whose gateway calls it kTzX, and who names it."""

    def __init__(self) -> None:
        self.traffic, self.clients = Traffic(), Clients()
        connection = self.traffic.connection(_CLIENT, _GATEWAY)
        connection.carrier, connection.sockets = "socketio", frozenset({"kTzX"})

    def say(self, data: Any, at: float, until: float | None = None) -> Note:  # noqa: ANN401 — JSON
        note = Note(
            self.traffic.add("send", _CLIENT, _GATEWAY, data, at=at, until=until)
        )
        self.clients.add(note)
        return note

    def name(self, at: float) -> Note:
        return Note(
            self.traffic.add(
                "sent", _PORT, "127.0.0.1:4000", _NAMED, at=at, until=at + 1
            )
        )


def test_what_a_client_says_is_found_by_its_socket() -> None:
    scene = _Scene()
    said = scene.say({"text": "hello"}, 1)
    scene.say({"text": "bye"}, 2)
    (found,) = scene.clients.candidates(scene.name(3))

    assert found.note is said
    assert not list(scene.clients.candidates(scene.name(20_000)))  # 10 s later


def test_a_client_may_have_asked_for_something_else() -> None:
    scene = _Scene()
    (only,) = (Candidate(each) for each in scene.say({"text": "hello"}, 1).scopes)
    named = scene.name(9)

    assert not scene.clients.has_asked_else(named, only, {_GATEWAY})

    other = scene.say({}, 2)

    assert scene.clients.has_asked_else(named, only, {_GATEWAY})
    assert not scene.clients.has_asked_else(named, only, {"127.0.0.1:7"})

    other.made[_PORT, "sent"] = 3

    assert not scene.clients.has_asked_else(named, only, {_GATEWAY})

    for number in range(clients.MOST_ASKED):  # so many that one may be forgotten
        scene.say({}, 3 + number / 10, until=4 + number / 10)

    assert scene.clients.has_asked_else(named, only, {_GATEWAY})


def test_who_names_a_client_first_is_its_gateway() -> None:
    scene, lanes = _Scene(), Lanes(Origins())
    lanes.connect(_PORT, 1, 0)
    for number in range(2):
        said = scene.say({"text": "hello"}, number)
        named = scene.name(number + 0.5)
        if number:
            named.values = values_of([JsonText(b'{"text":"bye","socket_id":"kTzX"}')])
        named.candidates = [Candidate(each, by_data=True) for each in said.scopes]
        lanes.ask(_PORT, [each.receiver for each in named.scopes])
        scene.clients.tell(named, lanes)

    assert lanes.owners(_PORT) == {_GATEWAY}


def test_others_call_a_client_by_what_its_gateway_told_them() -> None:
    scene = _Scene()
    said = scene.say({"text": "hello"}, 1)

    assert scene.clients.sockets(said, frozenset("?")) == {"?"}

    scene.clients.learn(scene.name(2), said)

    assert scene.clients.sockets(said) == {"kTzX"}
