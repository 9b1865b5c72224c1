"""Clients that close and are used again, while the end of the old connection is late.

The server is neither Nest nor ours: it keeps the old connection half open until the
new one has a call, which is what Nest's own test does.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from servers import Client
from tests.interop.application import Application
from tests.interop.nests import VERSIONS
from tests.interop.pairs import WE_ARE_CALLED, WE_CALL, Ours, Pair, opened
from tests.servers.peers import frame, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from protocol import Json
    from tests.interop.nests import Nests

_VALUES = [["value", "a"], ["value", "b"], ["end"]]


class _HalfOpen:
    """Connections of which the first is closed by hand.

    Attributes:
        writers: One for each connection, in the order in which they came.
        requests: What arrived, as bytes.
        left: Connections of which the client has closed its half.
    """

    def __init__(self) -> None:
        self.writers: list[asyncio.StreamWriter] = []
        self.requests: list[bytes] = []
        self.left = 0

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.writers.append(writer)
        while data := await reader.read(65_536):
            self.requests.append(data)
        self.left += 1
        if writer is not self.writers[0]:
            writer.close()

    def answer(self) -> None:
        """Stream two values to the last request, over the newest connection."""
        identity = self.requests[-1].split(b'"id":"')[1].split(b'"')[0].decode()
        replies: list[Json] = [{"response": "a"}, {"response": "b"}]
        for reply in (*replies, {"isDisposed": True}):
            self.writers[-1].write(frame({"id": identity, **reply}))


@asynccontextmanager
async def _half_open() -> AsyncIterator[tuple[int, _HalfOpen]]:
    server = _HalfOpen()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1], server
    finally:
        listening.close()
        for writer in server.writers:
            writer.close()
        await until(lambda: server.left == len(server.writers))


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_late_end_of_an_old_connection_of_nest(
    version: str, nests: Nests
) -> None:
    nest = nests[version]
    async with _half_open() as (port, server), opened(nest, port) as caller:
        await caller.emit("event", 1)
        await until(lambda: server.requests)
        await nest.do("close", client=caller.number)
        await until(lambda: server.left == 1)
        call = asyncio.ensure_future(caller.observe("stream", {}))
        await until(lambda: len(server.requests) == 2)
        server.writers[0].close()
        await nest.do("turn")
        server.answer()

        # Up to Nest 11, a connection that ends takes the calls of its successor along.
        lost = [["error", "Connection closed"]]
        assert await call == (_VALUES if version == "v12" else lost)


async def test_the_late_end_of_an_old_connection_of_ours() -> None:
    async with _half_open() as (port, server):
        client = Client("127.0.0.1", port)
        await client.emit("event", 1)
        await until(lambda: server.requests)
        closing = asyncio.ensure_future(client.aclose())
        await until(lambda: server.left == 1)
        async with client:
            call = asyncio.ensure_future(Ours(client).observe("stream", {}))
            await until(lambda: len(server.requests) == 2)
            server.writers[0].close()
            await closing
            server.answer()
            assert await call == _VALUES


@pytest.mark.parametrize("name", WE_ARE_CALLED)
async def test_a_client_of_nest_that_was_closed_calls_us_again(
    name: str, nests: Nests
) -> None:
    nest = Pair.of(name, nests).nest
    async with (
        Application().service.listen("127.0.0.1", 0, grace=0) as server,
        opened(nest, server.port) as caller,
    ):
        for n in range(3):
            assert await caller.observe("echo", n) == [["value", n], ["end"]]
            await nest.do("close", client=caller.number)
            await until(lambda: not server.connections)
            await nest.do("turn")  # or the late end would take the next call along
        assert server.accepted == 3


@pytest.mark.parametrize("name", WE_CALL)
async def test_our_client_that_was_closed_calls_nest_again(
    name: str, nests: Nests
) -> None:
    client = Client("127.0.0.1", await Pair.of(name, nests).nest.port())
    for n in range(3):
        async with client:
            assert await client.send("echo", n) == n
    assert client.unclaimed_replies == 0
