"""Connections of a client over real sockets: limits, time, and peers of all kinds."""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import TYPE_CHECKING

import pytest

from servers import Client, ConnectionLostError, Limits, RequestTimeoutError, Service
from tests.servers.peers import Peer, frame, scripted, settle, until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocol import Json


def _answer(peer: Peer, packet: Json) -> None:
    """Do what the data of a request says."""
    if "id" not in packet:
        return
    if isinstance(packet["data"], str) and packet["data"].startswith("raw "):
        peer.write(packet["data"][4:].encode())
    elif packet["data"] == "fin":
        peer.writer.write_eof()
    elif packet["data"] != "silence":
        peer.write(
            frame({"response": packet["data"], "isDisposed": True, "id": packet["id"]})
        )


@pytest.mark.parametrize("data", ["raw abc#", "raw 3#{a}", "raw 5#1#2#3", "fin"])
async def test_every_call_that_waits_fails_when_the_connection_goes(
    data: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with scripted(_answer) as (port, peers), Client("127.0.0.1", port) as nest:
        waiting = [asyncio.ensure_future(nest.send("p", "silence")) for _ in range(5)]
        await until(lambda: nest.pending == 5)
        with pytest.raises(ConnectionLostError, match=f"127.0.0.1:{port}"):
            await nest.send("p", data)
        for call in waiting:
            with pytest.raises(ConnectionLostError):
                await call
        assert await nest.send("p", "again") == "again"
        await until(lambda: len(peers) == 2)

    broken = data.startswith("raw")
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * broken


async def test_ids_are_matched_exactly() -> None:
    def answer(peer: Peer, packet: Json) -> None:
        name = packet["id"]
        for near in (name[:-1], name + "0", name.upper() + "X", 5, None, {"a": 1}):
            peer.write(frame({"response": "wrong", "isDisposed": True, "id": near}))
        peer.write(frame({"response": "right", "isDisposed": True, "id": name}))

    async with scripted(answer) as (port, _), Client("127.0.0.1", port) as nest:
        assert await nest.send("p", 1) == "right"
        assert nest.unclaimed_replies == 6


async def test_packets_that_are_not_replies_are_unclaimed() -> None:
    def answer(peer: Peer, packet: Json) -> None:
        for odd in ({}, 5, None, [1], {"custom": "push"}, {"response": 5}, "text"):
            peer.write(frame(odd))
        peer.write(frame({"response": 1, "isDisposed": True, "id": packet["id"]}))

    async with scripted(answer) as (port, _), Client("127.0.0.1", port) as nest:
        assert await nest.send("p", 1) == 1
        assert nest.unclaimed_replies == 7


async def test_a_late_reply_is_counted_and_dropped() -> None:
    gate = asyncio.Event()

    async def answer(peer: Peer, packet: Json) -> None:
        await gate.wait()
        peer.write(
            frame({"response": packet["data"], "isDisposed": True, "id": packet["id"]})
        )

    async with scripted(answer) as (port, _), Client("127.0.0.1", port) as nest:
        await nest.connect()
        with pytest.raises(RequestTimeoutError):
            await nest.send("p", "late", timeout=0.03)
        assert (nest.pending, nest.unclaimed_replies) == (0, 0)
        gate.set()
        assert await nest.send("p", "next") == "next"
        assert nest.unclaimed_replies == 1
    assert nest.unclaimed_replies == 1


async def test_a_server_silent_inside_a_frame_is_left() -> None:
    limits = Limits(partial_frame=0.1)
    async with (
        scripted(_answer) as (port, _),
        Client("127.0.0.1", port, limits=limits) as nest,
    ):
        with pytest.raises(ConnectionLostError, match="inside a frame"):
            await nest.send("p", "raw 100#{")


async def test_a_reply_above_the_limit_ends_the_connection() -> None:
    limits = Limits(frame=1_000)
    async with (
        scripted(_answer) as (port, _),
        Client("127.0.0.1", port, limits=limits) as nest,
    ):
        with pytest.raises(ConnectionLostError, match="above the limit of 1,000"):
            await nest.send("p", "x" * 1_000)
        assert await nest.send("p", "short") == "short"


async def test_closing_fails_calls_that_wait() -> None:
    async with scripted(_answer) as (port, _):
        async with Client("127.0.0.1", port) as nest:
            waiting = asyncio.ensure_future(nest.send("p", "silence"))
            await until(lambda: nest.pending == 1)
        with pytest.raises(ConnectionLostError):
            await waiting
        await settle()


async def _objects_left(nest: Client, timeouts: Sequence[float | None]) -> int:
    """Return how many objects are left by calls with these timeouts."""
    gc.collect()
    before = len(gc.get_objects())
    for n in range(0, len(timeouts), 100):
        await asyncio.gather(
            *(nest.send("echo", 0, timeout=each) for each in timeouts[n : n + 100])
        )
    gc.collect()
    return len(gc.get_objects()) - before


async def test_answered_calls_with_timeouts_of_their_own_leave_nothing() -> None:
    service = Service()
    service.message("echo")(lambda data: data)
    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        await nest.send("echo", 0)
        without = await _objects_left(nest, [None] * 20_000)
        with_own = await _objects_left(nest, [30 + n / 1_000 for n in range(20_000)])

    # A queue and a timer each would be 60,000. Of the 100 calls in flight at once the
    # queues may be left; asyncio removes cancelled timers when they are half of all.
    # What earlier tests left may go while the calls are made: fewer objects than at
    # the beginning say nothing about a call.
    assert with_own - max(without, 0) < 2_000
