from __future__ import annotations

import pytest

from inspector.carriers.base import Recognition, Verdict
from inspector.carriers.websocket.recognition import find, recognise
from tests.inspector.carriers.websocket.written import (
    OPEN,
    SID,
    Deflater,
    answered,
    asked,
    engine,
    event,
    frame,
    packet,
    switched,
    upgrade,
)

_ASKS, _ANSWERS = Recognition(asks=True), Recognition(asks=False)
_OTHER, _OPEN = Verdict.OTHER, Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("beginning", "ws", "socketio"),
    [
        (upgrade("/chat"), _ASKS, _OTHER),
        (upgrade(engine()), _OTHER, _ASKS),
        (asked("GET"), _OTHER, _ASKS),
        (asked("POST", sid=SID, body="40"), _OTHER, _ASKS),
        (upgrade("/socket.io/?EIO=3&transport=websocket"), _OTHER, _OTHER),
        (b"GET / HTTP/1.1\r\nHost: g\r\n\r\n", _OTHER, _OTHER),
        (b"GET / HTTP/1.1\r\nHost: g\r\n", _OPEN, _OTHER),
        (b"POST / HTTP/1.1\r\n", _OTHER, _OTHER),
        (b"G", _OPEN, _OPEN),
        (b"GET no\r\n", _OTHER, _OTHER),
        (b"PUB a 1\r\n", _OTHER, _OTHER),
        (b"PO", _OPEN, _OPEN),
        (switched(), _OPEN, _OPEN),
        (switched() + frame(event("hello", 1)), _ANSWERS, _OTHER),
        (switched() + frame("hi"), _ANSWERS, _OTHER),
        (switched() + frame(OPEN), _OTHER, _ANSWERS),
        (switched() + b"\x83\x00", _ANSWERS, _OTHER),
        (answered(OPEN), _OTHER, _ANSWERS),
        (answered("<html>"), _OTHER, _OTHER),
        (answered(""), _OTHER, _OPEN),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", _OTHER, _OTHER),
        (b"", _OPEN, _OPEN),
    ],
)
def test_a_beginning_is_judged_by_its_request_or_response(
    beginning: bytes, ws: Recognition | Verdict, socketio: Recognition | Verdict
) -> None:
    assert recognise(beginning, engine=False) == ws
    assert recognise(beginning, engine=True) == socketio


@pytest.mark.parametrize(
    "name",
    [
        "graphql-transport-ws",
        "graphql-ws",
        "v12.stomp",
        "vite-hmr",
        "mqtt",
        "wamp.2.json",
    ],
)
def test_other_subprotocols_are_not_of_nest(name: str) -> None:
    field = f"Sec-WebSocket-Protocol: token, {name}"
    message = frame(event("custom", 1))
    assert recognise(upgrade("/", field), engine=False) is _OTHER
    assert recognise(switched(field) + message, engine=False) is _OTHER
    own = "Sec-WebSocket-Protocol: token"
    assert recognise(upgrade("/", own), engine=False) == _ASKS
    assert recognise(switched(own) + message, engine=False) == _ANSWERS


def _found(middle: bytes, *, io: bool = False) -> Recognition | None:
    return find(middle, boundary=True, engine=io)


def test_an_event_is_found_in_the_middle() -> None:
    masked, plain = frame(event("sum", 1), masked=True), frame(event("sum", 1))
    assert _found(b"rest" + masked) == Recognition(4, asks=True)
    assert _found(b"rest" + plain + masked) == Recognition(4, asks=False)
    assert _found(frame(event("sum", "x" * 70_000))[:99]) == Recognition(0, asks=False)
    assert _found(masked, io=True) is None


@pytest.mark.parametrize(
    "text",
    [
        packet("2", "sum", 1),
        packet("2", "sum", 1, number=12, space="/main"),
        packet("3", 1, number=0),
        '451-["f",{"_placeholder":true,"num":0}]',
        "461-3[{}]",
    ],
)
def test_a_packet_of_socketio_is_found(text: str) -> None:
    assert _found(frame(text, masked=True), io=True) == Recognition(0, asks=True)
    assert _found(frame(text, masked=True)) is None


@pytest.mark.parametrize(
    "middle",
    [
        frame("2"),
        frame("hello"),
        frame('{"a":1}', masked=True),
        frame(Deflater().deflate(event("sum", 1)), 0xC1),
        frame(event("sum", 1)) + b"\x83\x00",
        frame(event("sum", 1)) + b"\xf1\x00",
        event("sum", 1).encode(),
        b"\x81\x80" * 300,
    ],
)
def test_what_may_be_chance_is_not(middle: bytes) -> None:
    assert _found(middle) is None
    assert _found(middle, io=True) is None


def test_polling_is_found_by_its_requests_and_by_payloads() -> None:
    request = asked("POST", sid=SID, body="40")
    assert _found(b"rest" + request, io=True) == Recognition(4, asks=True)
    response = answered(packet("2", "news", 1))
    assert _found(response, io=True) == Recognition(0, asks=False)
    assert find(response, boundary=False, engine=True) is None
    assert _found(answered("ok"), io=True) is None
    assert _found(request) is None


def test_the_first_of_both_is_found() -> None:
    upgraded, text = upgrade(engine(sid=SID)), frame(packet("2", "sum", 1), masked=True)
    assert _found(upgraded + text, io=True) == Recognition(0, asks=True)
    assert _found(text + text, io=True) == Recognition(0, asks=True)
