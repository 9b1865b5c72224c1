"""Streams over real connections: whose readers go, are slow, or are not alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from servers import Hooks, Service
from tests.servers.peers import Peer, frame, peer_of, request, steady, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


async def test_a_stream_ends_when_its_reader_is_gone() -> None:
    service, cleaned = Service(), asyncio.Event()

    @service.message("forever")
    async def forever() -> AsyncIterator[int]:
        try:
            while True:
                yield 1
                await asyncio.sleep(0.001)
        finally:
            cleaned.set()

    async with peer_of(service) as peer:
        await peer.ask(request("forever"), 3)
    await asyncio.wait_for(cleaned.wait(), 30)


async def test_the_stream_of_an_event_runs_to_its_end_without_its_sender() -> None:
    service, seen, gone = Service(), list[int](), asyncio.Event()

    @service.event("work")
    async def work() -> AsyncIterator[None]:
        for value in range(3):
            seen.append(value)
            yield
            await gone.wait()

    async with service.listen("127.0.0.1", 0) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(frame({"pattern": "work", "data": 1}))
        await until(lambda: seen == [0])
        (connection,) = server._connections  # noqa: SLF001 — which is to be gone
        writer.close()
        await until(lambda: connection.closed)
        gone.set()
        await until(lambda: seen == [0, 1, 2])


async def test_an_endless_plain_generator_leaves_time_for_others() -> None:
    service = Service()

    @service.message("forever")
    def forever() -> Iterator[int]:
        while True:
            yield 1

    service.message("echo")(lambda data: data)
    async with service.listen("127.0.0.1", 0) as server:
        flooded, other = [await Peer.connect(server.port) for _ in range(2)]
        await flooded.ask(request("forever"), 10)
        for number in range(10):
            (reply,) = await other.ask(request("echo", number))
            assert reply["response"] == number
        await flooded.aclose()
        await other.aclose()
        await until(lambda: not server.in_flight)


async def test_a_stream_goes_no_faster_than_its_reader() -> None:
    service, made = Service(), 0

    @service.message("large")
    async def large() -> AsyncIterator[str]:
        nonlocal made
        for _ in range(1_000):
            made += 1
            yield "x" * 100_000

    async with service.listen("127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", server.port, limit=1024
        )
        writer.write(request("large"))
        waiting = await steady(lambda: made)
        assert waiting < 200  # 20 MB: what the two ends' buffers hold at most
        while made < waiting + 100:
            await reader.read(100_000)
        writer.close()


@pytest.mark.parametrize("hooks", [None, Hooks()])
async def test_a_stream_of_a_coroutine_is_sent_by_its_own_task(
    hooks: Hooks | None,
) -> None:
    service, tasks = Service(hooks=hooks), list[object]()

    async def values() -> AsyncIterator[int]:
        tasks.append(asyncio.current_task())
        yield 1

    @service.message("later")
    async def later() -> AsyncIterator[int]:
        tasks.append(asyncio.current_task())
        return values()

    async with peer_of(service) as peer:
        await peer.ask(request("later"))

    first, second = tasks
    assert first is second


@pytest.mark.parametrize("hooks", [None, Hooks()])
async def test_a_stream_that_begins_when_its_peer_has_left_ends(
    hooks: Hooks | None,
) -> None:
    service, ended = Service(hooks=hooks), asyncio.Event()
    begun, left = asyncio.Event(), asyncio.Event()

    async def endless() -> AsyncIterator[int]:
        try:
            while True:
                yield 1
                await asyncio.sleep(0)
        finally:
            ended.set()

    @service.message("later")
    async def later() -> AsyncIterator[int]:
        begun.set()
        await left.wait()
        return endless()

    async with service.listen("127.0.0.1", 0) as server:
        peer = await Peer.connect(server.port)
        peer.write(request("later"))
        await begun.wait()
        await peer.aclose()
        (connection,) = server._connections  # noqa: SLF001 — whether it is closed
        await until(lambda: connection.closed)
        left.set()
        await ended.wait()
