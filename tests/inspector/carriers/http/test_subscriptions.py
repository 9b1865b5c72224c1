from __future__ import annotations

from typing import Any

import pytest

from inspector.carriers.base import Idle, Skipped, Transfer
from inspector.carriers.http.talk import HttpTalk
from inspector.carriers.sessions import WrittenTransfer
from inspector.carriers.web.cutting import Cutter, Frame, Mode
from inspector.redaction.texts import Redaction
from protocol import UNDEFINED, dumps
from tests.inspector.carriers.http.written import read, said
from tests.inspector.carriers.websocket.written import said as framed
from tests.inspector.carriers.websocket.written import switched, upgrade
from tests.inspector.conversation import CLIENT, SERVER


def _opened(protocol: str = "graphql-transport-ws") -> list[tuple[int, bytes]]:
    field = f"Sec-WebSocket-Protocol: {protocol}"
    return [(CLIENT, upgrade("/graphql", field)), (SERVER, switched(field))]


def _message(side: int, **members: Any) -> tuple[int, bytes]:  # noqa: ANN401 — JSON
    return side, framed(side, dumps(members))


_QUERY = {"query": "subscription On { on }"}
_NEW = [
    _message(CLIENT, type="connection_init", payload={"token": "S3cret"}),
    _message(SERVER, type="connection_ack"),
    _message(CLIENT, id="1", type="subscribe", payload=_QUERY),
    _message(SERVER, id="1", type="next", payload={"data": {"on": 1}}),
    _message(SERVER, type="ping"),
    _message(CLIENT, type="pong"),
    _message(SERVER, id="1", type="next", payload={"data": {"on": 2}}),
    _message(CLIENT, id="2", type="subscribe", payload={"query": "{ me }"}),
    _message(SERVER, id="2", type="error", payload=[{"message": "no"}]),
    _message(SERVER, id="1", type="complete"),
]
_SAID = [
    ("1", "GET /graphql subscription On", _QUERY),
    ("1", "…", {"data": {"on": 1}}),
    ("1", "…", {"data": {"on": 2}}),
    ("2", "GET /graphql query me", {"query": "{ me }"}),
    ("2", "", {"message": "no"}),
    ("1", "", UNDEFINED),
]


def test_an_operation_is_a_request_with_as_many_values_as_come() -> None:
    assert said(read([*_opened(), *_NEW]))[2:] == _SAID


def test_the_subprotocol_before_it_has_other_words() -> None:
    turns = [
        _message(CLIENT, id="1", type="start", payload=_QUERY),
        _message(SERVER, id="1", type="data", payload={"data": {"on": 1}}),
        _message(SERVER, type="ka"),
        _message(CLIENT, id="1", type="stop"),
    ]
    units = read([*_opened("graphql-ws"), *turns])
    assert said(units)[2:] == _SAID[:2]
    assert [each.verb for each in units if isinstance(each, Idle)] == ["ka", "stop"]


def test_a_value_may_be_an_error() -> None:
    failure = {"errors": [{"message": "no"}]}
    turns = [_NEW[2], _message(SERVER, id="1", type="next", payload=failure)]
    assert said(read([*_opened(), *turns]))[-1] == ("1", "…", {"message": "no"})


def test_other_subprotocols_are_not_read() -> None:
    units = read([*_opened("chat"), *_NEW])
    assert len(said(units)) == 2
    assert isinstance(units[-1], Skipped)


def test_messages_may_be_cut_and_anything_else_is_idle() -> None:
    data = b"".join(data for side, data in _NEW if side == CLIENT)
    talk = HttpTalk(None, whole=True)
    for side, head in _opened():
        talk.receive(side, head, 0)
    units = [unit for each in data for unit in talk.receive(CLIENT, bytes([each]), 0)]
    units += talk.receive(CLIENT, framed(CLIENT, "text") + framed(CLIENT, "", 0x89), 0)
    verbs = [unit.verb for unit in units if isinstance(unit, Idle)]
    assert verbs == ["connection_init", "pong", "text", "ping"]
    assert len(said(units)) == 2


def test_after_a_loss_that_side_is_not_read() -> None:
    talk = HttpTalk(None, whole=True)
    for side, data in _opened():
        talk.receive(side, data, 0)
    talk.receive(SERVER, _NEW[3][1][:5], 0)
    assert isinstance(talk.lose(SERVER)[0], Skipped)
    assert talk.buffered(SERVER) == 0
    assert isinstance(talk.receive(SERVER, _NEW[3][1], 0)[0], Skipped)
    assert isinstance(talk.receive(CLIENT, _NEW[2][1], 0)[0], Transfer)


@pytest.mark.parametrize("key", ["password", "query"])
def test_secrets_are_hidden_and_the_rest_says_the_same(key: str) -> None:
    secret = '{ in(a: "S3cret") }' if key == "query" else "S3cret"
    payload = {"query": "{ in(a: 1) }", key: secret}
    turns = [
        _NEW[0],
        _message(CLIENT, id="1", type="subscribe", payload=payload),
        _message(SERVER, id="1", type="next", payload={"data": {"token": "S3cret"}}),
    ]
    units = read([*_opened(), *turns], Redaction(["auto"]))
    assert b"S3cret" not in _unmasked(units)
    assert said(units)[2][1] == "GET /graphql query in"
    again = read([*_opened(), *_written(units)])
    assert said(again) == said(units)


def _written(units: list[Any]) -> list[tuple[int, bytes]]:
    return [
        (each.side, each.shown if isinstance(each, WrittenTransfer) else each.text)
        for each in units[2:]
    ]


def _unmasked(units: list[Any]) -> bytes:
    found = []
    for _, data in _written(units):
        cutter = Cutter()
        cutter.expect(Mode.FRAMES)
        cutter.feed(data)
        piece = cutter.cut()
        assert isinstance(piece, Frame)
        found.append(piece.payload)
    return b"".join(found)
