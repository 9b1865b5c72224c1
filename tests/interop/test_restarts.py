"""A server that goes while it is working, and one that comes after it on its port."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from servers import Client, ConnectError, ConnectionLostError
from tests.interop.application import Application
from tests.interop.nests import VERSIONS, Nest
from tests.interop.pairs import WE_ARE_CALLED, Notes, Pair, Theirs, opened
from tests.servers.peers import settle, until

if TYPE_CHECKING:
    from tests.interop.nests import Nests

_LOST = [["error", "Connection closed"]]  # what Nest's clients tell


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_nest_that_is_killed_and_started_again(version: str) -> None:
    with ExitStack() as stack:
        nest = stack.enter_context(Nest.start(version))
        port = await nest.port()
        async with Client("127.0.0.1", port, timeout=60) as client:
            statuses = client.statuses()
            call = asyncio.ensure_future(client.send("wait", 0))
            stream = client.stream("stream.endless", 0)
            assert [await anext(stream) for _ in range(3)] == [0, 1, 2]
            nest.kill()

            with pytest.raises(ConnectionLostError):
                await call
            with pytest.raises(ConnectionLostError):
                _ = [value async for value in stream]
            with pytest.raises(ConnectError):
                await client.send("echo", "nobody listens")
            assert client.pending == 0

            again = stack.enter_context(Nest.start(version))
            await again.do("listen", port=port)
            assert await client.send("echo", "again") == "again"
            states = [(await anext(statuses)).state for _ in range(7)]
            assert states == [
                "disconnected",
                "connecting",
                "connected",
                "disconnected",
                "connecting",
                "disconnected",
                "connecting",
            ]
            assert (await anext(statuses)).state == "connected"


@pytest.mark.parametrize("name", WE_ARE_CALLED)
async def test_a_service_of_ours_that_stops_and_listens_again(
    name: str, nests: Nests
) -> None:
    nest = Pair.of(name, nests).nest
    async with Application().service.listen("127.0.0.1", 0) as server:
        port = server.port
        async with opened(nest, port) as caller:
            calls = await _under_way(caller)
            await until(lambda: server.in_flight == 3)  # one was left
            await server.stop(grace=0)
            call, stream = await asyncio.gather(*calls)
            assert call == _LOST
            assert stream[-1:] == _LOST
            assert len(stream) > 1

            refused = await caller.observe("echo", "nobody listens")
            assert "ECONNREFUSED" in refused[0][1]
            async with Application().service.listen("127.0.0.1", port, grace=0):
                again = await caller.observe("echo", "again")
                assert again == [["value", "again"], ["end"]]


@pytest.mark.parametrize("name", WE_ARE_CALLED)
async def test_a_service_of_ours_that_stops_with_grace_answers_first(
    name: str, nests: Nests
) -> None:
    nest = Pair.of(name, nests).nest
    application = Application()
    application.gate.clear()
    async with (
        application.service.listen("127.0.0.1", 0) as server,
        opened(nest, server.port) as caller,
    ):
        call = asyncio.ensure_future(caller.observe("stream.slow", 20))
        await until(lambda: server.in_flight == 1)
        stopping = asyncio.ensure_future(server.stop(grace=60))
        await settle()
        application.gate.set()
        await stopping
        assert await call == [*(["value", n] for n in range(20)), ["end"]]


async def _under_way(caller: Theirs) -> list[asyncio.Task[Notes]]:
    """Begin a call that is never answered, and a stream, and see values of it."""
    call = asyncio.create_task(caller.observe("wait", 0))
    stream = asyncio.create_task(caller.observe("stream.endless", 0))
    assert len(await caller.observe("stream.endless", 0, first=3)) == 4
    return [call, stream]
