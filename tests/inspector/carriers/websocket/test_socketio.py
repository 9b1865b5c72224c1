from __future__ import annotations

import pytest

from inspector.carriers.base import Idle, Skipped, Trouble, Unit
from inspector.carriers.sessions import SessionTransfer
from inspector.carriers.web.messages import Envelope
from inspector.carriers.websocket.making import MALFORMED, REFUSED, Maker
from inspector.carriers.websocket.socketio import SocketIo
from inspector.redaction.texts import Redaction
from protocol import UNDEFINED, Event, JsonText, Packet, Request, Response
from tests.inspector.carriers.websocket.written import OPEN, SID, packet

_FILE = '451-["f",{"_placeholder":true,"num":0}]'


def _reader(*hide: str) -> SocketIo:
    return SocketIo(Maker(Redaction(hide) if hide else None))


def _read(
    text: str | bytes, *, asks: bool = True, reader: SocketIo | None = None
) -> list[Unit]:
    binary = isinstance(text, bytes)
    payload = text if isinstance(text, bytes) else text.encode()
    envelope = Envelope(0, len(payload), payload, binary=binary)
    return (reader or _reader()).read(1 - asks, envelope, asks=asks)


def _transfer(text: str, *, asks: bool = True) -> SessionTransfer:
    (unit,) = _read(text, asks=asks)
    assert isinstance(unit, SessionTransfer)
    return unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('42["log","é"]', Event("log", JsonText('"é"'.encode()))),
        ('42["log"]', Event("log", UNDEFINED)),
        ('42["log",1,{"a":2}]', Event("log", JsonText(b'[1,{"a":2}]'))),
        ('427["sum",[1,2]]', Request("sum", 7, JsonText(b"[1,2]"))),
        ("437[3]", Response(7, JsonText(b"3"), is_disposed=True)),
        ("437[]", Response(7, UNDEFINED, is_disposed=True)),
        ("437[1,2]", Response(7, JsonText(b"[1,2]"), is_disposed=True)),
        ('42/main,0["sum"]', Request("sum", 0, UNDEFINED)),
    ],
)
def test_events_and_acknowledgements_are_packets(text: str, expected: Packet) -> None:
    assert _transfer(text).packet == expected


def test_an_acknowledgement_has_the_key_of_its_event() -> None:
    asked = _transfer(packet("2", "sum", 1, number=7, space="/main"))
    answer = _transfer(packet("3", 1, number=7, space="/main"), asks=False)
    assert asked.correlation == answer.correlation == ("/main", True, 7)
    assert asked.cause == ("sum", JsonText(b"1"))


def test_both_sides_count_for_themselves_and_so_do_namespaces() -> None:
    pushed = _transfer(packet("2", "asked", 1, number=7), asks=False)
    answer = _transfer(packet("3", 1, number=7))
    assert pushed.correlation == answer.correlation == ("/", False, 7)
    assert pushed.cause is None


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        (OPEN, "open"),
        ("1", "close"),
        ("2probe", "ping"),
        ("3probe", "pong"),
        ("5", "upgrade"),
        ("6", "noop"),
        ('40{"token":"t"}', "CONNECT"),
        ("40/main,", "CONNECT /main"),
        ("41", "DISCONNECT"),
    ],
)
def test_the_rest_is_idle(text: str, verb: str) -> None:
    (unit,) = _read(text)
    assert isinstance(unit, Idle)
    assert unit.verb == verb


def test_a_gateway_names_the_session_and_its_patience() -> None:
    reader = _reader()
    _read(OPEN, asks=False, reader=reader)
    assert (reader.session, reader.patience_ns) == (SID, 20_000_000_000)
    assert _read('42["log"]', reader=reader)[0].session == SID  # type: ignore[attr-defined]


