from __future__ import annotations

import pytest

from inspector.carriers.base import Idle, Remark, Skipped, Trouble, Unit
from inspector.carriers.sessions import SessionTransfer
from inspector.carriers.websocket.making import MALFORMED, PING_TIMEOUT, REFUSED
from inspector.carriers.websocket.talk import WebSocketTalk
from inspector.redaction.texts import Redaction
from tests.inspector.carriers.websocket.written import (
    CLOSE,
    MASK,
    OPEN,
    PING,
    PONG,
    Deflater,
    event,
    frame,
    opened,
    packet,
    read,
    said,
    upgrade,
)
from tests.inspector.conversation import CLIENT, SECOND, SERVER


def _talk(*, io: bool = False) -> WebSocketTalk:
    talk = WebSocketTalk(None, engine=io)
    for side, data in opened(io=io):
        talk.receive(side, data, 0)
    return talk


def _verbs(units: list[Unit]) -> list[str]:
    return [unit.verb for unit in units if isinstance(unit, Idle)]


def test_after_the_handshake_messages_come() -> None:
    units = read([*opened(), (CLIENT, said(CLIENT, event("sum", 1)))])
    assert _verbs(units) == ["GET upgrade", "101"]
    assert isinstance(units[-1], SessionTransfer)


def test_a_mask_says_who_the_client_is() -> None:
    talk = WebSocketTalk(None, engine=False)
    talk.receive(1, frame(event("sum", 1), masked=True), 0)
    assert talk.client == 1
    other = WebSocketTalk(None, engine=False)
    other.receive(1, frame(event("sum", 1)), 0)
    assert other.client == 0


def test_control_frames_are_idle_and_a_close_says_why() -> None:
    turns = [
        (CLIENT, said(CLIENT, "", PING)),
        (SERVER, said(SERVER, "", PONG)),
        (CLIENT, said(CLIENT, b"\x03\xf1too much", CLOSE)),
        (SERVER, said(SERVER, b"", CLOSE)),
    ]
    units = read([*opened(), *turns])
    assert _verbs(units)[2:] == ["ping", "pong", "close 1009 too much", "close"]


def test_a_reason_is_hidden() -> None:
    turns = [*opened(), (CLIENT, said(CLIENT, b"\x03\xe8hush", CLOSE))]
    unit = read(turns, conceal=Redaction(["auto"]))[-1]
    assert isinstance(unit, Idle)
    assert unit.verb == "close 1000"
    assert unit.original == said(CLIENT, b"\x03\xe8hush", CLOSE)
    assert unit.text == said(CLIENT, b"\x03\xe8xxxx", CLOSE)


def test_a_ping_between_fragments_is_written_with_them() -> None:
    text = event("log", 1).encode()
    data = (
        said(CLIENT, text[:4], 0x01)
        + said(CLIENT, "a", PING)
        + said(CLIENT, text[4:], 0x80)
    )
    ping, message = read([*opened(), (CLIENT, data)], conceal=Redaction(["auto"]))[-2:]
    assert isinstance(ping, Idle)
    assert isinstance(message, SessionTransfer)
    assert (ping.text, message.sent) == (b"", data)
    hidden = MASK[0] ^ ord("x")
    assert message.shown == data.replace(b"\x8a", b"\x8a").replace(
        said(CLIENT, "a", PING), said(CLIENT, "a", PING)[:-1] + bytes([hidden])
    )


def test_what_is_malformed_ends_the_reading_of_its_side() -> None:
    units = read([*opened(), (CLIENT, b"\x83\x00"), (CLIENT, said(CLIENT, "x"))])
    trouble, rest = units[-2:]
    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.detail) == (MALFORMED, "its opcode is 3")
    assert isinstance(rest, Skipped)


