"""What a viewer is given next, whatever it has seen."""

from __future__ import annotations

import asyncio

from inspector.web.board import Board, Message


def test_a_viewer_is_given_changes_or_the_whole_if_it_is_far_behind() -> None:
    async def look() -> list[Message | None]:
        board = Board()
        board.serve_on(asyncio.get_running_loop())
        assert board.enter()
        assert board.blank
        waiting = asyncio.ensure_future(board.after(0))
        for number in range(1, 21):
            board.publish(b"w%d" % number, b"c%d" % number)
            await asyncio.sleep(0)
        given = [await waiting]
        given += [await board.after(seen) for seen in (0, 1, 11, 12, 19)]
        board.end()
        await asyncio.sleep(0)
        return [*given, await board.after(20)]

    whole = Message(20, "state", b"w20")
    first, *given = asyncio.run(look())
    assert first == Message(1, "state", b"w1")
    changes = [Message(number, "change", b"c%d" % number) for number in (13, 20)]
    assert given == [whole, whole, whole, *changes, None]


def test_there_is_room_for_so_many_and_none_after_the_end() -> None:
    async def look() -> list[bool]:
        board = Board(max_viewers=2)
        board.serve_on(asyncio.get_running_loop())
        entered = [board.enter() for _ in range(3)]
        board.leave()
        entered.append(board.enter())
        assert board.viewers == 2
        board.leave()
        board.end()
        await asyncio.sleep(0)
        return [*entered, board.enter()]

    assert asyncio.run(look()) == [True, True, False, True, False]


def test_what_nobody_looks_at_is_not_kept_for_the_next() -> None:
    async def look() -> Message | None:
        board = Board()
        board.serve_on(asyncio.get_running_loop())
        board.enter()
        board.publish(b"old", b"")
        await asyncio.sleep(0)
        board.leave()
        assert board.blank
        board.enter()
        waiting = asyncio.ensure_future(board.after(0))
        await asyncio.sleep(0)
        board.publish(b"new", b"")
        return await waiting

    assert asyncio.run(look()) == Message(2, "state", b"new")


def test_nobody_needs_to_be_served_for_something_to_be_published() -> None:
    board = Board()
    board.publish(b"{}", b"{}")
    asyncio.run(_served(board))
    board.publish(b"{}", b"{}")  # the loop has ended
    board.end()
    assert board.blank


async def _served(board: Board) -> None:
    board.serve_on(asyncio.get_running_loop())
