"""A NATS server that says what a test wants, and keeps what it is told."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from servers.nats.connecting import Settings, connect
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from servers.nats.connecting import Link
    from servers.nats.operations import Arrived


class ScriptedServer:
    """A server for one connection.

    Attributes:
        told: The lines that it was told.
        lost: The causes with which the connection was lost.
        heard: The messages for ``a``.
        link: The connection, ours.
    """

    link: Link

    def __init__(self) -> None:
        self.told: list[bytes] = []
        self.lost: list[Exception | None] = []
        self.heard: list[Arrived] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self._writer: asyncio.StreamWriter | None = None

    def say(self, data: bytes) -> None:
        """Send bytes."""
        assert self._writer is not None
        self._writer.write(data)

    async def say_in_pieces(self, data: bytes) -> None:
        """Send bytes, each of which comes alone."""
        for at in range(len(data)):
            self.say(data[at : at + 1])
            await asyncio.sleep(0.001)

    def hang_up(self) -> None:
        """End the connection."""
        assert self._writer is not None
        self._writer.transport.abort()

    async def until_told(self, line: bytes) -> None:
        """Wait until it has been told something."""
        await until(lambda: line in self.told)

    async def answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve a connection: say who it is, and answer each PING."""
        self._writer = writer
        writer.write(b'INFO {"max_payload":1048576,"headers":true}\r\n')
        try:
            while line := await reader.readline():
                self.told.append(line.rstrip(b"\r\n"))
                if line == b"PING\r\n":
                    writer.write(b"PONG\r\n")
                await self.reading.wait()
        except (OSError, ValueError):  # a line that is too long
            pass
        finally:
            writer.close()


@asynccontextmanager
async def scripted() -> AsyncIterator[ScriptedServer]:
    """Start a server, connect to it, and subscribe to ``a``."""
    script = ScriptedServer()
    listening = await asyncio.start_server(script.answer, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    settings = Settings("nats", [f"nats://127.0.0.1:{port}"], "", {}, {})
    script.link = link = await connect(settings, script.lost.append)
    try:
        await link.subscribe("a", "", script.heard.extend)
        await link.settled()
        yield script
    finally:
        await link.close()
        script.reading.set()
        listening.close()
        await listening.wait_closed()
