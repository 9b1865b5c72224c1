"""What stands between clients and a server, and does to bytes what networks do."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_NOW = struct.pack("ii", 1, 0)
"""SO_LINGER: closing resets the connection."""


class _Passage:
    """One connection of a client, and the one to the server that goes with it."""

    def __init__(self, proxy: Proxy, *writers: asyncio.StreamWriter) -> None:
        self.proxy = proxy
        self.cut_by_reset: bool | None = None
        self.writers = writers

    async def carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Pass bytes on in one direction, until it ends or is cut in mid frame."""
        with suppress(OSError):
            while data := await reader.read(4_096):
                if self.proxy.latency:
                    await asyncio.sleep(self.proxy.latency)
                if self.cut_by_reset is not None:
                    writer.write(data[: len(data) // 2])
                    break
                writer.write(data)
                await writer.drain()
        self.close()

    def close(self) -> None:
        """Close both connections, in the way that is wanted."""
        for writer in self.writers:
            if self.cut_by_reset and not writer.is_closing():
                ours: socket.socket = writer.get_extra_info("socket")
                ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOW)
                writer.transport.abort()
            writer.close()


class Proxy:
    """A port from which all goes to another.

    Attributes:
        latency: Seconds by which every piece is late.
        cuts: Connections that were cut so far.
    """

    def __init__(self, port: int) -> None:
        self.latency = 0.0
        self.cuts = 0
        self._port = port
        self._passages: set[_Passage] = set()

    @classmethod
    @asynccontextmanager
    async def to(cls, port: int) -> AsyncIterator[tuple[Proxy, int]]:
        """Give a proxy, and its port."""
        proxy, tasks = cls(port), set[asyncio.Task[None]]()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.add(task := asyncio.create_task(proxy._pass(reader, writer)))
            task.add_done_callback(tasks.discard)

        listening = await asyncio.start_server(accept, "127.0.0.1", 0)
        try:
            yield proxy, listening.sockets[0].getsockname()[1]
        finally:
            listening.close()
            for task in tasks.copy():
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def cut(self, *, reset: bool) -> None:
        """Cut every connection in the middle of what it carries next.

        Args:
            reset: Whether by RST, rather than by FIN.
        """
        for passage in self._passages:
            passage.cut_by_reset = reset
            self.cuts += 1

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        passage = _Passage(self, writer, back)
        self._passages.add(passage)
        try:
            await asyncio.gather(
                passage.carry(reader, back), passage.carry(there, writer)
            )
        finally:
            self._passages.discard(passage)
            passage.close()
            for each in (writer, back):
                with suppress(OSError):
                    await each.wait_closed()
