"""The socket between a broker and aiormq, with a server that says what it is to."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pamqp import commands, frame
from yarl import URL

from servers.rabbitmq.frames import HEARTBEAT, Confirmed, Taken, acknowledged
from servers.rabbitmq.passage import Passage
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_CONFIRM = frame.marshal(commands.Basic.Ack(1), 1)


@asynccontextmanager
async def _connected(
    taken: list[Taken],
) -> AsyncIterator[
    tuple[Passage, asyncio.StreamReader, asyncio.StreamReader, asyncio.StreamWriter]
]:
    accepted: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
        asyncio.Queue()
    )

    async def accept(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        accepted.put_nowait((reader, writer))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    passage = Passage(taken.extend)
    url = URL(f"amqp://127.0.0.1:{port}")
    reader, _ = await passage.create(url, ssl_context_provider=None)
    theirs, writer = await accepted.get()
    yield passage, reader, theirs, writer
    passage.abort()
    writer.close()
    server.close()


async def test_messages_are_taken_and_the_rest_is_passed_on() -> None:
    taken: list[Taken] = []
    async with _connected(taken) as (_, reader, _, writer):
        rest = frame.marshal(commands.Channel.CloseOk(), 1)
        writer.write(_CONFIRM + rest + _CONFIRM)
        assert await reader.readexactly(len(rest)) == rest
        await until(lambda: len(taken) == 2)

    assert taken == [Confirmed(1, multiple=False, accepted=True)] * 2


async def test_aiormq_hears_a_heartbeat_where_only_messages_come() -> None:
    taken: list[Taken] = []
    async with _connected(taken) as (_, reader, _, writer):
        writer.write(_CONFIRM)
        assert await reader.readexactly(len(HEARTBEAT)) == HEARTBEAT


async def test_aiormq_hears_nothing_of_half_a_frame() -> None:
    async with _connected([]) as (_, reader, _, writer):
        rest = frame.marshal(commands.Channel.CloseOk(), 1)
        writer.write(rest[:5])
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(rest[5:])
        assert await reader.readexactly(len(rest)) == rest


async def test_what_is_written_goes_out_whole() -> None:
    async with _connected([]) as (passage, _, theirs, _):
        passage.write(acknowledged(1, 1))
        await passage.drained()
        assert len(await theirs.readexactly(21)) == 21


async def test_nothing_is_read_while_it_is_held() -> None:
    taken: list[Taken] = []
    async with _connected(taken) as (passage, reader, _, writer):
        passage.hold()
        assert await reader.readexactly(len(HEARTBEAT)) == HEARTBEAT  # once, at once
        writer.write(_CONFIRM)
        await writer.drain()
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert taken == []
        passage.resume()
        await until(lambda: taken)


async def test_a_frame_that_is_cut_short_ends_the_connection() -> None:
    async with _connected([]) as (_, reader, _, writer):
        writer.write(b"\1\0\1\0\0\0\1\0\xce")  # a method without a number
        assert await reader.read() == b""