def test_a_compressed_message_without_what_it_refers_to_is_unread() -> None:
    sender, talk = Deflater(), _talk()
    first, second, third = (
        said(CLIENT, sender.deflate(event("sum", "much the same")), 0xC1)
        for _ in range(3)
    )
    assert isinstance(talk.receive(CLIENT, first, 0)[0], SessionTransfer)
    talk.lose(CLIENT)
    for each in (second, third):
        assert isinstance(talk.receive(CLIENT, each, 0)[0], Skipped)


def test_what_is_not_complete_is_kept_and_lost() -> None:
    talk, data = _talk(), said(CLIENT, event("sum", 1)[:9], 0x01)
    talk.receive(CLIENT, data + b"\x80", 0)
    assert talk.buffered(CLIENT) == talk.begun(CLIENT) == len(data) + 1
    begin = talk.received(CLIENT) - len(data) - 1
    assert talk.lose(CLIENT) == [
        Skipped(side=CLIENT, begin=begin, end=talk.received(CLIENT))
    ]
    assert talk.buffered(CLIENT) == 0
    assert talk.lose(CLIENT) == []


def test_a_packet_waits_for_its_attachments() -> None:
    talk = _talk(io=True)
    data = said(CLIENT, '451-["f",{"_placeholder":true,"num":0}]')
    assert talk.receive(CLIENT, data, 0) == []
    assert talk.buffered(CLIENT) == len(data)


def _left(talk: WebSocketTalk, after_ns: int, cause: str = "close") -> list[Unit]:
    return [
        *talk.finish(SERVER, after_ns, cause),
        *talk.finish(CLIENT, after_ns, cause),
    ]


def test_a_client_that_answers_no_ping_is_named() -> None:
    talk = _talk(io=True)
    talk.receive(SERVER, said(SERVER, "2"), SECOND)
    assert _left(talk, 10 * SECOND) == []
    assert _left(talk, 21 * SECOND, "end") == []
    (remark,) = _left(talk, 21 * SECOND)
    assert isinstance(remark, Remark)
    assert (remark.code, remark.side, remark.duration_ns) == (
        PING_TIMEOUT,
        CLIENT,
        20 * SECOND,
    )


@pytest.mark.parametrize("io", [True, False])
def test_one_that_answers_is_not(*, io: bool) -> None:
    talk = _talk(io=io)
    first = PING if not io else 0x81
    talk.receive(SERVER, said(SERVER, "2", first), SECOND)
    talk.receive(CLIENT, said(CLIENT, "3", PONG if not io else 0x81), SECOND)
    assert _left(talk, 99 * SECOND) == []


def test_a_gateway_may_miss_a_ping_too() -> None:
    talk = _talk()
    talk.receive(CLIENT, said(CLIENT, "", PING), SECOND)
    assert _left(talk, 3 * SECOND) == []  # of a connection that may be anything
    talk.receive(CLIENT, said(CLIENT, event("sum", 1)), SECOND)
    (remark,) = _left(talk, 3 * SECOND)
    assert remark.side == SERVER


def test_a_handshake_without_a_response_is_refused() -> None:
    talk = WebSocketTalk(None, engine=False)
    talk.receive(CLIENT, upgrade("/nope"), 0)
    (trouble,) = talk.finish(CLIENT, 1, "close")
    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.detail) == (REFUSED, "the end of the connection")
    assert talk.finish(CLIENT, 1, "close") == []


def test_both_sides_of_a_session_are_read() -> None:
    units = read(
        [
            *opened(io=True),
            (CLIENT, said(CLIENT, packet("2", "sum", 1, number=0))),
            (SERVER, said(SERVER, packet("3", 1, number=0))),
        ],
        io=True,
    )
    asked, answer = units[-2:]
    assert isinstance(asked, SessionTransfer)
    assert isinstance(answer, SessionTransfer)
    assert asked.session == answer.session != ""
    assert asked.correlation == answer.correlation
    assert WebSocketTalk(None, engine=True).express(0) is None
    assert OPEN.startswith("0")
