from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from servers import Client, Service
from servers.server.states import State
from servers.testing import connected
from tests.servers.peers import until

if TYPE_CHECKING:
    from servers import Server


def _status(server: Server) -> str:
    return server.health.status


def test_a_server_that_is_not_there_yet_is_starting() -> None:
    assert State() == State("starting", 0, 0, 0.0)


async def test_a_server_is_ready_when_it_listens_and_stopping_when_it_drains() -> None:
    service, gate = Service(), asyncio.Event()
    service.message("gate")(gate.wait)
    async with service.started() as server:
        assert _status(server) == "starting"
    assert _status(server) == "stopping"

    async with service.listen("127.0.0.1", 0) as server:
        assert (server.health.status, server.health.connections) == ("ready", 0)
        async with Client("127.0.0.1", server.port) as nest:
            waiting = asyncio.ensure_future(nest.send("gate", 0))
            await until(lambda: server.health.in_flight == 1)
            before = server.health
            server.drain()
            assert _status(server) == "stopping"
            assert server.health.connections == 1
            assert server.health.uptime > before.uptime - 0.001
            gate.set()
            assert await waiting is True
            assert await nest.send("gate", "it serves on") is True


async def test_a_server_in_memory_is_ready_once_somebody_has_come() -> None:
    service = Service()
    service.message("echo")(lambda data: data)
    async with connected(service) as nest:
        (server,) = service.servers
        assert _status(server) == "starting"
        await nest.send("echo", 1)
        assert _status(server) == "ready"
