from __future__ import annotations

import pytest

from captures.grpc_stage import PROTO
from inspector.carriers.base import Idle, Remark, Skipped, Trouble
from inspector.carriers.grpc.calls import UNNAMED
from inspector.carriers.grpc.frames import Type
from inspector.carriers.grpc.schemas import Schemas
from inspector.carriers.grpc.talk import PROTOCOL, UNREAD_HEADERS, GrpcTalk
from tests.inspector.carriers.grpc.written import (
    CONVERSATIONS,
    HELLO,
    SUM,
    asks,
    begins,
    block,
    data,
    frame,
    headers,
    message,
    number,
    read,
    reset,
    said_by,
    trailers,
    words,
)
from tests.inspector.conversation import CLIENT, SERVER


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "unary",
            [
                (1, SUM, {"1": "one"}),
                (1, False, {"1": 6}),
                (1, True),
                (3, SUM, {"1": "two"}),
                (3, False, {"1": 7}),
                (3, True),
            ],
        ),
        (
            "streams",
            [
                (1, SUM, {"1": "a"}),
                (1, False, {"1": "b"}),
                (1, False, {"1": "c"}),
                (1, "message", {"1": "d"}),
                (1, "end"),
                (1, False, {"1": "e"}),
                (1, True),
            ],
        ),
        (
            "together",
            [
                (1, SUM),
                (3, SUM, {"1": "b"}),
                (1, "message", {"1": "a"}),
            ],
        ),
    ],
)
def test_calls_are_said_message_by_message(
    name: str, said: list[tuple[object, ...]]
) -> None:
    found = said_by(read(CONVERSATIONS[name]))
    if name == "together":
        assert found[:1] == said[:1]
        assert (1, "message", {"1": "a"}) in found
        assert (3, "message", {"1": "b"}) in found
    else:
        assert found == said


def test_messages_over_several_frames_are_units_with_what_is_before_them() -> None:
    units = read(CONVERSATIONS["long"])
    assert [len(each) for each in said_by(units)] == [3, 3, 2]
    ends = [unit.end for unit in units if unit.side == CLIENT]
    begins_ = [unit.begin for unit in units if unit.side == CLIENT]
    assert begins_[1:] == ends[:-1]


def test_other_frames_between_make_units_of_the_frames_before() -> None:
    long = message(words("y" * 90))
    turns = [
        *HELLO,
        (CLIENT, asks(1) + frame(Type.PING, 0, 0, bytes(8)) + data(1, long[:20])),
        (CLIENT, frame(Type.PING, 0, 0, bytes(8)) + data(1, long[20:], ends=True)),
    ]
    assert said_by(read(turns)) == [
        (1, SUM),
        (1, "DATA"),
        (1, "message", {"1": "y" * 90}),
    ]


def test_a_server_ends_a_call_by_a_reset_and_a_client_leaves_it() -> None:
    asked = asks(1) + data(1, message(b"")) + asks(3) + data(3, message(b""))
    turns = [*HELLO, (CLIENT, asked), (SERVER, reset(1, 7)), (CLIENT, reset(3))]
    found = said_by(read([*turns, (SERVER, reset(3, 0)), (CLIENT, data(3, b"x"))]))
    assert found[2:] == [
        (
            1,
            True,
            {
                "code": 14,
                "status": "UNAVAILABLE",
                "message": "RST_STREAM REFUSED_STREAM",
            },
        ),
        (3, "RST_STREAM CANCEL"),
        (3, "RST_STREAM NO_ERROR"),
        (3, "DATA"),
    ]


def test_a_call_that_began_before_the_capture_has_no_name() -> None:
    talk = GrpcTalk(None)
    talk.client = CLIENT
    units = talk.receive(CLIENT, data(5, message(words("a"))), 0)
    units += talk.receive(CLIENT, data(5, message(words("b"))), 0)
    units += talk.receive(SERVER, data(5, message(number(1))) + trailers(5), 0)
    assert said_by(units) == [
        (5, UNNAMED, {"1": "a"}),
        (5, "message", {"1": "b"}),
        (5, False, {"1": 1}),
        (5, True),
    ]


def test_names_that_cannot_be_read_are_said_to_be_so_once() -> None:
    talk = GrpcTalk(None)
    talk.client = CLIENT
    units = talk.receive(CLIENT, headers(5, b"\x83\xbf\xc0", ends=True), 0)
    units += talk.receive(CLIENT, headers(7, b"\x83\xbf\xc0", ends=True), 0)
    assert said_by(units) == [(5, UNNAMED), (7, UNNAMED)]
    assert [u.code for u in units if isinstance(u, Remark)] == [UNREAD_HEADERS]


def test_other_uses_of_http2_are_no_calls() -> None:
    page = block(("content-type", "text/html"), (":path", "/"), lead=b"\x83")
    turns = [*HELLO, (CLIENT, headers(1, page) + data(1, b"body"))]
    units = read([*turns, (SERVER, headers(1, b"\x88") + data(1, b"body"))])
    assert said_by(units) == []
    assert all(isinstance(unit, Idle) for unit in units)


def test_a_malformed_frame_ends_what_is_read_until_bytes_are_missing() -> None:
    talk = GrpcTalk(None)
    for side, said in HELLO:
        talk.receive(side, said, 0)
    bad = frame(Type.PING, 0, 3, bytes(8))
    units = talk.receive(CLIENT, bad + asks(1), 0)
    assert [type(unit) for unit in units] == [Trouble, Skipped]
    assert isinstance(units[0], Trouble)
    assert (units[0].code, units[0].lost) == (PROTOCOL, len(asks(1)))
    talk.lose(CLIENT)
    assert said_by(talk.receive(CLIENT, asks(3, ends=True), 0)) == [(3, SUM)]


def test_a_header_block_goes_on_in_continuation_alone() -> None:
    said = block((":path", SUM), lead=b"\x83")
    first = frame(Type.HEADERS, 1, 1, said[:4])
    last = frame(Type.CONTINUATION, 4, 1, said[4:])
    assert said_by(read([*HELLO, (CLIENT, first + last)])) == [(1, SUM)]
    empty = frame(Type.CONTINUATION, 0, 1)
    for wrong in (first + data(1, b""), last, first + empty * 1_024):
        units = read([*HELLO, (CLIENT, wrong)])
        assert isinstance(units[-1], Trouble)


def test_methods_that_take_a_stream_are_asked_with_their_first_message() -> None:
    path = "/calc.Calculator/Add"
    turns = [*HELLO, (CLIENT, asks(1, path) + data(1, message(b"")))]
    said = said_by(read(turns, schemas=Schemas([str(PROTO)])))
    assert said == [(1, path, [{}])]


def test_an_answer_may_come_before_the_capture_knows_who_asks() -> None:
    talk = GrpcTalk(None)
    units = talk.receive(SERVER, begins(1) + data(1, message(number(1))), 0)
    assert talk.client == CLIENT
    assert said_by(units) == [(1, False, {"1": 1})]
