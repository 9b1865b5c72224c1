from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

from servers import Client, Depends, Limits, Service
from servers.testing import connected
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALLS = 50
_THREADS = 4


def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as opened, opened:
        opened.execute("CREATE TABLE numbers (number)")
        yield opened


Database = Annotated[sqlite3.Connection, Depends(database)]


async def turn(_opened: Database) -> None:
    """Let the other calls begin."""
    await asyncio.sleep(0)


def cursor(opened: Database, _: Annotated[None, Depends(turn)]) -> sqlite3.Cursor:
    return opened.cursor()


Cursor = Annotated[sqlite3.Cursor, Depends(cursor)]


def _service() -> Service:
    service = Service(limits=Limits(threads=_THREADS))

    @service.message("value", thread=True)
    def value(number: int, found: Cursor, opened: Database) -> int:
        found.execute("INSERT INTO numbers VALUES (?)", (number,))
        total: int = opened.execute("SELECT sum(number) FROM numbers").fetchone()[0]
        return total

    @service.message("values", thread=True)
    def values(number: int, found: Cursor) -> Iterator[int]:
        rows = ((each,) for each in (number, number + 1))
        found.executemany("INSERT INTO numbers VALUES (?)", rows)
        for (each,) in found.execute("SELECT number FROM numbers"):
            yield each

    return service


async def _all_of(nest: Client, number: int) -> list[object]:
    return [each async for each in nest.stream("values", number)]


async def test_what_belongs_to_its_thread_serves_one_call_from_begin_to_end() -> None:
    async with connected(_service()) as nest, asyncio.timeout(PATIENCE):
        calls = (nest.send("value", each) for each in range(_CALLS))
        assert await asyncio.gather(*calls) == list(range(_CALLS))
        streams = (_all_of(nest, each) for each in range(_CALLS))
        found = await asyncio.gather(*streams)
    assert found == [[each, each + 1] for each in range(_CALLS)]


async def test_a_stream_that_is_left_is_closed_in_its_thread() -> None:
    service, names, over = Service(), list[str](), asyncio.Event()
    loop = asyncio.get_running_loop()

    def around() -> Iterator[None]:
        names.append(threading.current_thread().name)
        try:
            yield
        finally:
            names.append(threading.current_thread().name)
            loop.call_soon_threadsafe(over.set)

    globals()["around"] = around

    @service.message("forever", thread=True)
    def forever(_: Annotated[None, Depends(around)]) -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            names.append(threading.current_thread().name)

    async with connected(service) as nest, asyncio.timeout(PATIENCE):
        stream = nest.stream("forever", 0)
        assert await anext(stream) == 1
        await nest.aclose()
        await stream.aclose()
        await over.wait()
    assert len(names) == 3
    assert len(set(names)) == 1
    assert names[0].startswith("handler_")


async def test_a_call_that_is_cancelled_cleans_up_after_what_still_runs() -> None:
    service, told, over = Service(), list[str](), asyncio.Event()
    begun, let_go = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def around() -> Iterator[None]:
        try:
            yield
        finally:
            told.append("left")
            loop.call_soon_threadsafe(over.set)

    globals()["around"] = around

    @service.message("wait", thread=True)
    def wait(_: Annotated[None, Depends(around)]) -> None:
        loop.call_soon_threadsafe(begun.set)
        let_go.wait(PATIENCE)
        told.append("handler ends")

    async with asyncio.timeout(PATIENCE):
        async with service.listen("127.0.0.1", 0, grace=0.05) as server:
            nest = Client("127.0.0.1", server.port)
            call = asyncio.ensure_future(nest.send("wait", 0))
            await begun.wait()
        assert told == []  # the server did not wait for the handler
        let_go.set()
        await over.wait()
        await asyncio.gather(call, return_exceptions=True)
        await nest.aclose()
    assert told == ["handler ends", "left"]
