from __future__ import annotations

import asyncio
import gc
import threading
from typing import TYPE_CHECKING, Annotated

import pytest

import servers
from servers import (
    UNDEFINED,
    Client,
    Context,
    Depends,
    RpcError,
    Service,
    stream_of,
)
from servers.testing import connected
from tests.patience import PATIENCE
from tests.servers.ends import turns
from tests.servers.peers import until
from tests.servers.respondents import Recorder, as_respondent
from tests.servers.sessions import (
    ALL,
    InSession,
    told,
    user,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(autouse=True)
def _forget() -> None:
    told.clear()


def _streams(service: Service) -> None:
    @service.message("async")
    async def of_async(to: int, one: InSession) -> AsyncIterator[str]:
        for _ in range(to):
            yield f"{user.get()} {one.number >= 0}"
            told.append("value")
            await asyncio.sleep(0)

    @service.message("plain")
    def of_plain(to: int, one: InSession) -> Iterator[str]:
        for _ in range(to):
            yield f"{user.get()} {one.number >= 0}"
            told.append("value")

    @service.message("thread", thread=True)
    def of_thread(to: int, one: InSession) -> Iterator[str]:
        for _ in range(to):
            yield f"{user.get()} {one.number >= 0}"
            told.append("value")


@pytest.mark.parametrize("name", ["async", "plain", "thread"])
async def test_a_stream_is_left_when_it_has_ended(name: str) -> None:
    service = Service()
    _streams(service)
    async with connected(service) as nest:
        found = [value async for value in nest.stream(name, 2)]

    assert found == ["ann True", "ann True"]
    assert told[:2] == ALL[:2]
    assert [each for each in told[2:4] if each == "value"] == ["value"] * 2
    assert told[4:] == ALL[2:]


@pytest.mark.parametrize("name", ["async", "thread"])
async def test_a_stream_is_left_when_its_caller_is_gone(name: str) -> None:
    service = Service()
    _streams(service)
    async with service.listen("127.0.0.1", 0) as server:
        async with Client("127.0.0.1", server.port) as nest:
            assert await anext(nest.stream(name, 1_000_000)) == "ann True"
        await until(lambda: told[-1:] == ["outer ends"])

    assert told[-3:] == ["session ends", "outer sees CancelledError", "outer ends"]


@pytest.mark.parametrize("read", [True, False])
async def test_a_stream_that_a_coroutine_returns_is_left_even_if_nobody_reads_it(
    *, read: bool
) -> None:
    service = Service()

    def bare() -> Iterator[None]:
        try:
            yield
        finally:
            told.append("bare ends")

    globals()["bare"] = bare

    @service.message("returned")
    async def returned(_: Annotated[None, Depends(bare)]) -> Iterator[int]:
        return iter([1, 2])

    @service.use
    async def drop(_: Context, proceed: servers.ServerProceed) -> object:
        result = await proceed()
        return result if read else "dropped"

    async with connected(service) as nest:
        found = [value async for value in nest.stream("returned", 0)]
        gc.collect()
        await until(lambda: told == ["bare ends"])

    assert found == ([1, 2] if read else ["dropped"])


@pytest.mark.parametrize("name", ["generator", "returned"])
async def test_closing_a_stream_leaves_everything_in_order(name: str) -> None:
    service = Service()

    @service.message("generator")
    def generator(_: InSession) -> Iterator[int]:
        try:
            yield from range(10)
        finally:
            told.append("handler ends")

    @service.message("returned")
    async def returned(one: InSession) -> Iterator[int]:
        return generator(one)

    handler = service.handlers.find(name)
    assert handler is not None
    context = Context("a", "a", "1", as_respondent(Recorder()), UNDEFINED, UNDEFINED)
    result = handler.invoke(UNDEFINED, context)
    stream = stream_of(await result if name == "returned" else result)
    assert stream is not None
    assert await anext(stream) == 0
    await stream.aclose()

    ends = ["handler ends", "session ends", "outer sees GeneratorExit", "outer ends"]
    assert told == [*ALL[:2], *ends]


def _of_every_kind(service: Service) -> None:
    @service.message("value")
    def value(one: InSession) -> int:
        return one.number

    @service.message("fails")
    async def fails(one: InSession) -> None:
        raise RpcError(str(one.number))

    @service.message("never")
    async def never(_: InSession) -> None:
        await asyncio.Event().wait()

    @service.message("endless")
    async def endless(one: InSession) -> AsyncIterator[int]:
        while True:
            yield one.number
            await asyncio.sleep(0)

    @service.message("returned")
    async def returned(one: InSession) -> AsyncIterator[int]:
        return endless(one)


async def test_whatever_becomes_of_calls_and_callers_everything_is_left() -> None:
    service = Service()
    _of_every_kind(service)

    async def drain(nest: Client, name: str) -> None:
        async for _ in nest.stream(name, 0):
            pass

    async with service.listen("127.0.0.1", 0, grace=0.1) as server:
        for wait in range(8):  # turns of the event loop until the caller leaves
            async with Client("127.0.0.1", server.port) as nest:
                await nest.connect()
                names = service.routes * 4
                calls = [asyncio.ensure_future(drain(nest, each)) for each in names]
                await turns(wait)
            await asyncio.gather(*calls, return_exceptions=True)

    made = told.count("outer begins")
    assert made > len(names)
    for each in ("session begins", "session ends", "outer ends"):
        assert told.count(each) == made


async def test_what_a_thread_enters_when_the_caller_is_gone_is_left() -> None:
    begun, go_on, left = threading.Event(), threading.Event(), threading.Event()

    def session() -> Iterator[int]:
        begun.set()
        go_on.wait(PATIENCE)
        try:
            yield 1
        except asyncio.CancelledError:
            left.set()
            raise

    def handler(one: Annotated[int, Depends(session)]) -> Iterator[int]:
        yield one

    handler.__annotations__["one"] = Annotated[int, Depends(session)]
    service = Service()
    service.message("stream", thread=True)(handler)
    async with service.listen("127.0.0.1", 0) as server:
        async with Client("127.0.0.1", server.port) as nest:
            values = nest.stream("stream", 0)
            first = asyncio.ensure_future(anext(values))
            assert await asyncio.to_thread(begun.wait, PATIENCE)
            first.cancel()
        await until(lambda: not server.in_flight)
        go_on.set()
        assert await asyncio.to_thread(left.wait, PATIENCE)
