from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from servers import (
    BlockingClient,
    ClientClosedError,
    ConnectError,
    NoHandlerError,
    RequestTimeoutError,
)
from tests.servers.probe import make_probe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json


@contextmanager
def _serving(told: list[Json]) -> Iterator[int]:
    """Let the probe listen in a thread of its own; give its port."""
    ports: list[int] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with make_probe(told.append).listen("127.0.0.1", 0, grace=1) as server:
            ports.append(server.port)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


def test_calls_wait_for_their_answers() -> None:
    told: list[Json] = []
    with _serving(told) as port, BlockingClient("127.0.0.1", port) as nest:
        assert nest.send("sum", [1, 2]) == 3
        nest.emit("logOne", "x", metadata={"a": 1})
        assert list(nest.stream("stream5", 0)) == [1, 2, 3, 4, 5]
        with pytest.raises(NoHandlerError):
            nest.send("unknown", 0)
        with pytest.raises(RequestTimeoutError):
            nest.send("slow", 500, timeout=0.02)
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
        assert threading.active_count() <= before + 16 + 2  # the callers, and two loops


def test_a_closed_client_calls_nobody_and_leaves_no_thread() -> None:
    with _serving([]) as port:
        nest = BlockingClient("127.0.0.1", port)
        nest.send("echo", 1)
        nest.close()
        nest.close()
        with pytest.raises(ClientClosedError):
            nest.send("echo", 1)
        assert "blocking-client" not in {each.name for each in threading.enumerate()}


def test_a_server_that_is_not_there_is_an_error() -> None:
    with BlockingClient("127.0.0.1", 1) as nest, pytest.raises(ConnectError):
        nest.send("echo", 1)


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
