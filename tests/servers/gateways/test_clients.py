from __future__ import annotations

import asyncio

import pytest

from servers import ConnectionLostError, RequestTimeoutError
from servers.gateways import SocketIo
from tests.patience import PATIENCE
from tests.servers.gateways.talking import browsing, enter, make_service, raw
from tests.servers.peers import until


async def test_a_client_may_be_asked_and_what_it_gives_is_returned() -> None:
    gateway = SocketIo("127.0.0.1", 0)
    async with make_service().listen(gateway), browsing(gateway) as browser:
        await until(lambda: gateway.clients)
        (client,) = gateway.clients.values()
        assert await client.ask("asked", {"a": 1}) == ["answer", {"a": 1}]
        browser.client.on("several", lambda: (1, [2]))
        browser.client.on("none", lambda: None)
        assert await client.ask("several") == [1, [2]]
        assert await client.ask("none") is None
        assert repr(client) == f"<GatewayClient {client.id} in / from {client.peer}>"
        assert client.peer.startswith("127.0.0.1:")


async def test_a_client_that_does_not_answer_or_leaves_is_an_error() -> None:
    gateway = SocketIo("127.0.0.1", 0)
    async with make_service().listen(gateway):
        async with raw(gateway) as connection:
            await enter(connection)
            (client,) = gateway.clients.values()
            with pytest.raises(RequestTimeoutError):
                await client.ask("asked", timeout=0.05)
            waiting = asyncio.create_task(client.ask("asked", timeout=PATIENCE))
            assert await connection.recv() == '420["asked"]'
            assert await connection.recv() == '421["asked"]'
        with pytest.raises(ConnectionLostError):
            await waiting
        with pytest.raises(ConnectionLostError):
            await client.ask("asked")


async def test_who_is_in_a_room_hears_the_others() -> None:
    gateway = SocketIo("127.0.0.1", 0)
    async with (
        make_service().listen(gateway),
        browsing(gateway) as ada,
        browsing(gateway) as bob,
    ):
        await ada.ask("join", "tea")
        await bob.ask("join", "tea")
        first, second = gateway.clients.values()
        assert first.to("tea").emit("said", 1) == 1
        assert await bob.next() == ("said", 1)
        second.leave("tea")
        assert second.rooms == frozenset()
        assert first.to("tea").emit("said", 2) == 0
        assert ada.heard.empty()
