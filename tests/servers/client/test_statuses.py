from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any

import pytest

from servers import (
    Backoff,
    BlockingClient,
    Breaker,
    Client,
    ConnectError,
    Ejection,
    RequestTimeoutError,
    ServerStatus,
    Service,
)
from servers.client.statuses import Watchers
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_SOON = Backoff(first=0.01, longest=0.01)


def _service() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)

    @service.message("hangs")
    async def hangs() -> None:
        await asyncio.Event().wait()

    return service


async def _states(statuses: AsyncIterator[ServerStatus], count: int) -> list[str]:
    async with asyncio.timeout(PATIENCE):
        return [(await anext(statuses)).state for _ in range(count)]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def test_a_server_that_restarts_is_seen_to_go_and_to_return() -> None:
    port = _free_port()
    async with Client("127.0.0.1", port, backoff=_SOON, wait_for_server=True) as nest:
        statuses = nest.statuses()
        assert await _states(statuses, 1) == ["disconnected"]
        async with _service().listen("127.0.0.1", port, grace=0):
            assert await nest.send("echo", 1) == 1
            assert await _states(statuses, 2) == ["connecting", "connected"]
            (status,) = nest.status
            assert status == ServerStatus(f"127.0.0.1:{port}", "connected")
        assert await _states(statuses, 1) == ["disconnected"]
        call = asyncio.ensure_future(nest.send("echo", 2))
        assert await _states(statuses, 2) == ["connecting", "disconnected"]
        (status,) = nest.status
        assert isinstance(status.error, ConnectError)
        async with _service().listen("127.0.0.1", port, grace=0):
            assert await call == 2
            while await _states(statuses, 1) != ["connected"]:
                pass
            assert nest.status[0].error is None
            await nest.aclose()
            rest = [each.state async for each in statuses]

    assert rest == ["disconnected"]
    assert nest.status[0].state == "disconnected"


async def test_the_status_is_there_before_the_first_call_and_counts_calls() -> None:
    async with _service().listen("127.0.0.1", 0, grace=0) as server:
        addresses = [("127.0.0.1", server.port), ("127.0.0.1", 1)]
        async with Client(addresses=addresses) as nest:
            assert [(each.address, each.state) for each in nest.status] == [
                (f"127.0.0.1:{server.port}", "disconnected"),
                ("127.0.0.1:1", "disconnected"),
            ]
            calls = [asyncio.ensure_future(nest.send("hangs", 0)) for _ in range(3)]
            async with asyncio.timeout(PATIENCE):
                async for status in nest.statuses():
                    if status.state == "connected":
                        break
            while server.in_flight < 3:  # noqa: ASYNC110 — calls of another program
                await asyncio.sleep(0.001)
            assert nest.status[0].pending == 3
            for call in calls:
                call.cancel()


async def test_a_breaker_shows_in_the_status() -> None:
    breaker = Breaker(failures=1, waits=Backoff(first=PATIENCE, longest=PATIENCE))
    async with (
        _service().listen("127.0.0.1", 0, grace=0) as server,
        Client("127.0.0.1", server.port, breaker=breaker) as nest,
    ):
        with pytest.raises(RequestTimeoutError):
            await nest.send("hangs", 1, timeout=0.01)
        statuses = nest.statuses()
        assert await _states(statuses, 1) == ["open"]
        assert isinstance(nest.status[0].error, RequestTimeoutError)
        caller: Any = nest._opening.caller  # noqa: SLF001
        caller.wires.links[0].circuit._next_trial = 0.0  # noqa: SLF001
        assert await nest.send("echo", 1) == 1
        assert await _states(statuses, 2) == ["half_open", "connected"]


async def test_a_server_that_hangs_is_seen_to_be_ejected() -> None:
    silent = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        await silent.wait()
        writer.close()

    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(_service().listen("127.0.0.1", 0))
        deaf = await asyncio.start_server(hang, "127.0.0.1", 0)
        await stack.enter_async_context(deaf)
        ports = [deaf.sockets[0].getsockname()[1], server.port]
        nest = await stack.enter_async_context(
            Client(
                addresses=[("127.0.0.1", port) for port in ports],
                ejection=Ejection(timeouts=1),
            )
        )
        await nest.connect()
        while nest.status[0].state == "connected":
            with suppress(RequestTimeoutError):
                await nest.send("echo", 1, timeout=0.1)

        assert nest.status[0].state == "ejected"
        assert isinstance(nest.status[0].error, RequestTimeoutError)
        assert nest.status[1].state == "connected"
        silent.set()


async def test_a_state_is_not_repeated_and_a_slow_reader_misses_the_oldest() -> None:
    current = [ServerStatus("a"), ServerStatus("b", "connected")]
    watchers = Watchers(lambda: current)
    statuses = watchers.watch()
    assert [await anext(statuses), await anext(statuses)] == current
    watchers.changed(ServerStatus("b", "connected", 7))
    for _ in range(2_000):
        watchers.changed(ServerStatus("a", "open"))
        watchers.changed(ServerStatus("a", "half_open"))
    watchers.end()
    rest = [each async for each in statuses]

    assert 990 < len(rest) <= 1_000
    assert rest[-1] == ServerStatus("a")


def test_a_blocking_client_has_it_too_and_a_reader_ends_with_it() -> None:
    port = _free_port()
    nest, seen = BlockingClient("127.0.0.1", port), []
    assert [each.state for each in nest.status] == ["disconnected"]
    begun = threading.Event()

    def read() -> None:
        for status in nest.statuses():
            seen.append(status.state)
            begun.set()

    reader = threading.Thread(target=read)
    reader.start()
    assert begun.wait(PATIENCE)
    with pytest.raises(ConnectError):
        nest.send("echo", 1)
    assert isinstance(nest.status[0].error, ConnectError)
    nest.close()
    reader.join(PATIENCE)

    assert not reader.is_alive()
    assert seen[0] == "disconnected"
