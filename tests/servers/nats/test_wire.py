"""A client at a real NATS server."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import pytest
from nats import connect

from captures.brokers import NatsServer
from protocol import EncodeError
from servers import (
    CallError,
    Client,
    ConnectionLostError,
    Limits,
    NoHandlerError,
    PatternError,
    Service,
)
from servers.nats import Nats, NatsRecord
from servers.nats.wire import NatsWire

if TYPE_CHECKING:
    from nats.aio.msg import Msg

    from protocol import Json


async def test_a_pattern_with_a_space_is_refused(nats_server: NatsServer) -> None:
    async with Client(Nats(nats_server.url)) as nest:
        for pattern in ("two words", {"two": "w s"}, "a\r\nPUB b 1"):
            with pytest.raises(PatternError, match="not a subject of NATS"):
                await nest.emit(pattern, 1)


async def test_a_body_above_the_limit_of_the_server_is_refused() -> None:
    with NatsServer({"max_payload": 1_000}) as server:
        async with Client(Nats(server.url)) as nest:
            with pytest.raises(EncodeError, match=r"above the max_payload of .*1,000"):
                await nest.send("a", "x" * 1_000)
            headed = NatsRecord("x" * 600, {"name": "x" * 400})
            with pytest.raises(EncodeError, match=r"above the max_payload of .*1,000"):
                await nest.send("a", headed)
            assert nest.pending == 0


async def test_a_header_of_no_name_is_refused(nats_server: NatsServer) -> None:
    async with Client(Nats(nats_server.url)) as nest:
        with pytest.raises(EncodeError, match="'a b' is not the name of a header"):
            await nest.emit("a", NatsRecord(1, {"a b": "c"}))


async def test_whoever_replies_with_bare_json_is_understood(
    nats_server: NatsServer,
) -> None:
    async with Client(Nats(nats_server.url)) as nest:
        other = await connect(nats_server.url)

        async def answer(message: Msg) -> None:
            await message.respond(b'{"sum":6}')

        async def empty(message: Msg) -> None:
            await message.respond(b"")

        await other.subscribe("wire.bare", cb=answer)
        await other.subscribe("wire.empty", cb=empty)
        await other.flush()

        assert await nest.send("wire.bare", 1) == {"sum": 6}
        with pytest.raises(CallError, match="the reply is empty"):
            await nest.send("wire.empty", 1)
        await other.close()


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the loop is gone, with it all
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_connection_is_let_go_of_when_another_event_loop_runs() -> None:
    async def call() -> Json:
        async with service.listen(nats):
            return await nest.send("echo", 1)

    async def close() -> None:
        with pytest.raises(NoHandlerError):
            await nest.send("echo", 1)
        await nest.aclose()

    service = Service()
    service.message("echo")(lambda data: data)
    with NatsServer() as server:
        nats = Nats(server.url)
        nest = Client(nats)
        asyncio.run(call())
        before = _inboxes(server)
        asyncio.run(call())
        server.await_truth(lambda: len(_inboxes(server)) == 1, "miss the first one")
        assert len(before) == 1
        assert before != _inboxes(server)
        asyncio.run(close())
    gc.collect()  # what would warn of what is left, amid another test


def _inboxes(server: NatsServer) -> set[str]:
    """Return what clients have subscribed to for replies."""
    subjects = {each for every in server.subscriptions().values() for each in every}
    return {each for each in subjects if each.startswith("_INBOX.")}


async def test_a_connection_that_is_lost_amid_requests_fails_them(
    nats_server: NatsServer,
) -> None:
    async with Client(Nats(nats_server.url)) as nest:
        await nest.connect()
        wire = nest._current()._wire or await nest._current().wires.acquire()  # noqa: SLF001
        assert isinstance(wire, NatsWire)
        link = wire._link  # noqa: SLF001
        assert link is not None
        call = asyncio.create_task(nest.send("wire.nobody", 1))
        await asyncio.sleep(0)
        await link.close()
        with pytest.raises(ConnectionLostError):
            await call


async def test_requests_wait_for_a_server_that_reads_slowly(
    nats_server: NatsServer,
) -> None:
    service = Service()
    service.message("wire.length")(len)
    nats = Nats(nats_server.url)
    limits = Limits(write_high=10_000)
    async with service.listen(nats), Client(nats, limits=limits) as nest:
        calls = [nest.send("wire.length", "x" * 9_000) for _ in range(200)]
        assert await asyncio.gather(*calls) == [9_000] * 200
