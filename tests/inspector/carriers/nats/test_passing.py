from __future__ import annotations

import pytest

from inspector.carriers.base import Errand, Idle, Transfer, Trouble
from inspector.carriers.nats.carrier import carrier
from inspector.redaction.texts import AUTO, Redaction
from protocol import Response, loads
from tests.inspector.carriers.nats.conversations import (
    CLIENT,
    INBOX,
    NUID,
    REPLY,
    REQUEST,
    SERVER,
    message,
    read,
    with_headers,
)

_ASKED = CLIENT, message(f"PUB sum {INBOX}", REQUEST)


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("PUB $JS.API.INFO inbox", "JetStream"),
        ("PUB $JS.ACK.S.C.1.2.3.4.0", "JetStream"),
        ("MSG $SYS.SERVER.X 1", "system"),
        ("PUB sum", "PUB"),
        ("MSG sum 1", "MSG"),
    ],
)
def test_other_payloads_are_idle(line: str, verb: str) -> None:
    (unit,) = read((CLIENT, message(line, b"hello")))

    assert isinstance(unit, Idle)
    assert unit.verb == verb
    begin = len(line) + 4
    assert unit.secret == ((begin, begin + 5),)  # whoever it is for
    assert unit.text == message(line, b"hello")


def test_nobody_has_subscribed() -> None:
    (unit,) = read(
        (SERVER, with_headers(f"HMSG {INBOX} 1", b"NATS/1.0 503\r\n\r\n", b""))
    )

    assert isinstance(unit, Errand)
    assert (unit.verb, unit.about, unit.unwanted) == ("503", (INBOX,), True)


@pytest.mark.parametrize(
    "status", ["100 Idle Heartbeat", "404 No Messages", "408", "409"]
)
def test_another_status_is_idle(status: str) -> None:
    block = f"NATS/1.0 {status}\r\n\r\n".encode()
    (unit,) = read((SERVER, with_headers(f"HMSG {INBOX} 1", block, b"")))

    assert isinstance(unit, Idle)
    assert unit.verb == status[:3]


def test_headers_are_facts_and_not_part_of_the_body() -> None:
    data = with_headers(f"HPUB sum {INBOX}", b"NATS/1.0\r\ntrace: 1\r\n\r\n", REQUEST)
    (unit,) = read((CLIENT, data))

    assert isinstance(unit, Transfer)
    assert unit.facts == {"trace": "1"}
    assert unit.body == REQUEST
    assert unit.body_begin is not None
    assert data[unit.body_begin :].startswith(REQUEST)


def test_a_byte_order_mark_is_not_part_of_the_body() -> None:
    data = message("PUB sum", b"\xef\xbb\xbf" + REQUEST)
    (unit,) = read((CLIENT, data))

    assert isinstance(unit, Transfer)
    assert unit.body_begin == data.index(REQUEST)


@pytest.mark.parametrize("payload", [b"6", b'{"sum":6}', b"null"])
def test_on_an_inbox_that_was_named_any_json_is_the_reply(payload: bytes) -> None:
    _, unit = read(_ASKED, (SERVER, message(f"MSG {INBOX} 1", payload)))

    assert isinstance(unit, Transfer)
    assert isinstance(unit.packet, Response)
    assert unit.packet.is_disposed
    assert bytes(unit.packet.response) == payload  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "asked",
    [None, message(f"PUB $JS.API.INFO {INBOX}", b""), message(f"PUB x {INBOX}", b"{}")],
)
def test_elsewhere_a_value_may_be_anybodys(asked: bytes | None) -> None:
    turns = [] if asked is None else [(CLIENT, asked)]
    *_, unit = read(*turns, (SERVER, message(f"MSG {INBOX} 1", b"6")))

    assert isinstance(unit, Idle)


@pytest.mark.parametrize("inbox", [INBOX, f"mine.{NUID}", f"{INBOX}.7"])
def test_an_envelope_is_a_reply_on_any_inbox(inbox: str) -> None:
    (unit,) = read((SERVER, message(f"MSG {inbox} 1", REPLY)))

    assert isinstance(unit, Transfer)
    assert unit.correlation == inbox


