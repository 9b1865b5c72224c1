from __future__ import annotations

import asyncio
import socket

import pytest

from servers import Client, ConnectionLostError, Limits, ListenError, Service
from tests.servers.peers import Peer, request, settle, until


def _service(
    limits: Limits | None = None, gate: asyncio.Event | None = None
) -> Service:
    service = Service(limits=limits)
    service.message("echo")(lambda data: data)
    service.message("gate")((gate or asyncio.Event()).wait)
    return service


async def test_a_port_in_use_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError, match=f"cannot listen on 127.0.0.1:{port}"):
            async with _service().listen("127.0.0.1", port):
                pass


@pytest.mark.parametrize(
    ("host", "port"),
    [("no-such-host.invalid", 0), ("192.0.2.1", 0), ("127.0.0.1", 99_999)],
)
async def test_an_address_that_is_none_is_an_error(host: str, port: int) -> None:
    with pytest.raises(ListenError):
        async with _service().listen(host, port):
            pass


async def test_the_server_describes_its_state() -> None:
    gate = asyncio.Event()
    async with _service(gate=gate).listen("127.0.0.1", 0) as server:
        assert server.addresses == [("127.0.0.1", server.port)]
        assert (server.connections, server.in_flight, server.accepted) == (0, 0, 0)
        async with Client("127.0.0.1", server.port) as nest:
            waiting = asyncio.ensure_future(nest.send("gate", 0))
            await until(lambda: server.in_flight == 1)
            assert (server.connections, server.accepted) == (1, 1)
            gate.set()
            assert await waiting is True
            assert server.in_flight == 0
        await until(lambda: not server.connections)


async def test_more_connections_than_allowed_are_closed_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with _service(Limits(connections=2)).listen("127.0.0.1", 0) as server:
        peers = [await Peer.connect(server.port) for _ in range(2)]
        for peer in peers:
            await peer.ask(request("echo"))
        third = await Peer.connect(server.port)
        await until(lambda: third.closed)
        (reply,) = await peers[0].ask(request("echo", "still here"))
        assert reply["response"] == "still here"

        await peers[1].aclose()
        await until(lambda: server.connections == 1)
        fourth = await Peer.connect(server.port)
        (reply,) = await fourth.ask(request("echo", "room again"))
        assert reply["response"] == "room again"
        for peer in (peers[0], third, fourth):
            await peer.aclose()
    assert "refused, 2 connections are open" in caplog.text


async def test_calls_in_flight_finish_within_the_grace() -> None:
    gate = asyncio.Event()
    async with _service(gate=gate).listen("127.0.0.1", 0) as server:
        port = server.port
        async with Client("127.0.0.1", port) as nest:
            waiting = asyncio.ensure_future(nest.send("gate", 0))
            await until(lambda: server.in_flight == 1)
            stopping = asyncio.ensure_future(server.stop(grace=60))
            await settle()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", port)
            late = asyncio.ensure_future(nest.send("echo", "too late"))
            await settle()
            assert not stopping.done()
            gate.set()

            assert await waiting is True
            with pytest.raises(ConnectionLostError):
                await late
            await stopping
            await server.wait_stopped()
    assert server.connections == 0


async def test_calls_that_take_longer_than_the_grace_are_cancelled() -> None:
    service, cancelled = _service(), asyncio.Event()

    @service.message("for ever")
    async def for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)  # as when a transaction is rolled back
            cancelled.set()

    async with (
        service.listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        waiting = asyncio.ensure_future(nest.send("for ever", 0))
        await until(lambda: server.in_flight == 1)
        await server.stop(grace=0.05)
        assert cancelled.is_set()
        with pytest.raises(ConnectionLostError):
            await waiting


async def test_the_work_of_peers_that_are_gone_may_finish_too() -> None:
    gate, done = asyncio.Event(), asyncio.Event()
    service = _service()

    @service.event("work")
    async def work() -> None:
        await gate.wait()
        done.set()

    async with service.listen("127.0.0.1", 0, grace=60) as server:
        async with Client("127.0.0.1", server.port) as nest:
            await nest.emit("work", 0)
            await until(lambda: server.in_flight == 1)
        (connection,) = server._connections  # noqa: SLF001 — which is to be gone
        await until(lambda: connection.closed)
        gate.set()
    assert done.is_set()


async def test_a_peer_that_takes_nothing_cannot_hold_up_the_end() -> None:
    service = _service(Limits(closing=0.1))
    service.message("large")(lambda: "x" * 30_000_000)
    async with service.listen("127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # noqa: SLF001
        writer.write(request("large"))
        await until(lambda: server.connections == 1)
        async with asyncio.timeout(60):
            await server.stop(grace=0.1)
        writer.close()


async def test_many_connections_are_served() -> None:
    async with _service().listen("127.0.0.1", 0) as server:
        peers = [await Peer.connect(server.port) for _ in range(200)]
        for peer in peers:
            peer.write(request("echo", 1))
        await until(lambda: all(peer.bodies for peer in peers))
        assert server.connections == 200
        for peer in peers:
            await peer.aclose()
