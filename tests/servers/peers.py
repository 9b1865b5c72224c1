"""The other side of a socket, byte by byte, and ways to wait for what must happen."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Self

from protocol import FrameDecoder, Json, dumps, encode_frame
from tests.patience import PATIENCE

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable

    from servers import Service

_SETTLE = 0.03  # seconds for what must not happen
_STEADY = 10  # looks that find a number as it was


async def until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds; fail if that takes too long."""
    end = asyncio.get_running_loop().time() + PATIENCE
    while not condition():
        assert asyncio.get_running_loop().time() < end, "this never happened"
        await asyncio.sleep(0.002)


async def steady(number: Callable[[], int]) -> int:
    """Return a number once it has grown and then stopped changing."""
    before = looks = 0
    while not before or looks < _STEADY:
        looks = looks + 1 if number() == before else 0
        before = number()
        await settle()
    return before


async def settle() -> None:
    """Give what must not happen the time to happen."""
    await asyncio.sleep(_SETTLE)


def frame(packet: Json) -> bytes:
    """Return a packet as a frame."""
    return encode_frame(dumps(packet))


def request(pattern: Json, data: Json = 0, identity: Json = "1") -> bytes:
    """Return a request as a frame."""
    return frame({"pattern": pattern, "data": data, "id": identity})


class Peer:
    """One end of a connection, which keeps the frames that arrive."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.bodies: list[str] = []
        self.closed = False
        self.writer = writer
        self._reader = reader
        self._decoder = FrameDecoder()
        self._reading = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    async def connect(cls, port: int, tls: ssl.SSLContext | None = None) -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", port, ssl=tls))

    @property
    def packets(self) -> list[Json]:
        return [json.loads(body) for body in self.bodies]

    def write(self, data: bytes) -> None:
        self.writer.write(data)

    async def ask(self, data: bytes, replies: int = 1) -> list[Json]:
        """Write, and return the packets that arrive."""
        known = len(self.bodies)
        self.write(data)
        await until(lambda: len(self.bodies) >= known + replies or self.closed)
        return self.packets[known:]

    async def aclose(self) -> None:
        self._reading.cancel()
        await asyncio.wait([self._reading])
        self.writer.close()
        with suppress(OSError):  # the other side was first, and rough
            await self.writer.wait_closed()

    async def _read(self) -> None:
        with suppress(OSError):
            while data := await self._reader.read(65_536):
                self._decoder.receive_data(data)
                while (found := self._decoder.next_frame()) is not None:
                    self.bodies.append(found.text)
        self.closed = True


@asynccontextmanager
async def peer_of(service: Service) -> AsyncIterator[Peer]:
    """Run a service, and return a raw connection to it."""
    async with service.listen("127.0.0.1", 0) as server:
        peer = await Peer.connect(server.port)
        try:
            yield peer
        finally:
            await peer.aclose()


@asynccontextmanager
async def scripted(
    script: Callable[[Peer, Json], Awaitable[None] | None],
) -> AsyncIterator[tuple[int, list[Peer]]]:
    """Listen, and act on every packet; return the port and the peers."""
    peers: list[Peer] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        peers.append(peer)
        seen = 0
        while not peer.closed or seen < len(peer.bodies):
            while seen < len(peer.bodies):
                seen += 1
                acted = script(peer, json.loads(peer.bodies[seen - 1]))
                if acted is not None:
                    await acted
            await asyncio.sleep(0.001)
        writer.close()  # as every server does whose client has closed its half

    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.get_running_loop().create_task(serve(reader, writer)))

    listening = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1], peers
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        for peer in peers:
            await peer.aclose()
        if tasks:
            await asyncio.wait(tasks)
