"""Replies that are on their way when a connection closes arrive, whatever is unread."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

import pytest

from servers import Limits, Service, client_tls, server_tls
from tests.patience import PATIENCE
from tests.servers.certificates import Certificates
from tests.servers.peers import frame, request, settle, until

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

_LARGE = 2_000_000
_MORE = request("echo", "x" * 1_000) * 100
"""What a client writes that does not know yet that the server stops."""


class SlowReader:
    """A client that goes on writing, and reads when it is told to."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader, self.writer = reader, writer
        self._writing: asyncio.Task[None] | None = None

    @classmethod
    async def connect(cls, port: int, tls: ssl.SSLContext | None) -> SlowReader:
        own = socket.socket()
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        own.setblocking(False)  # noqa: FBT003 — its signature
        await asyncio.get_running_loop().sock_connect(own, ("127.0.0.1", port))
        name = None if tls is None else "127.0.0.1"
        streams = await asyncio.open_connection(
            sock=own, limit=4096, ssl=tls, server_hostname=name
        )
        return cls(*streams)

    def go_on_writing(self) -> None:
        self._writing = asyncio.ensure_future(self._write())

    async def rest(self) -> bytes:
        """Return what arrives until the server has closed its half."""
        parts = []
        while part := await self.reader.read(65_536):
            parts.append(part)
        return b"".join(parts)

    async def aclose(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait([self._writing])
        self.writer.close()

    async def _write(self) -> None:
        while not self.writer.is_closing():
            self.writer.write(_MORE)
            await self.writer.drain()
            await asyncio.sleep(0)


def _service(gate: asyncio.Event, limits: Limits | None = None) -> Service:
    service = Service(limits=limits)
    service.message("echo")(lambda data: data)

    @service.message("large")
    async def large() -> str:
        await gate.wait()
        return "x" * _LARGE

    return service


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
async def test_a_reply_is_read_to_its_end_while_the_client_goes_on_calling(
    secure: bool,  # noqa: FBT001 — a parameter of the test
    tmp_path: Path,
) -> None:
    server_side = client_side = None
    if secure:
        files = Certificates.issued(tmp_path)
        server_side = server_tls(files.server, files.server_key)
        client_side = client_tls(authority=files.authority)
    gate = asyncio.Event()
    service = _service(gate, Limits(closing=PATIENCE))
    async with service.listen("127.0.0.1", 0, tls=server_side) as server:
        client = await SlowReader.connect(server.port, client_side)
        client.writer.write(request("large", 0, "the last"))
        await until(lambda: server.in_flight == 1)
        stopping = asyncio.ensure_future(server.stop(grace=PATIENCE))
        client.go_on_writing()
        await settle()
        gate.set()
        await until(lambda: not server.in_flight)
        await settle()
        received = await client.rest()
        await client.aclose()
        await stopping

    assert received == frame(
        {"response": "x" * _LARGE, "isDisposed": True, "id": "the last"}
    )


async def test_a_connection_that_was_reset_a_moment_ago_is_closed_all_the_same() -> (
    None
):
    service = _service(asyncio.Event())
    async with service.listen("127.0.0.1", 0) as server:
        own = socket.create_connection(("127.0.0.1", server.port))
        own.sendall(request("echo"))
        await until(lambda: server.connections)
        await settle()
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        own.close()  # with a RST, of which the event loop has not heard yet
        await server.stop(grace=PATIENCE)

    assert not server.connections