def test_a_namespace_may_refuse() -> None:
    idle, trouble = _read('44/main,{"message":"Unauthorized"}', asks=False)
    assert isinstance(idle, Idle)
    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.detail) == (
        REFUSED,
        "namespace /main: “Unauthorized”",
    )


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("9", "a message is none of Engine.IO"),
        ("", "a message is none of Engine.IO"),
        ("47", "a message is no packet of Socket.IO"),
        ("42{}", "the JSON of an EVENT is no array with a name in it"),
        ("42[1]", "the JSON of an EVENT is no array with a name in it"),
        ("42[]", "the JSON of an EVENT is no array with a name in it"),
        ("43[1]", "the JSON of an ACK is no array with a name in it"),
        ('4511-["f"]', "a packet has 11 attachments"),
    ],
)
def test_what_is_malformed_is_named(text: str, detail: str) -> None:
    (unit,) = _read(text)
    assert isinstance(unit, Trouble)
    assert (unit.code, unit.detail, unit.framed) == (MALFORMED, detail, True)


def test_a_packet_is_complete_with_its_attachments() -> None:
    reader = _reader()
    first = Envelope(0, 40, _FILE.encode())
    second = Envelope(40, 50, b"0123456789", binary=True)
    assert reader.read(0, first, asks=True) == []
    assert reader.begin(0) == 0
    (unit,) = reader.read(0, second, asks=True)
    assert isinstance(unit, SessionTransfer)
    assert (unit.begin, unit.end, unit.packet) == (
        0,
        50,
        Event("f", JsonText(b'{"_placeholder":true,"num":0}')),
    )
    assert reader.begin(0) is None


def test_something_else_instead_of_an_attachment_is_trouble() -> None:
    reader = _reader()
    _read(_FILE, reader=reader)
    trouble, event = _read('42["log"]', reader=reader)
    assert isinstance(trouble, Trouble)
    assert trouble.detail == "a BINARY_EVENT lacks 1 of its attachments"
    assert isinstance(event, SessionTransfer)


def test_attachments_that_are_posted_apart_stand_by_themselves() -> None:
    reader = _reader()
    _read(_FILE, reader=reader)
    (unit,) = reader.flush(0, asks=True)
    assert isinstance(unit, SessionTransfer)
    (attachment,) = _read(b"abc", reader=reader)
    assert isinstance(attachment, Idle)
    assert attachment.verb == "attachment"


def test_an_attachment_after_a_loss_is_unread() -> None:
    reader = _reader()
    _read(_FILE, reader=reader)
    reader.lose(0)
    whole = Envelope(0, 1, b"a", frames=(None,), binary=True)  # type: ignore[arg-type]
    assert reader.read(0, whole, asks=True) == [Skipped(side=0, begin=0, end=1)]


def test_secrets_are_hidden_and_names_of_events_are_not() -> None:
    text = '427["password",{"password":"hush"}]'
    (unit,) = _read(text, reader=_reader("data"))
    assert isinstance(unit, SessionTransfer)
    assert unit.packet == Request("password", 7, JsonText(b'{"password":"xxxx"}'))
    assert (unit.sent, unit.shown) == (
        text.encode(),
        text.replace("hush", "xxxx").encode(),
    )
    (answer,) = _read('437["hush"]', asks=False, reader=_reader("response"))
    assert isinstance(answer, SessionTransfer)
    assert answer.body == b'["xxxx"]'


def test_what_a_client_proves_itself_with_is_hidden() -> None:
    (unit,) = _read('40/main,{"token":"t"}', reader=_reader("auto"))
    assert isinstance(unit, Idle)
    assert unit.text == b"40/main,xxxxxxxxxxxxx"
    (answer,) = _read('40{"sid":"abc"}', asks=False, reader=_reader("auto"))
    assert isinstance(answer, Idle)
    assert answer.text == b'40{"sid":"abc"}'


def test_names_and_namespaces_are_hidden_as_channels() -> None:
    reader = SocketIo(Maker(Redaction([], ["users/*", "*"])))
    text = '42/main,7["users/17",17]'
    (unit,) = _read(text, reader=reader)
    assert isinstance(unit, SessionTransfer)
    assert isinstance(unit.packet, Request)
    assert "17" not in str(unit.packet.pattern)
    assert b"main" not in unit.shown
    assert len(unit.shown) == len(text)
    assert unit.cause == ("users/17", JsonText(b"17"))
    assert unit.shown.endswith(b",17]")
