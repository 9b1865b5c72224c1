from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from servers import (
    BlockingClient,
    CallError,
    ClientClosedError,
    ConnectError,
    NoHandlerError,
    RequestTimeoutError,
    UsageError,
)
from servers.running import loop_factory
from tests.servers.probe import make_probe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json


@contextmanager
def _serving(told: list[Json]) -> Iterator[int]:
    """Run the probe in a thread of its own; return its port."""
    ports: list[int] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with make_probe(told.append).listen("127.0.0.1", 0, grace=0) as server:
            ports.append(server.port)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(60)
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)
        loop.close()


def test_calls_wait_for_their_answers() -> None:
    told: list[Json] = []
    with _serving(told) as port, BlockingClient("127.0.0.1", port) as nest:
        assert nest.send("sum", [1, 2]) == 3
        nest.emit("logOne", "x", metadata={"a": 1})
        assert list(nest.stream("stream5", 0)) == [1, 2, 3, 4, 5]
        assert repr(nest.send("sum", [1, 2], returns=float)) == "3.0"
        assert next(map(repr, nest.stream("stream5", 0, returns=float))) == "1.0"
        with pytest.raises(NoHandlerError, match=rf"\(unknown at 127.0.0.1:{port}\)"):
            nest.send("unknown", 0)
        with pytest.raises(RequestTimeoutError):
            nest.send("slow", 60_000, timeout=0.02)
        with pytest.raises(NoHandlerError):
            next(nest.stream("unknown", 0))

    assert {"h": "logOne", "d": "x"} in told


def test_a_stream_may_be_left_early() -> None:
    with _serving([]) as port, BlockingClient("127.0.0.1", port) as nest:
        for value in nest.stream("stream5async", 0):
            if value == 1:
                break
        assert nest.send("echo", "and on") == "and on"


def test_many_threads_share_one_connection() -> None:
    before = threading.active_count()
    with (
        _serving([]) as port,
        BlockingClient("127.0.0.1", port) as nest,
        ThreadPoolExecutor(16) as threads,
    ):
        answers = threads.map(lambda n: nest.send("echo", n), range(500))
        assert list(answers) == [*range(500)]
        # The callers, two loops, and a thread in which names are looked up.
        assert threading.active_count() <= before + 16 + 3


def test_a_closed_client_calls_nobody_and_leaves_no_thread() -> None:
    with _serving([]) as port:
        nest = BlockingClient("127.0.0.1", port)
        nest.send("echo", 1)
        nest.close()
        nest.close()
        with pytest.raises(ClientClosedError):
            nest.send("echo", 1)
        assert "blocking-client" not in {each.name for each in threading.enumerate()}


def _workers() -> int:
    return sum(each.name == "blocking-client" for each in threading.enumerate())


@pytest.fixture
def loops(monkeypatch: pytest.MonkeyPatch) -> list[asyncio.AbstractEventLoop]:
    """Give the event loops that clients make, as they make them."""
    made: list[asyncio.AbstractEventLoop] = []

    def make() -> asyncio.AbstractEventLoop:
        made.append(loop_factory()())
        return made[-1]

    monkeypatch.setattr("servers.client.blocking.loop_factory", lambda: make)
    return made


@pytest.mark.parametrize(
    ("host", "port", "options"),
    [
        ("", 1, {}),
        ("a", 0, {}),
        ("a", 65_536, {}),
        ("a", 1, {"addresses": [("b", -1)]}),
        ("a", 1, {"no such option": 1}),
    ],
)
def test_what_cannot_be_a_client_is_refused_and_leaves_nothing(
    host: str,
    port: int,
    options: Any,  # noqa: ANN401
    loops: list[asyncio.AbstractEventLoop],
) -> None:
    for _ in range(3):
        with pytest.raises((UsageError, TypeError)):
            BlockingClient(host, port, **options)

    assert _workers() == 0
    assert not loops


def test_a_server_that_is_not_there_is_an_error_and_leaves_nothing(
    loops: list[asyncio.AbstractEventLoop],
) -> None:
    with BlockingClient("127.0.0.1", 1) as nest:
        for _ in range(3):
            with pytest.raises(ConnectError):
                nest.send("echo", 1)
            with pytest.raises(ConnectError):
                nest.emit("echo", 1)
            with pytest.raises(ConnectError):
                next(nest.stream("echo", 1))
        assert _workers() == len(loops) == 1

    assert _workers() == 0
    assert loops[0].is_closed()


def test_a_client_that_is_dropped_leaves_nothing(
    loops: list[asyncio.AbstractEventLoop],
) -> None:
    for _ in range(3):
        with pytest.raises(ConnectError):
            BlockingClient("127.0.0.1", 1).send("echo", 1)
    gc.collect()

    end = time.monotonic() + 60
    while _workers():
        assert time.monotonic() < end
        time.sleep(0.001)
    assert len(loops) == 3
    assert all(loop.is_closed() for loop in loops)


def test_a_thread_that_cannot_be_started_leaves_no_loop(
    loops: list[asyncio.AbstractEventLoop], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    nest = BlockingClient("127.0.0.1", 1)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(RuntimeError):
        nest.send("echo", 1)
    nest.close()

    assert len(loops) == 1
    assert loops[0].is_closed()


def test_a_call_that_waits_ends_when_the_client_is_closed() -> None:
    with _serving([]) as port, ThreadPoolExecutor(1) as threads:
        nest = BlockingClient("127.0.0.1", port)
        nest.send("echo", 1)
        waiting = threads.submit(nest.send, "slow", 60_000)
        stream = nest.stream("stream5async", 0)
        assert next(stream) == 0
        nest.close()

        with pytest.raises((CallError, CancelledError)):
            waiting.result(60)
        with pytest.raises(ClientClosedError):
            next(stream)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_child_has_a_connection_of_its_own() -> None:
    with _serving([]) as port, BlockingClient("127.0.0.1", port) as nest:
        assert nest.send("echo", "parent") == "parent"
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            answer = nest.send("echo", "child")
            os.write(writing, str(answer).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as answers:
            assert answers.read() == "child"
        assert os.waitpid(child, 0) == (child, 0)
        assert nest.send("echo", "parent again") == "parent again"
