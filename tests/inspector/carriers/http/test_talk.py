from __future__ import annotations

import pytest

from inspector.carriers.base import Errand, Idle, Skipped, Transfer
from inspector.carriers.http.bodies import MOST
from inspector.carriers.http.talk import HttpTalk
from protocol import UNDEFINED
from tests.inspector.carriers.http.written import (
    CHUNKED,
    EVENTS,
    answered,
    asked,
    began,
    chunks,
    read,
    said,
)
from tests.inspector.conversation import CLIENT, SERVER


def test_responses_answer_requests_in_their_order() -> None:
    turns = [(CLIENT, asked("GET", "/1") + asked("GET", "/2")), (SERVER, answered("1"))]
    assert said(read([*turns, (SERVER, answered("2"))])) == [
        (1, "GET /1", UNDEFINED),
        (2, "GET /2", UNDEFINED),
        (1, "200", 1),
        (2, "200", 2),
    ]


def test_they_do_so_whatever_comes_first_in_the_capture() -> None:
    turns = [(SERVER, answered("1") + answered("2")), (CLIENT, asked("GET", "/1") * 2)]
    assert [each[0] for each in said(read(turns))] == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("method", "head"),
    [
        ("HEAD", began("200 OK", "Content-Length: 5")),
        ("GET", began("304 Not Modified", "Content-Length: 5")),
        ("GET", began("204 No Content")),
    ],
)
def test_some_responses_have_no_body(method: str, head: bytes) -> None:
    turns = [(CLIENT, asked(method)), (SERVER, head), (CLIENT, asked())]
    assert [each[1] for each in said(read([*turns, (SERVER, answered("1"))]))][-1] == (
        "200"
    )


def test_a_body_may_reach_to_the_end_of_the_connection() -> None:
    turns = [(CLIENT, asked()), (SERVER, began() + b'{"a"'), (SERVER, b":1}")]
    assert said(read(turns, ends="close"))[-1] == (1, "200", {"a": 1})
    assert said(read(turns, ends="end"))[-1] == (1, "200…", UNDEFINED)


def test_each_event_of_a_stream_is_a_value() -> None:
    stream = chunks('data: {"n":1}\n\n', 'event: b\ndata: "x"\n', "\n")
    head = began("200 OK", EVENTS, CHUNKED)
    units = read([(CLIENT, asked()), (SERVER, head + stream)])
    assert said(units)[1:] == [
        (1, "200…", {"n": 1}),
        (1, "…", "x"),
        (1, "200", UNDEFINED),
    ]
    assert [unit.begin for unit in units[2:]] == [unit.end for unit in units[1:-1]]


def test_a_long_body_comes_in_parts_of_which_none_is_kept() -> None:
    talk, size = HttpTalk(None, whole=True), 3 * MOST + 5
    units = talk.receive(CLIENT, asked("PUT", "/f", "y" * size), 0)
    assert [type(unit) for unit in units[1:]] == [Errand] * 3
    assert isinstance(units[0], Transfer)
    assert units[-1].end == talk.received(CLIENT)
    for _ in range(3):
        units += talk.receive(SERVER, began("200 OK", f"Content-Length: {9 * MOST}"), 0)
        for _ in range(9):
            units += talk.receive(SERVER, b"z" * MOST, 0)
            assert talk.buffered(SERVER) <= MOST
    assert said(units)[1] == (1, "200", UNDEFINED)


def test_after_a_loss_only_the_one_that_waits_is_answered() -> None:
    talk = HttpTalk(None, whole=True)
    units = talk.receive(CLIENT, asked("GET", "/1"), 0)
    units += talk.receive(SERVER, began("200 OK", "Content-Length: 9") + b"12", 0)
    units += talk.lose(SERVER)
    assert talk.buffered(SERVER) == 0
    units += talk.receive(CLIENT, asked("GET", "/2"), 0)
    units += talk.receive(SERVER, answered("2") + answered("3"), 0)
    assert said(units) == [
        (1, "GET /1", UNDEFINED),
        (1, "200…", UNDEFINED),
        (2, "GET /2", UNDEFINED),
        (2, "200", 2),
        (-1, "200", 3),
    ]


def test_the_one_that_waits_is_answered_after_a_loss_too() -> None:
    talk = HttpTalk(None, whole=True)
    talk.receive(CLIENT, asked("GET", "/1"), 0)
    talk.lose(SERVER)
    assert said(talk.receive(SERVER, answered("1"), 0)) == [(1, "200", 1)]


def test_of_several_that_wait_after_a_loss_none_is_answered() -> None:
    talk = HttpTalk(None, whole=True)
    talk.receive(CLIENT, asked("GET", "/1") + asked("GET", "/2"), 0)
    talk.lose(SERVER)
    units = talk.receive(SERVER, answered("2"), 0)
    units += talk.receive(CLIENT, asked("GET", "/3"), 0)
    units += talk.receive(SERVER, answered("3"), 0)
    assert [each[0] for each in said(units)] == [-1, 3, -2]


def test_a_request_whose_body_lacks_is_told_without_it() -> None:
    talk = HttpTalk(None, whole=True)
    talk.receive(CLIENT, asked("POST", "/1", "1" * 99)[:-9], 0)
    assert said(talk.lose(CLIENT)) == [(1, "POST /1", UNDEFINED)]


@pytest.mark.parametrize(
    "turns",
    [
        [(CLIENT, asked("CONNECT", "a:1")), (SERVER, began("200 OK"))],
        [
            (CLIENT, asked("GET", "/", "", "Upgrade: h2c")),
            (SERVER, began("101 Switching Protocols", "Upgrade: h2c")),
        ],
    ],
)
def test_what_follows_an_upgrade_is_not_read(turns: list[tuple[int, bytes]]) -> None:
    units = read([*turns, (CLIENT, asked()), (SERVER, answered("1"))])
    assert len(said(units)) == 2
    assert [type(unit) for unit in units[2:]] == [Skipped, Skipped]


@pytest.mark.parametrize(
    "data",
    [
        b"NOT HTTP\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: " + b"b" * (1 << 15),
        answered("1"),
        b"GET / FTP/1.1\r\n\r\n",
    ],
)
def test_what_is_no_message_ends_the_reading_of_a_side(data: bytes) -> None:
    units = read([(CLIENT, asked()), (CLIENT, data), (CLIENT, asked())])
    assert [type(unit) for unit in units[1:]] == [Skipped, Skipped]


def test_a_chunk_that_is_none_leaves_the_status() -> None:
    head = began("500 Internal Server Error", CHUNKED)
    units = read([(CLIENT, asked()), (SERVER, head + b"2\r\nabc\r\n" + answered())])
    assert said(units)[1][:2] == (1, "500…")
    assert isinstance(units[-1], Skipped)


def test_responses_that_others_follow_are_idle() -> None:
    units = read(
        [(CLIENT, asked()), (SERVER, began("103 Early Hints") + answered("1"))]
    )
    assert [type(unit) for unit in units].count(Idle) == 1
    assert said(units)[-1] == (1, "200", 1)


def test_an_empty_line_between_two_messages_is_idle() -> None:
    units = read([(CLIENT, asked() + b"\r\n" + asked())])
    assert [each[0] for each in said(units)] == [1, 2]
    assert isinstance(units[1], Idle)


def test_a_response_alone_shows_the_client() -> None:
    talk = HttpTalk(None, whole=False)
    assert said(talk.receive(CLIENT, answered("1"), 0)) == [(-1, "200", 1)]
    assert talk.client == SERVER
