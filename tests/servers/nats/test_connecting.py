from __future__ import annotations

import asyncio
import socket

import pytest

from captures.brokers import NatsServer
from servers import ConnectError
from servers.nats.connecting import Settings, connect
from tests.servers.peers import until


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

        client = await connect(
            _settings(server.url, user="u", password="secret"),  # noqa: S106
            _ignore,
        )
        assert client.is_connected
        await client.close()


async def test_the_end_of_a_connection_is_told_with_its_cause() -> None:
    told: list[Exception | None] = []
    with NatsServer() as server:
        client = await connect(_settings(server.url), told.append)
        await asyncio.to_thread(server.stop)
        await until(lambda: told)

    assert "EOF" in str(told[0])
    assert client.is_closed
