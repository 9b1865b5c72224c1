from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING

import pytest

from captures.brokers import NatsServer
from servers import ConnectError
from servers.nats.connecting import Settings, connect
from tests.servers.certificates import Certificates
from tests.servers.peers import until

if TYPE_CHECKING:
    from pathlib import Path


def _settings(url: str, **options: object) -> Settings:
    return Settings("nats", [url], "", {}, options)


def _ignore(_: Exception | None) -> None:
    """Note nothing."""


async def test_where_nobody_listens_there_is_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(ConnectError) as caught:
        await connect(_settings(f"nats://127.0.0.1:{port}"), _ignore)

    assert str(caught.value) == "cannot connect to nats: Connection refused"


async def test_a_server_that_refuses_says_why() -> None:
    with NatsServer({"authorization": {"user": "u", "password": "secret"}}) as server:
        for options in ({}, {"user": "u", "password": "wrong"}):
            with pytest.raises(ConnectError) as caught:
                await connect(_settings(server.url, **options), _ignore)
            assert "uthorization" in str(caught.value)
            assert "wrong" not in str(caught.value)

        link = await connect(
            _settings(server.url, user="u", password="secret"),  # noqa: S106
            _ignore,
        )
        assert link.is_open
        await link.close()


async def test_where_tls_is_wanted_nothing_is_said_in_the_clear() -> None:
    said: list[bytes] = []
    told: asyncio.Queue[None] = asyncio.Queue()

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b'INFO {"max_payload":1048576,"tls_available":true}\r\n')
        said.append(await reader.read())
        writer.close()
        told.put_nowait(None)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    at = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for settings in (
        _settings(f"tls://u:secret@{at}"),
        _settings(f"nats://u:secret@{at}", tls=ssl.create_default_context()),
    ):
        with pytest.raises(ConnectError, match="the server does not ask for TLS"):
            await connect(settings, _ignore)
        await told.get()
    server.close()

    assert said == [b"", b""]


async def test_a_certificate_is_verified(tmp_path: Path) -> None:
    files = Certificates.issued(tmp_path)
    certificate = {"cert_file": f"{files.server}", "key_file": f"{files.server_key}"}
    with NatsServer({"tls": certificate}) as server:
        url = server.url.replace("nats://", "tls://")
        with pytest.raises(ConnectError, match="nats: certificate verify failed: "):
            async with asyncio.timeout(5):
                await connect(_settings(url), _ignore)
        trusting = ssl.create_default_context(cafile=files.authority)
        link = await connect(_settings(url, tls=trusting), _ignore)
        assert link.is_open
        await link.close()


async def test_the_end_of_a_connection_is_told_with_its_cause() -> None:
    told: list[Exception | None] = []
    with NatsServer() as server:
        link = await connect(_settings(server.url), told.append)
        await asyncio.to_thread(server.stop)
        await until(lambda: told)

    assert "EOF" in str(told[0])
    assert not link.is_open
