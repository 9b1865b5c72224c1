from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from servers import (
    Client,
    ConnectError,
    ConnectionLostError,
    Limits,
    RequestTimeoutError,
    Service,
)
from servers.client.connection import Connection
from servers.testing import connected
from tests.servers.peers import Peer, frame, scripted, steady, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol import Json


def _service() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)

    @service.message("wait")
    async def wait(seconds: float) -> float:
        await asyncio.sleep(seconds)
        return seconds

    @service.message("never")
    async def never() -> None:
        await asyncio.Event().wait()

    return service


async def test_a_call_that_is_cancelled_is_forgotten() -> None:
    service, gate = _service(), asyncio.Event()
    service.message("gate")(gate.wait)
    async with connected(service) as nest:
        call = asyncio.ensure_future(nest.send("gate", 0))
        await until(lambda: nest.pending)
        call.cancel()
        await asyncio.wait([call])
        assert nest.pending == 0
        gate.set()
        await until(lambda: nest.unclaimed_replies)


async def test_the_time_to_connect_is_part_of_the_timeout() -> None:
    gate = asyncio.Event()

    async def dial(_: object) -> None:
        await gate.wait()

    async with Client(dial=dial) as nest:
        with pytest.raises(ConnectError, match=r"within 0\.05 s"):
            await nest.send("a", 1, timeout=0.05)
        with pytest.raises(ConnectError):
            await anext(nest.stream("a", 1, timeout=0.05))


async def test_the_error_names_the_time_that_was_given() -> None:
    async with connected(_service(), timeout=0.03) as nest:
        await nest.connect()  # else that could take all of the time
        with pytest.raises(RequestTimeoutError) as raised:
            await nest.send("never", 0)
        assert raised.value.seconds == 0.03
        with pytest.raises(RequestTimeoutError) as raised:
            await nest.send("never", 0, timeout=0.02)
        assert raised.value.seconds == 0.02
        assert nest.pending == 0


async def test_none_waits_for_ever() -> None:
    async with connected(_service(), timeout=0.02) as nest:
        assert await nest.send("wait", 0.1, timeout=None) == 0.1


async def test_writers_wait_for_a_server_that_does_not_read() -> None:
    reading = asyncio.Event()

    async def answer(peer: Peer, packet: Json) -> None:
        if packet["pattern"] == "stop":
            peer._reader._transport.pause_reading()  # type: ignore[attr-defined]  # noqa: SLF001
            await reading.wait()
            peer._reader._transport.resume_reading()  # type: ignore[attr-defined]  # noqa: SLF001
        if "id" in packet:
            peer.write(frame({"isDisposed": True, "id": packet["id"]}))

    limits = Limits(write_high=50_000)
    async with (
        scripted(answer) as (port, peers),
        Client("127.0.0.1", port, limits=limits) as nest,
    ):
        await nest.emit("stop", 0)
        await until(lambda: peers and peers[0].bodies)
        written = 0

        async def flood() -> None:
            nonlocal written
            for _ in range(40):
                await nest.emit("large", "x" * 1_000_000)
                written += 1

        flooding = asyncio.ensure_future(flood())
        stuck = await steady(lambda: written)
        assert stuck < 40
        with pytest.raises(ConnectError, match="accepts a message"):
            await nest.send("a", 1, timeout=0.05)
        reading.set()
        await flooding
        await nest.send("a", 1)
        assert len(peers[0].bodies) >= 42


async def test_a_server_that_is_killed_fails_calls_and_streams() -> None:
    async with _service().listen("127.0.0.1", 0) as server:
        async with Client("127.0.0.1", server.port) as nest:
            calls = [asyncio.ensure_future(nest.send("never", 0)) for _ in range(20)]
            await until(lambda: server.in_flight == 20)
            for connection in list(server._connections):  # noqa: SLF001
                connection.abort()
            found = await asyncio.gather(*calls, return_exceptions=True)
            assert all(isinstance(error, ConnectionLostError) for error in found)
            assert nest.pending == 0
            assert await nest.send("echo", "a new connection") == "a new connection"
        await server.stop(grace=0)


async def test_a_connection_that_goes_before_it_is_used_fails_the_call() -> None:
    async with _service().listen("127.0.0.1", 0) as server:

        async def dial(protocol: Callable[[], asyncio.Protocol]) -> None:
            loop = asyncio.get_running_loop()
            transport, made = await loop.create_connection(
                protocol, "127.0.0.1", server.port
            )
            transport.abort()
            assert isinstance(made, Connection)
            await made.wait_closed()

        async with Client(dial=dial) as nest:
            for call in (nest.send("echo", 1), nest.emit("echo", 1)):
                with pytest.raises(ConnectionLostError):
                    await call
            with pytest.raises(ConnectionLostError):
                await anext(nest.stream("echo", 1))
            assert nest.pending == 0
