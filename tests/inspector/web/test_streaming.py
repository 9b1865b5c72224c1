"""Server-sent events, spelled as the standard has them, to whoever takes them."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING, Any

from inspector.web.board import Board
from inspector.web.streaming import EventStream
from tests.inspector.web.viewers import Viewer, asked, port

if TYPE_CHECKING:
    from collections.abc import MutableMapping


def test_events_are_lines_with_an_end_and_come_in_pieces() -> None:
    board = Board()
    with port(board) as where:
        with closing(Viewer(where)) as viewer:
            assert viewer.response.status == 200
            assert viewer.response.headers["Content-Type"].startswith("text/event-s")
            board.publish(b'{"text":"\\n%s"}' % (b"x" * 200_000), b"{}")
            text = viewer.event().data["text"]
            board.end()
            assert viewer.rest() == b"\nevent: end\ndata: {}\n\n"
        head = asked(where, "/events", "HEAD")
    assert text == "\n" + "x" * 200_000
    assert (head.status, head.text) == (200, "")


def test_a_viewer_that_takes_nothing_is_let_go() -> None:
    async def look() -> int:
        board = Board()
        board.serve_on(asyncio.get_running_loop())

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.body":
                await asyncio.Event().wait()  # as a full socket makes it

        async def receive() -> MutableMapping[str, Any]:
            await asyncio.Event().wait()
            raise AssertionError

        stream = EventStream(board, stalled_s=0.01)
        serving = asyncio.ensure_future(stream({"method": "GET"}, receive, send))
        await asyncio.sleep(0)
        assert board.viewers == 1
        board.publish(b"{}", b"{}")
        await serving
        return board.viewers

    assert asyncio.run(look()) == 0
