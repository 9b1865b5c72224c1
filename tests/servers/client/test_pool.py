from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack

import pytest

from servers import Backoff, Client, ConnectError, Server, Service
from tests.servers.client.test_links import _free_port
from tests.servers.peers import until


def _service(name: str, gate: asyncio.Event | None = None) -> Service:
    service = Service()
    service.message("who")(lambda: name)

    @service.message("wait")
    async def wait() -> str:
        assert gate is not None
        await gate.wait()
        return name

    return service


async def _three(
    stack: AsyncExitStack, gate: asyncio.Event | None = None
) -> tuple[list[Server], list[tuple[str, int]]]:
    servers = [
        await stack.enter_async_context(_service(name, gate).listen("127.0.0.1", 0))
        for name in "abc"
    ]
    return servers, [("127.0.0.1", server.port) for server in servers]


async def test_servers_take_turns() -> None:
    async with AsyncExitStack() as stack:
        _, addresses = await _three(stack)
        nest = await stack.enter_async_context(Client(addresses=addresses))
        answers = Counter([await nest.send("who", 0) for _ in range(30)])

    assert answers == {"a": 10, "b": 10, "c": 10}


async def test_the_server_with_the_fewest_calls_is_asked() -> None:
    async with AsyncExitStack() as stack:
        gate = asyncio.Event()
        servers, addresses = await _three(stack, gate)
        nest = await stack.enter_async_context(
            Client(addresses=addresses, balance="least_pending")
        )
        await nest.connect()
        slow = asyncio.ensure_future(nest.send("wait", 0))
        await until(lambda: any(server.in_flight for server in servers))
        quick = Counter([await nest.send("who", 0) for _ in range(20)])
        gate.set()
        busy = await slow

    assert busy not in quick
    assert len(quick) == 2
    assert min(quick.values()) >= 5


async def test_a_server_that_is_down_is_passed_over() -> None:
    backoff = Backoff(first=5, jitter=0)
    async with AsyncExitStack() as stack:
        servers, addresses = await _three(stack)
        nest = await stack.enter_async_context(
            Client(addresses=[*addresses, ("127.0.0.1", _free_port())], backoff=backoff)
        )
        answers = Counter([await nest.send("who", 0) for _ in range(30)])
        assert set(answers) == {"a", "b", "c"}

        kinds: list[str] = []
        nest.subscribe(lambda event: kinds.append(event.kind))
        await servers[0].stop()
        await until(lambda: "disconnected" in kinds)
        answers = Counter([await nest.send("who", 0) for _ in range(20)])
        assert set(answers) == {"b", "c"}


async def test_a_server_that_comes_back_gets_its_share() -> None:
    port = _free_port()
    async with (
        _service("a").listen("127.0.0.1", 0) as first,
        Client(
            addresses=[("127.0.0.1", first.port), ("127.0.0.1", port)],
            backoff=Backoff(first=0.01, longest=0.01, jitter=0),
        ) as nest,
    ):
        assert {await nest.send("who", 0) for _ in range(6)} == {"a"}
        async with _service("b").listen("127.0.0.1", port):
            while await nest.send("who", 0) != "b":  # which is tried again by and by
                pass
            assert {await nest.send("who", 0) for _ in range(6)} == {"a", "b"}


async def test_when_all_are_down_the_call_fails() -> None:
    addresses = [("127.0.0.1", _free_port()) for _ in range(3)]
    failed: list[str] = []
    async with Client(addresses=addresses) as nest:
        nest.subscribe(lambda event: failed.append(event.address))
        with pytest.raises(ConnectError):
            await nest.send("who", 0)

    assert len(set(failed)) == 3
