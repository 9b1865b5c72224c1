"""A client that follows a registry: servers that come, leave, and are not to be had."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from servers import Backoff, Client, ConnectError, Service, UsageError
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from servers.client.addresses import Address


class _Registry:
    """Says what it is told to; an error is raised."""

    name = "a registry"

    def __init__(self, *told: Sequence[Address] | Exception) -> None:
        self.asked = 0
        self._told: asyncio.Queue[Sequence[Address] | Exception] = asyncio.Queue()
        for each in told:
            self.tell(each)

    def tell(self, what: Sequence[Address] | Exception) -> None:
        self._told.put_nowait(what)

    async def addresses(self) -> AsyncIterator[Sequence[Address]]:
        self.asked += 1
        while True:
            told = await self._told.get()
            if isinstance(told, Exception):
                raise told
            yield told


async def _served(stack: AsyncExitStack, name: str) -> Address:
    service, hold = Service(), asyncio.Event()

    @service.message("who")
    async def who() -> str:
        return name

    @service.message("hold")
    async def holding(open: bool) -> str:  # noqa: A002, FBT001
        if open:
            hold.set()
        await hold.wait()
        return name

    server = await stack.enter_async_context(service.listen("127.0.0.1", 0))
    return ("127.0.0.1", server.port)


async def _whos(client: Client, count: int = 6) -> set[object]:
    return {await client.send("who", {}) for _ in range(count)}


async def _until(client: Client, names: set[str]) -> None:
    async with asyncio.timeout(PATIENCE):
        while await _whos(client) != names:  # noqa: ASYNC110 — it tells nobody
            await asyncio.sleep(0.01)


async def test_servers_that_come_get_calls_and_servers_that_leave_end_theirs() -> None:
    async with AsyncExitStack() as stack:
        one, two = [await _served(stack, name) for name in ("one", "two")]
        registry = _Registry([one])
        client = await stack.enter_async_context(Client(discover=registry))
        assert [each.address for each in client.status] == ["a registry"]
        assert await _whos(client) == {"one"}
        held = asyncio.create_task(client.send("hold", data=False))
        await asyncio.sleep(0)
        registry.tell([one, two, two])
        await _until(client, {"one", "two"})
        registry.tell([two])
        await _until(client, {"two"})

        assert [each.address for each in client.status] == [f"{two[0]}:{two[1]}"]  # type: ignore[index]
        assert not held.done()  # its server has left, and is waited for
        async with Client(*one) as other:  # type: ignore[misc]
            await other.send("hold", data=True)
        assert await held == "one"
        assert registry.asked == 1


async def test_what_was_found_stays_while_the_registry_fails() -> None:
    async with AsyncExitStack() as stack:
        one, two = [await _served(stack, name) for name in ("one", "two")]
        registry = _Registry([one], OSError("away"), OSError("away"), [two])
        backoff = Backoff(first=0.05, jitter=0.0)
        client = await stack.enter_async_context(
            Client(discover=registry, backoff=backoff)
        )
        assert await client.send("who", {}) == "one"
        await _until(client, {"two"})

        assert registry.asked == 3


async def test_no_server_is_an_error_that_says_why() -> None:
    async with Client(discover=_Registry([])) as client:
        with pytest.raises(ConnectError, match="a registry: no server is registered"):
            await client.send("who", {})
    async with Client(discover=_Registry(OSError("no route"))) as client:
        with pytest.raises(ConnectError, match="a registry: cannot ask: no route"):
            await client.connect()


async def test_who_waits_for_a_server_gets_the_first_that_comes() -> None:
    async with AsyncExitStack() as stack:
        one, registry = await _served(stack, "one"), _Registry([])
        client = await stack.enter_async_context(
            Client(discover=registry, wait_for_server=True)
        )
        waiting = asyncio.create_task(client.send("who", {}))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        registry.tell([one])

        assert await waiting == "one"


async def test_a_client_that_is_closed_waits_for_no_server() -> None:
    client = Client(discover=_Registry([]), wait_for_server=True)
    waiting = asyncio.create_task(client.send("who", {}))
    await asyncio.sleep(0.01)
    await client.aclose()

    with pytest.raises(Exception, match="clos"):
        await waiting


def test_addresses_are_either_passed_or_discovered() -> None:
    registry = object()
    for options in ({"addresses": [("a", 1)]}, {"uds": "/x"}, {"dial": print}):
        with pytest.raises(UsageError, match="discover"):
            Client(discover=registry, **options)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="discover"):
        Client("elsewhere", discover=registry)  # type: ignore[arg-type]
