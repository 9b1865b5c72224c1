from __future__ import annotations

import gzip

from inspector.carriers.base import Idle, Trouble, Unit
from inspector.carriers.sessions import SessionTransfer
from inspector.carriers.web.deflate import MOST
from inspector.redaction.texts import Redaction
from tests.inspector.carriers.websocket.written import (
    OPEN,
    SEPARATOR,
    SID,
    answered,
    asked,
    engine,
    packet,
    read,
    upgrade,
)
from tests.inspector.conversation import CLIENT, SERVER

_BEGUN = [(CLIENT, asked("GET")), (SERVER, answered(OPEN))]


def _verbs(units: list[Unit]) -> list[str]:
    return [unit.verb for unit in units if isinstance(unit, Idle)]


def _transfers(units: list[Unit]) -> list[SessionTransfer]:
    return [unit for unit in units if isinstance(unit, SessionTransfer)]


def test_a_session_begins_with_a_request() -> None:
    assert _verbs(read(_BEGUN, io=True)) == ["GET polling", "200", "open"]


def test_a_payload_has_several_packets_with_places_of_their_own() -> None:
    texts = [packet("2", "log", 1), packet("2", "sum", 2, number=4)]
    request = asked("POST", sid=SID, body=SEPARATOR.join(texts))
    units = read([(CLIENT, request), (SERVER, answered("ok"))], io=True)
    first, second = _transfers(units)

    assert _verbs(units) == ["POST polling", "200", "ok"]
    assert (first.end, second.end) == (second.begin, len(request))
    assert request[first.begin : first.end].decode() == texts[0]
    assert {each.session for each in (first, second)} == {SID}
    assert first.roams
    assert second.roams


def test_an_answer_is_of_the_session_that_was_asked_for() -> None:
    turns = [
        (CLIENT, asked("GET", sid="one")),
        (CLIENT, asked("GET", sid="two")),
        (SERVER, answered(packet("3", 1, number=0))),
        (SERVER, answered(packet("3", 1, number=0))),
    ]
    assert [each.session for each in _transfers(read(turns, io=True))] == ["one", "two"]


def test_a_response_that_inflates_to_too_much_is_not_read() -> None:
    text = packet("2", "log", "x" * (MOST - 16))
    assert len(text) < MOST < len(text) + 8
    for more, kind in ((0, SessionTransfer), (8, Trouble)):
        data = gzip.compress(text.replace("x", "x" * (more + 1), 1).encode())
        coded = answered(data, "200 OK", "Content-Encoding: gzip")
        turns = [(CLIENT, asked("GET", sid=SID)), (SERVER, coded)]
        assert isinstance(read(turns, io=True)[-1], kind)


def test_a_response_may_be_compressed_or_in_chunks() -> None:
    text = packet("2", "news", "x" * 99).encode()
    data = gzip.compress(text)
    coded = answered(data, "200 OK", "Content-Encoding: gzip")
    chunks = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"%x\r\n%b\r\n0\r\n\r\n" % (len(text), text)
    )
    turns = [
        (CLIENT, asked("GET", sid=SID) * 2),
        (SERVER, coded),
        (SERVER, chunks),
    ]
    bodies = [each.body for each in _transfers(read(turns, io=True))]
    assert bodies == [text[2:]] * 2


def test_a_coding_that_is_not_known_is_trouble() -> None:
    turns = [
        (CLIENT, asked("GET", sid=SID)),
        (SERVER, answered("x", "200 OK", "Content-Encoding: br")),
    ]
    assert [
        each.detail for each in read(turns, io=True) if isinstance(each, Trouble)
    ] == ["a payload cannot be decoded"]


def _refusals(*turns: tuple[int, bytes], io: bool = True) -> list[str]:
    units = read(turns, io=io)
    return [each.detail for each in units if isinstance(each, Trouble)]


def test_a_gateway_may_refuse() -> None:
    said = '{"code":1,"message":"Session ID unknown"}'
    unknown = (
        (CLIENT, asked("GET", sid="x")),
        (SERVER, answered(said, "400 Bad Request")),
    )
    assert _refusals(*unknown) == ["400 Bad Request, “Session ID unknown”"]
    denied = (CLIENT, upgrade()), (SERVER, answered("", "401 Unauthorized"))
    assert _refusals(*denied, io=False) == ["401 Unauthorized"]


def test_it_refuses_no_other_request() -> None:
    other = b"GET /nope HTTP/1.1\r\nHost: g\r\n\r\n"
    assert _refusals((CLIENT, other), (SERVER, answered("", "404 Not Found"))) == []


def test_a_response_without_a_body_has_none() -> None:
    turns = [
        (CLIENT, b"HEAD / HTTP/1.1\r\n\r\n"),
        (SERVER, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"),
        *_BEGUN,
    ]
    assert _verbs(read(turns, io=True)) == ["HEAD", "200", "GET polling", "200", "open"]


def test_a_response_in_between_answers_nothing() -> None:
    turns = [
        (CLIENT, asked("GET")),
        (SERVER, b"HTTP/1.1 100 Continue\r\n\r\n"),
        _BEGUN[1],
    ]
    assert _verbs(read(turns, io=True)) == ["GET polling", "100", "200", "open"]


def test_attachments_travel_in_base64() -> None:
    file = '451-["f",{"_placeholder":true,"num":0}]'
    together = asked("POST", sid=SID, body=f"{file}{SEPARATOR}bAAAA")
    apart = asked("POST", sid=SID, body=file), asked("POST", sid=SID, body="bAAAA")
    (whole,) = _transfers(read([(CLIENT, together)], io=True))
    units = read([(CLIENT, each) for each in apart], io=True)

    assert whole.end == len(together)
    assert _transfers(units)[0].end == len(apart[0])
    assert _verbs(units)[-1] == "attachment"


def test_what_is_no_payload_is_not_written_where_something_is_hidden() -> None:
    turns = [
        (CLIENT, b"GET /a?b=c HTTP/1.1\r\nHost: g\r\n\r\n"),
        (SERVER, answered("secret")),
        (CLIENT, upgrade(engine(more="&token=t"))),
    ]
    units = read(turns, io=True, conceal=Redaction(["auto"]))
    texts = [each.text for each in units if isinstance(each, Idle)]
    assert [bool(text) for text in texts] == [False, False, True, True]
    assert texts[2] == b"xxxxxx"
    assert len(units[3].secret) == 1