def test_where_an_inbox_only_looks_like_one_a_request_is_a_request() -> None:
    (unit,) = read((CLIENT, message(f"PUB mine.{NUID} {INBOX}", REQUEST)))

    assert isinstance(unit, Transfer)
    assert unit.correlation == INBOX


def test_a_client_may_name_any_subject_for_replies() -> None:
    _, unit = read(
        (CLIENT, message("PUB sum replies.7", REQUEST)),
        (SERVER, message("MSG replies.7 1", b"6")),
    )

    assert isinstance(unit, Transfer)
    assert unit.correlation == "replies.7"


def test_a_reply_that_is_not_json_is_trouble() -> None:
    _, unit = read(_ASKED, (SERVER, message(f"MSG {INBOX} 1", b"nope")))

    assert isinstance(unit, Trouble)
    assert (unit.code, unit.framed, unit.about) == ("invalid-json", True, (INBOX,))
    (other,) = read((SERVER, message(f"MSG {INBOX} 1", b"nope")))
    assert isinstance(other, Idle)


def test_an_empty_reply_is_about_the_call_and_says_nothing() -> None:
    _, unit = read(_ASKED, (SERVER, message(f"MSG {INBOX} 1", b"")))

    assert isinstance(unit, Errand)
    assert (unit.verb, unit.about, unit.unwanted) == ("MSG", (INBOX,), False)
    (other,) = read((SERVER, message(f"MSG {INBOX} 1", b"")))
    assert isinstance(other, Idle)


def test_secrets_are_hidden_in_requests_replies_and_values() -> None:
    talk = carrier.talk(Redaction([AUTO]), whole=True)
    asked = b'{"pattern":"a","data":{"password":"p1"},"id":"1"}'
    value = b'{"token":"t1"}'
    reply = b'{"response":{"token":"t1"},"id":"1"}'
    units = [
        *talk.receive(CLIENT, message(f"PUB a {INBOX}", asked), 0),
        *talk.receive(SERVER, message(f"MSG {INBOX} 1", value), 0),
        *talk.receive(SERVER, message(f"MSG {INBOX} 1", reply), 0),
    ]

    shown = [(unit.body, unit.original) for unit in units if isinstance(unit, Transfer)]
    assert shown == [
        (asked.replace(b"p1", b"xx"), asked),
        (value.replace(b"t1", b"xx"), value),
        (reply.replace(b"t1", b"xx"), reply),
    ]
    answer = units[1]
    assert isinstance(answer, Transfer)
    assert isinstance(answer.packet, Response)
    assert loads(answer.packet.response) == {"token": "xx"}  # type: ignore[arg-type]


def test_a_secret_header_is_named_at_its_place() -> None:
    talk = carrier.talk(Redaction([AUTO]), whole=True)
    block = b"NATS/1.0\r\nauthorization: abc\r\n\r\n"
    data = with_headers("HPUB log", block, b'{"pattern":"log"}')
    (unit,) = talk.receive(CLIENT, data, 0)

    assert isinstance(unit, Transfer)
    assert unit.facts == {"authorization": "xxx"}
    assert [data[begin:end] for begin, end in unit.secret] == [b"abc"]


@pytest.mark.parametrize("status", ["", " 503"])
def test_a_secret_header_without_a_payload_is_named_too(status: str) -> None:
    talk = carrier.talk(Redaction([AUTO]), whole=True)
    talk.receive(*_ASKED, 0)
    block = f"NATS/1.0{status}\r\nauthorization: abc\r\n\r\n".encode()
    data = with_headers(f"HMSG {INBOX} 1", block, b"")
    (unit,) = talk.receive(SERVER, data, 0)

    assert isinstance(unit, Errand)
    places = [(begin - unit.begin, end - unit.begin) for begin, end in unit.secret]
    assert [unit.text[begin:end] for begin, end in places] == [b"abc"]


def test_what_is_quoted_of_a_reply_is_hidden() -> None:
    talk = carrier.talk(Redaction([AUTO]), whole=True)
    talk.receive(*_ASKED, 0)
    (unit,) = talk.receive(SERVER, message(f"MSG {INBOX} 1", b"'hunter2'"), 0)

    assert isinstance(unit, Trouble)
    assert "hunter2" not in unit.detail
