"""What stands between a client and a server, and cuts their bytes into small pieces."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_SIZES = (1, 2, 3, 5, 12, 1, 7, 4, 11, 6, 9, 10, 8)  # bytes, again and again


@asynccontextmanager
async def cutting(port: int) -> AsyncIterator[int]:
    """Give a port from which all goes to another, and back, in pieces of 1 to 12."""
    tasks: set[asyncio.Task[None]] = set()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))
        finally:
            for each in (writer, back):
                each.close()
                with suppress(OSError):
                    await each.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(relay(reader, writer)))

    listening = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    sizes = itertools.cycle(_SIZES)
    with suppress(OSError):
        while data := await reader.read(4_096):
            while data:
                size = next(sizes)
                writer.write(data[:size])  # one packet: asyncio sets NODELAY
                data = data[size:]
                await asyncio.sleep(0)
    writer.close()
