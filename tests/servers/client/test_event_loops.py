"""A client in its second event loop, over real sockets."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
import warnings
from typing import TYPE_CHECKING

import pytest
import uvloop
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from servers import (
    BlockingClient,
    Client,
    ClientClosedError,
    ConnectionLostError,
    Service,
    UsageError,
)
from tests.patience import PATIENCE
from tests.servers.client.test_blocking import _serving
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from starlette.requests import Request

    from protocol import Json

with warnings.catch_warnings():  # of the library that it calls with
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

_LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]


@pytest.fixture
def told() -> list[Json]:
    return []


@pytest.fixture
def port(told: list[Json]) -> Iterator[int]:
    with _serving(told) as number, warnings.catch_warnings():
        # Whoever lets an event loop end without closing the client is told so.
        warnings.simplefilter("ignore", ResourceWarning)
        yield number
        gc.collect()


@pytest.mark.parametrize("factory", _LOOPS)
def test_each_event_loop_opens_the_client_again(
    factory: Callable[[], asyncio.AbstractEventLoop], port: int, told: list[Json]
) -> None:
    nest = Client("127.0.0.1", port)
    kinds: list[str] = []
    nest.subscribe(lambda event: kinds.append(event.kind))

    async def calls(number: int) -> list[Json]:
        await nest.emit("logOne", number)
        values = [value async for value in nest.stream("stream5", 0)]
        return [await nest.send("echo", number), *values]

    for number in range(3):
        with asyncio.Runner(loop_factory=factory) as runner:
            assert runner.run(calls(number)) == [number, 1, 2, 3, 4, 5]
    with asyncio.Runner(loop_factory=factory) as runner:
        assert runner.run(nest.send("echo", "made outside")) == "made outside"
        runner.run(nest.aclose())

    assert [each["d"] for each in told if each["h"] == "logOne"] == [0, 1, 2]
    assert kinds == ["connected", "disconnected"] * 4


def test_a_loop_that_is_paused_gives_way_and_comes_back(port: int) -> None:
    nest = Client("127.0.0.1", port)
    with asyncio.Runner() as one, asyncio.Runner() as two:
        for number in range(3):
            assert one.run(nest.send("echo", number)) == number
            assert two.run(nest.send("echo", -number)) == -number
        two.run(nest.aclose())


def test_what_a_lost_loop_was_reading_ends_with_an_error(port: int) -> None:
    nest = Client("127.0.0.1", port)
    stream = nest.stream("stream5async", 0)
    with asyncio.Runner() as runner:
        assert runner.run(anext(stream)) == 0
    with asyncio.Runner() as runner:
        runner.run(nest.send("echo", 1))
        with pytest.raises(ConnectionLostError):
            runner.run(_read_on(stream))
        runner.run(nest.aclose())


async def _read_on(stream: AsyncIterator[Json]) -> None:
    async for _ in stream:
        pass


def test_a_client_whose_loop_runs_in_another_thread_refuses_in_words(
    port: int, told: list[Json]
) -> None:
    nest = Client("127.0.0.1", port)
    refused: list[BaseException] = []

    async def elsewhere() -> None:
        calls = [nest.send("echo", 1), nest.emit("logOne", 1), nest.aclose()]
        stream = anext(nest.stream("stream5", 1))
        refused.extend(filter(None, [await _error(each) for each in [*calls, stream]]))

    async def main() -> None:
        assert await nest.send("echo", "here") == "here"
        await asyncio.to_thread(asyncio.run, elsewhere())
        assert await nest.send("echo", "still here") == "still here"
        await nest.aclose()

    asyncio.run(main())

    assert len(refused) == 4
    for error in refused:
        assert isinstance(error, UsageError)
        assert "one client for each event loop, or share a BlockingClient" in str(error)
    assert not told


async def _error(call: Awaitable[object]) -> BaseException | None:
    try:
        await call
    except UsageError as error:
        return error
    return None


def test_closing_in_another_loop_closes(port: int) -> None:
    nest = Client("127.0.0.1", port)
    asyncio.run(nest.send("echo", 1))
    asyncio.run(nest.aclose())

    with pytest.raises(ClientClosedError):
        asyncio.run(nest.send("echo", 1))


async def test_a_client_that_is_entered_again_is_open_again() -> None:
    service = Service()
    service.message("echo")(lambda data: data)
    async with service.listen("127.0.0.1", 0) as server:
        nest = Client("127.0.0.1", server.port)
        for number in range(2):
            async with nest:
                assert await nest.send("echo", number) == number
            with pytest.raises(ClientClosedError):
                await nest.send("echo", number)
        await until(lambda: not server.connections)


def test_the_client_of_an_application_serves_every_test_client(port: int) -> None:
    nest = Client("127.0.0.1", port)

    async def total(request: Request) -> JSONResponse:
        numbers = [int(each) for each in request.query_params["of"].split(",")]
        return JSONResponse(await nest.send("sum", numbers))

    application = Starlette(routes=[Route("/sum", total)])
    bare = TestClient(application)  # which runs each request in a loop of its own
    assert [bare.get("/sum?of=1,2").json() for _ in range(3)] == [3, 3, 3]
    for _ in range(2):
        with TestClient(application) as entered:
            assert entered.get("/sum?of=3,4").json() == 7
            assert entered.get("/sum?of=5,6").json() == 11
    asyncio.run(nest.aclose())


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_child_opens_a_connection_and_leaves_that_of_its_parent(port: int) -> None:
    nest = Client("127.0.0.1", port)

    async def main() -> None:
        assert await nest.send("echo", "parent") == "parent"
        assert _in_child(lambda: str(asyncio.run(nest.send("echo", "c")))) == "c"
        assert await nest.send("echo", "parent again") == "parent again"
        await nest.aclose()

    asyncio.run(main())


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_child_is_not_stuck_on_what_its_parent_was_doing(port: int) -> None:
    with BlockingClient("127.0.0.1", port) as nest:
        stream = nest.stream("stream5async", 0)
        assert next(stream) == 0
        with nest._lock:  # noqa: SLF001 — held by a thread that the child does not have
            assert _in_child(lambda: str(nest.send("echo", "child"))) == "child"
        assert _in_child(lambda: _refusal(stream)) == "the client is closed"
        assert list(stream) == [1, 2, 3, 4]


def _refusal(stream: Iterator[Json]) -> str:
    try:
        return str(next(stream))
    except ClientClosedError as error:
        return str(error)


def _in_child(answer: Callable[[], str]) -> str:
    """Return what a function returns in a fork of this process."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(round(PATIENCE))  # which ends a child that is stuck
        try:
            os.write(writing, answer().encode())
        except BaseException as error:  # noqa: BLE001 — the parent shows it
            os.write(writing, repr(error).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answers:
        found = answers.read()
    assert os.waitpid(child, 0)[0] == child
    return found


def test_any_thread_may_use_a_blocking_client(port: int) -> None:
    found: list[Json] = []
    with BlockingClient("127.0.0.1", port) as nest:

        async def view() -> Json:
            return await asyncio.to_thread(nest.send, "echo", "from a thread")

        found.extend(asyncio.run(view()) for _ in range(2))
        thread = threading.Thread(target=lambda: found.append(nest.send("echo", 3)))
        thread.start()
        thread.join(60)

    assert found == ["from a thread", "from a thread", 3]
