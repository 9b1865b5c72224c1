from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest

from servers import Client, Context, ListenError, Service, UsageError
from servers.testing import connected
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from servers import Lifespan


class _DatabaseError(Exception):
    pass


class _Database:
    """What a service needs; it notes what happens to it."""

    def __init__(self) -> None:
        self.told: list[str] = []

    @asynccontextmanager
    async def lifespan(self, service: Service) -> AsyncIterator[_Database]:
        self.told.append(f"opened beside {len(service.servers)} servers")
        try:
            yield self
        finally:
            self.told.append("closed")


def _service(database: _Database) -> Service:
    service = Service(lifespan=database.lifespan)

    @service.message("state")
    def state(context: Context) -> bool:
        return context.state is database

    @service.message("load")
    def load(context: Context) -> list[int]:
        return [context.server.connections, context.server.in_flight]

    @service.message("wait")
    async def wait(context: Context) -> str:
        database.told.append("begun")
        await asyncio.sleep(0.05)
        context.state.told.append("done")
        return "done"

    return service


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port: int = holder.getsockname()[1]
        return port


async def test_what_it_yields_is_there_for_every_call() -> None:
    database = _Database()
    service = _service(database)
    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        assert await nest.send("state", 0)
        assert await nest.send("load", 0) == [1, 0]
        assert service.servers == [server]
        assert server.state is database

    assert database.told == ["opened beside 0 servers", "closed"]
    assert service.servers == []


async def test_it_ends_after_the_last_call() -> None:
    database = _Database()
    async with _service(database).listen("127.0.0.1", 0) as server:
        nest = Client("127.0.0.1", server.port)
        waiting = asyncio.ensure_future(nest.send("wait", 0))
        await until(lambda: "begun" in database.told)

    assert await waiting == "done"
    assert database.told[-2:] == ["done", "closed"]
    await nest.aclose()


async def test_in_memory_it_is_the_same() -> None:
    database = _Database()
    async with connected(_service(database)) as nest:
        assert await nest.send("state", 0)
        assert await nest.send("load", 0) == [1, 0]
        waiting = asyncio.ensure_future(nest.send("wait", 0))
        await until(lambda: "begun" in database.told)
        assert await waiting == "done"

    assert database.told[-2:] == ["done", "closed"]


async def test_what_it_raises_ends_the_start_and_nothing_listens() -> None:
    port = _free_port()

    @asynccontextmanager
    async def fails(service: Service) -> AsyncIterator[None]:
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)
        if service.limits.frame:
            raise _DatabaseError
        yield

    service = Service(lifespan=fails)
    with pytest.raises(_DatabaseError):
        async with service.listen("127.0.0.1", port):
            pytest.fail("it listens")
    with pytest.raises(_DatabaseError):
        await service.serve("127.0.0.1", port, signals=False)
    with pytest.raises(_DatabaseError):
        async with connected(service):
            pytest.fail("it runs")
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_it_ends_where_nothing_can_listen() -> None:
    database = _Database()
    service = _service(database)
    with (
        socket.create_server(("127.0.0.1", 0)) as holder,
        pytest.raises(ListenError),
    ):
        async with service.listen("127.0.0.1", holder.getsockname()[1]):
            pytest.fail("it listens")

    assert database.told == ["opened beside 0 servers", "closed"]
    assert service.servers == []


async def test_it_sees_what_ends_the_block() -> None:
    seen: list[type[BaseException]] = []

    @asynccontextmanager
    async def watching(_: Service) -> AsyncIterator[None]:
        try:
            yield
        except _DatabaseError as error:
            seen.append(type(error))
            raise

    with pytest.raises(_DatabaseError):
        async with Service(lifespan=watching).listen("127.0.0.1", 0):
            raise _DatabaseError

    assert seen == [_DatabaseError]


async def test_each_server_of_a_service_has_its_own() -> None:
    database = _Database()
    service = _service(database)
    async with (
        service.listen("127.0.0.1", 0) as one,
        service.listen("127.0.0.1", 0) as other,
    ):
        assert service.servers == [one, other]

    assert database.told == [
        "opened beside 0 servers",
        "opened beside 1 servers",
        "closed",
        "closed",
    ]


async def test_a_service_without_one_has_no_state() -> None:
    service = Service()

    @service.message("state")
    def state(context: Context) -> bool:
        return context.state is None

    async with connected(service) as nest:
        assert await nest.send("state", 0)


async def _undecorated(_: Service) -> AsyncIterator[None]:
    yield


def test_a_generator_that_is_no_context_manager_is_refused() -> None:
    lifespan = cast("Lifespan", cast("Any", _undecorated))

    with pytest.raises(UsageError, match="decorate it with contextlib"):
        Service(lifespan=lifespan)
