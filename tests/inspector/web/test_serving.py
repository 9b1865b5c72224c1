"""The port: many viewers, some that stall, and those who ask nothing."""

from __future__ import annotations

import http.client
import select
import socket
import threading
from contextlib import ExitStack, closing

import pytest

from inspector.commands.ports import endpoint_of, listen
from inspector.streams.endpoints import Endpoint
from inspector.web.board import Board
from inspector.web.serving import served
from inspector.web.streaming import EventStream
from tests.inspector.web.viewers import Viewer, asked, idle, port
from tests.patience import PATIENCE

_BIG = b'{"x":"' + b"x" * 4_000_000 + b'"}'


def test_twenty_viewers_see_all_while_some_stall_and_the_run_waits_for_none() -> None:
    board = Board(max_viewers=24)
    before = set(threading.enumerate())
    with port(board) as where, ExitStack() as stack:
        viewers = [stack.enter_context(closing(Viewer(where))) for _ in range(20)]
        stalled = [stack.enter_context(closing(Viewer(where))) for _ in range(4)]
        for each in (*viewers, *stalled):
            assert each.response.status == 200  # its head came, so it looks
        refused = asked(where, "/events")
        board.publish(b'{"n":1}', b"{}")
        seen = [[each.event()] for each in viewers]
        for number in range(2, 5):
            board.publish(_BIG, b'{"n":%d}' % number)
            for each, events in zip(viewers, seen, strict=True):
                events.append(each.event())
        for _ in range(20):  # far more than a stalled viewer's socket holds
            board.publish(_BIG, _BIG)
        latest = [each.event() for each in viewers]
        assert asked(where, "/").status == 200

    assert (refused.status, refused.text) == (
        503,
        "24 viewers look already, and there is room for no more\n",
    )
    for events in seen:
        assert [event.kind for event in events] == ["state", *["change"] * 3]
        assert [event.data["n"] for event in events] == [1, 2, 3, 4]
    assert {event.number for event in latest} <= set(range(5, 25))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(where)
    assert set(threading.enumerate()) == before


def test_a_viewer_that_comes_late_or_falls_behind_is_given_the_latest_whole() -> None:
    board = Board()
    with port(board) as where, closing(Viewer(where)) as first:
        assert first.response.status == 200
        board.publish(b'{"n":1}', b"{}")
        assert first.event().data == {"n": 1}
        with closing(Viewer(where)) as late:
            assert late.event() == (1, "state", {"n": 1})
        board.end()
        assert first.event() == (0, "end", {})
        assert first.rest() == b"\n"
        assert asked(where, "/events").status == 503


def test_a_viewer_that_takes_nothing_has_no_connection_after_a_while() -> None:
    board = Board()
    with listen(Endpoint("127.0.0.1", 0)) as listener:
        where = endpoint_of(listener)
        stream = EventStream(board, stalled_s=0.1)
        with served(listener, stream, board, stalled_s=0.1) as connections:
            with socket.create_connection(where, timeout=PATIENCE) as stalled:
                stalled.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                assert stalled.recv(12) == b"HTTP/1.1 200"
                board.publish(_BIG * 4, b"{}")
                gone = select.poll()
                gone.register(stalled, 0)  # nothing but the end is waited for
                assert gone.poll(PATIENCE * 1000)
            assert not connections
            assert board.viewers == 0


def test_those_who_ask_nothing_keep_nobody_from_an_answer_for_long() -> None:
    with port(Board()) as where:
        waiting = [idle(where) for _ in range(160)]
        waiting[0].sendall(b"\0\xff\r\n\r\n")
        # There is no room for all of them.
        closed = [_is_closed(each) for each in waiting[140:]]
        for each in waiting:
            each.close()
        status = 0
        while status != 200:
            try:
                status = asked(where, "/").status
            except (http.client.HTTPException, OSError):
                continue  # those that left are still being noticed
    assert all(closed)


def _is_closed(peer: socket.socket) -> bool:
    try:
        return peer.recv(1) == b""
    except ConnectionResetError:
        return True
