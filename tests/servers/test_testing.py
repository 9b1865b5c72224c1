from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from servers import (
    BlockingClient,
    ConnectError,
    Limits,
    ListenError,
    NoHandlerError,
    RequestTimeoutError,
    Service,
)
from servers.testing import connected, serving
from tests.patience import PATIENCE
from tests.servers.probe import make_probe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def test_a_client_calls_a_service_without_a_socket() -> None:
    told: list[object] = []
    async with connected(make_probe(told.append)) as nest:
        assert await nest.send("sum", [1, 2, 3]) == 6
        assert [value async for value in nest.stream("stream5async", 0)] == [*range(5)]
        with pytest.raises(NoHandlerError):
            await nest.send("nope", 1)
        await nest.emit("logOne", "x")
        await nest.send("echo", "after the event")

    assert told[-1] == {"h": "logOne", "d": "x"}


async def test_options_are_those_of_the_client() -> None:
    service = make_probe(lambda _: None)
    async with connected(service, timeout=0.02, grace=0) as nest:
        await nest.connect()  # else that could take all of the time
        with pytest.raises(RequestTimeoutError):
            await nest.send("slow", 60_000)


async def test_a_large_payload_passes_in_both_directions() -> None:
    text = "é😀" * 500_000
    service = make_probe(lambda _: None)
    service.limits = Limits(write_high=1024)
    limits = Limits(write_high=1024)
    async with connected(service, limits=limits, timeout=PATIENCE) as nest:
        echoed = await asyncio.gather(*(nest.send("echo", text) for _ in range(3)))

    assert echoed == [text] * 3


def test_a_service_is_called_without_asyncio() -> None:
    told: list[object] = []
    service = make_probe(told.append)
    with serving(service) as server:
        with BlockingClient("127.0.0.1", server.port) as nest:
            assert nest.send("sum", [1, 2, 3]) == 6
            assert list(nest.stream("stream5async", 0)) == [*range(5)]
        assert server.accepted == 1
        port = server.port

    with BlockingClient("127.0.0.1", port) as nest, pytest.raises(ConnectError):
        nest.send("sum", [])


def test_what_prevents_a_service_from_running_is_raised() -> None:
    service = make_probe(lambda _: None)
    with (
        serving(service) as server,
        pytest.raises(ListenError),
        serving(service, port=server.port),
    ):
        pytest.fail("it listens twice")


def test_what_the_end_of_a_lifespan_raises_is_raised() -> None:
    @asynccontextmanager
    async def lifespan(_: Service) -> AsyncIterator[None]:
        yield
        raise LookupError

    with pytest.raises(LookupError), serving(Service(lifespan=lifespan)):
        pass


def _wait_until_closed(loops: list[asyncio.AbstractEventLoop]) -> None:
    while not loops[0].is_closed():
        time.sleep(0.001)


def test_what_ends_a_service_before_its_test_is_raised() -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    @asynccontextmanager
    async def lifespan(_: Service) -> AsyncIterator[None]:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        loops.append(loop)
        loop.call_later(0.01, task.cancel)
        try:
            yield
        except asyncio.CancelledError:
            raise LookupError from None

    with pytest.raises(LookupError), serving(Service(lifespan=lifespan)):
        _wait_until_closed(loops)
