"""Streams over real connections: whose readers go, are slow, or are not alone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from servers import Service
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
