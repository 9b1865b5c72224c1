from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from protocol import UNDEFINED, Json
from servers import RpcError, Service
from tests.servers.peers import Peer, frame, peer_of, request, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


async def _bodies(handler: Callable[..., Json], replies: int) -> list[str]:
    service = Service()
    service.message("s")(handler)
    async with peer_of(service) as peer:
        await peer.ask(request("s"), replies)
        await asyncio.sleep(0.02)
        return peer.bodies


async def test_an_end_without_waiting_is_merged_with_the_last_value() -> None:
    async def values() -> AsyncIterator[int]:
        for value in range(3):
            await asyncio.sleep(0.001)
            yield value

    assert await _bodies(values, 3) == [
        '{"response":0,"id":"1"}',
        '{"response":1,"id":"1"}',
        '{"response":2,"isDisposed":true,"id":"1"}',
    ]


async def test_an_end_after_waiting_comes_alone() -> None:
    async def values() -> AsyncIterator[str]:
        yield "v"
        await asyncio.sleep(0.005)

    assert await _bodies(values, 2) == [
        '{"response":"v","id":"1"}',
        '{"isDisposed":true,"id":"1"}',
    ]


async def test_a_plain_generator_is_a_stream_too() -> None:
    def values() -> Iterator[int]:
        yield from range(200)

    bodies = await _bodies(values, 200)

    assert len(bodies) == 200
    assert bodies[198] == '{"response":198,"id":"1"}'
    assert bodies[199] == '{"response":199,"isDisposed":true,"id":"1"}'


async def test_no_value_is_one_reply() -> None:
    def nothing() -> Iterator[int]:
        yield from ()

    async def nothing_later() -> AsyncIterator[int]:
        for value in list[int]():
            yield value

    for handler in (nothing, nothing_later):
        assert await _bodies(handler, 1) == ['{"isDisposed":true,"id":"1"}']


async def test_undefined_items_have_no_response() -> None:
    async def values() -> AsyncIterator[Json]:
        for value in (UNDEFINED, None, UNDEFINED):
            await asyncio.sleep(0.001)
            yield value

    assert await _bodies(values, 3) == [
        '{"id":"1"}',
        '{"response":null,"id":"1"}',
        '{"isDisposed":true,"id":"1"}',
    ]


@pytest.mark.parametrize("error", ["raised", "unsayable"])
async def test_an_error_in_the_middle_follows_the_values(
    error: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    cleaned: list[str] = []

    def values() -> Iterator[Json]:
        try:
            yield 1
            yield 2
            if error == "unsayable":
                yield object()
            raise RpcError("mid")
        finally:
            cleaned.append("up")

    message = "mid" if error == "raised" else "Internal server error"
    assert await _bodies(values, 3) == [
        '{"response":1,"id":"1"}',
        '{"response":2,"id":"1"}',
        f'{{"err":{{"status":"error","message":"{message}"}},"isDisposed":true,"id":"1"}}',
    ]
    assert cleaned == ["up"]


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
    await asyncio.wait_for(cleaned.wait(), 5)


async def test_the_stream_of_an_event_runs_to_its_end_without_its_sender() -> None:
    service, seen = Service(), list[int]()

    @service.event("work")
    async def work() -> AsyncIterator[None]:
        for value in range(3):
            await asyncio.sleep(0.02)
            seen.append(value)
            yield

    async with service.listen("127.0.0.1", 0) as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(frame({"pattern": "work", "data": 1}))
        await writer.drain()
        writer.close()
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
        await asyncio.sleep(0.3)
        waiting = made
        assert waiting < 200  # 20 MB: what the two ends' buffers hold at most
        while made < waiting + 100:
            await reader.read(100_000)
        writer.close()
