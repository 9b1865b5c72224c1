from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from captures.brokers import RedisServer
from servers import ConnectError
from servers.redis.connecting import Connection, Settings
from tests.servers.peers import until


def _connection(url: str, said: list[Any], lost: list[Any]) -> Connection:
    settings = Settings("redis", url, wildcards=False, options={})
    return Connection(settings, said.append, lost.append)


async def test_replies_come_in_the_order_of_the_commands(
    redis_server: RedisServer,
) -> None:
    said: list[Any] = []
    connection = _connection(redis_server.url, said, [])
    await connection.connect()
    await connection.write([("ECHO", "é"), ("PUBLISH", "nobody", b"1")])
    await connection.write([("NONSENSE",), ("ECHO", "after")])
    await until(lambda: len(said) == 4)
    await connection.close()
    await connection.close()

    assert said[:2] == ["é".encode(), 0]
    assert "unknown command" in str(said[2])
    assert said[3] == b"after"


async def test_where_nobody_listens_there_is_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    connection = _connection(f"redis://127.0.0.1:{port}", [], [])
    with pytest.raises(ConnectError) as caught:
        await connection.connect()
    with pytest.raises(ConnectError, match="redis: the connection was lost"):
        await connection.write([("PING",)])

    assert str(caught.value) == "cannot connect to redis: Connection refused"


async def test_a_server_that_refuses_says_why() -> None:
    lost: list[Any] = []
    with RedisServer({"requirepass": "secret"}) as server:
        connection = _connection(server.url.replace("//", "//:wrong@"), [], [])
        with pytest.raises(ConnectError, match="invalid username-password") as caught:
            await connection.connect()
        await connection.close()

        connection = _connection(server.url, [], lost)
        await connection.connect()
        await connection.write([("PING",)])
        await until(lambda: lost)
        await connection.close()

    assert "wrong" not in str(caught.value)
    assert "Authentication required" in str(lost[0])


async def test_the_end_of_a_connection_is_told_with_its_cause() -> None:
    lost: list[Any] = []
    with RedisServer() as server:
        connection = _connection(server.url, [], lost)
        await connection.connect()
        await asyncio.to_thread(server.stop)
        await until(lambda: lost)
        await connection.close()
        with pytest.raises(ConnectError, match="the connection was lost"):
            await connection.write([("PING",)])

    assert "closed" in str(lost[0])
