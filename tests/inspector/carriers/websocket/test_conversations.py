"""Conversations with a gateway, held to the properties of every carrier."""

from __future__ import annotations

import pytest

from inspector.carriers.testing import Turn, check_carrier, check_cuts
from inspector.carriers.websocket.carrier import socketio, ws
from tests.inspector.carriers.websocket.written import (
    CLOSE,
    OPEN,
    PING,
    PONG,
    SEPARATOR,
    SID,
    Deflater,
    answered,
    asked,
    engine,
    event,
    frame,
    opened,
    packet,
    read,
    said,
    switched,
    upgrade,
)
from tests.inspector.conversation import CLIENT, SERVER

_LONG = "求" * 60
PLAIN = [
    *opened(),
    Turn(CLIENT, said(CLIENT, event("sum", [1, 2]))),
    Turn(SERVER, said(SERVER, event("sum", 3))),
    Turn(CLIENT, said(CLIENT, event("log", _LONG))),
    Turn(CLIENT, said(CLIENT, b"", PING)),
    Turn(SERVER, said(SERVER, b"", PONG)),
    Turn(SERVER, said(SERVER, event("said", {"text": "x" * 70_000}))),
    Turn(CLIENT, said(CLIENT, event("fail", {"q": 1}))),
    Turn(
        SERVER,
        said(
            SERVER,
            event(
                "exception", {"message": "m", "cause": {"pattern": "fail", "data": 1}}
            ),
        ),
    ),
    Turn(CLIENT, said(CLIENT, b"\x03\xe8bye", CLOSE)),
    Turn(SERVER, said(SERVER, b"\x03\xe8", CLOSE)),
]
DIRECT = [
    *opened(io=True),
    Turn(CLIENT, said(CLIENT, packet("2", "sum", [1, 2], number=0))),
    Turn(SERVER, said(SERVER, packet("3", 3, number=0))),
    Turn(CLIENT, said(CLIENT, packet("2", "log", "é", space="/main"))),
    Turn(SERVER, said(SERVER, "2")),
    Turn(CLIENT, said(CLIENT, "3")),
    Turn(SERVER, said(SERVER, packet("2", "asked", 1, number=0))),
    Turn(CLIENT, said(CLIENT, packet("3", "yes", number=0))),
    Turn(CLIENT, said(CLIENT, "41") + said(CLIENT, b"", CLOSE)),
]
POLLED = [
    Turn(CLIENT, asked("GET")),
    Turn(SERVER, answered(OPEN)),
    Turn(CLIENT, asked("POST", sid=SID, body="40")),
    Turn(SERVER, answered("ok")),
    Turn(CLIENT, asked("GET", sid=SID)),
    Turn(SERVER, answered('40{"sid":"x"}')),
    Turn(
        CLIENT,
        asked(
            "POST",
            sid=SID,
            body=SEPARATOR.join(
                [packet("2", "log", 1), packet("2", "sum", 2, number=4)]
            ),
        ),
    ),
    Turn(SERVER, answered("ok")),
    Turn(CLIENT, asked("GET", sid=SID)),
    Turn(SERVER, answered(SEPARATOR.join([packet("3", 2, number=4), "2"]))),
]
UPGRADED = [
    *POLLED,
    Turn(CLIENT, upgrade(engine(sid=SID))),
    Turn(SERVER, switched()),
    Turn(CLIENT, said(CLIENT, "2probe")),
    Turn(SERVER, said(SERVER, "3probe")),
    Turn(CLIENT, said(CLIENT, "5")),
    Turn(CLIENT, said(CLIENT, packet("2", "sum", 3, number=5))),
    Turn(SERVER, said(SERVER, packet("3", 3, number=5))),
]
ATTACHED = [
    *opened(io=True),
    Turn(
        CLIENT,
        said(CLIENT, '451-["size",{"_placeholder":true,"num":0}]')
        + said(CLIENT, b"\x00\x81" * 40, 0x82),
    ),
    Turn(CLIENT, said(CLIENT, packet("2", "log", 1))),
]


def _fragments() -> list[Turn]:
    text = event("log", "in several pieces").encode()
    first, second, third = text[:7], text[7:20], text[20:]
    pieces = [
        said(CLIENT, first, 0x01),
        said(CLIENT, b"there?", PING),
        said(CLIENT, second, 0x00),
        said(CLIENT, third, 0x80),
    ]
    return [*opened(), Turn(CLIENT, b"".join(pieces))]


def _compressed(*, alone: bool) -> list[Turn]:
    one, other = Deflater(alone=alone), Deflater(alone=alone)
    texts = [event("sum", [number, "much the same"]) for number in range(4)]
    turns = opened()
    for text in texts:
        turns.append(Turn(CLIENT, said(CLIENT, one.deflate(text), 0xC1)))
        turns.append(Turn(SERVER, said(SERVER, other.deflate(text), 0xC1)))
    return turns


def test_plain_messages_have_the_properties_of_a_carrier() -> None:
    check_carrier(ws, [PLAIN])


@pytest.mark.parametrize("conversation", [DIRECT, POLLED, UPGRADED])
def test_messages_of_socketio_have_them(conversation: list[Turn]) -> None:
    check_carrier(socketio, [conversation], missed=4)


@pytest.mark.parametrize(
    "conversation", [_fragments(), _compressed(alone=False), _compressed(alone=True)]
)
def test_fragments_and_compressed_messages_may_be_cut(conversation: list[Turn]) -> None:
    check_cuts(ws, conversation)


def test_attachments_may_be_cut() -> None:
    check_cuts(socketio, ATTACHED)


def test_a_frame_has_every_kind_of_length() -> None:
    sizes = [len(frame("x" * size)) - size for size in (125, 126, 65_535, 65_536)]
    assert sizes == [2, 4, 4, 10]
    assert len(read(PLAIN)) == len(PLAIN)
