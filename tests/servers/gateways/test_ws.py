"""Gateways of plain WebSockets, with the client of websockets."""

from __future__ import annotations

import asyncio

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from servers import RpcError, Service, UsageError
from servers.gateways import GatewayClient, Handshake, Ws
from servers.limits import Limits
from tests.servers.gateways.talking import heard, make_service, plain
from tests.servers.peers import until


async def test_what_a_handler_gives_is_sent_as_it_is() -> None:
    gateway = Ws("127.0.0.1", 0, path="/ws")
    async with make_service().listen(gateway), plain(gateway, "/ws") as connection:
        for text in (
            "hello",
            '{"data":1}',
            "7",
            b"\xff",
            '{"event":7}',
            '{"event":"x"}',
        ):
            await connection.send(text)  # which mean nothing
        await connection.send('{"event":"sum","data":[1,2]}')
        assert await heard(connection) == 3
        await connection.send(b'{"event":"named","data":"\xe6\xb1\x82"}')
        assert await heard(connection) == {"event": "named", "data": "求"}
        await connection.send('{"event":"echo","data":null}')  # whose null is kept
        await connection.send('{"event":"count","data":2}')
        assert [await heard(connection) for _ in range(2)] == [
            {"event": "count", "data": 0},
            {"event": "count", "data": 1},
        ]
        await connection.send('{"event":"refuse"}')
        said = {"status": "error", "message": "不行", "cause": {"pattern": "refuse"}}
        assert await heard(connection) == {"event": "exception", "data": said}
        await connection.send('{"event":"question","data":1}')
        assert (await heard(connection))["event"] == "exception"
        gateway.emit("said")
        gateway.emit("said", 1, 2)
        assert await heard(connection) == {"event": "said"}
        assert await heard(connection) == {"event": "said", "data": [1, 2]}


async def test_a_value_may_be_an_event_of_its_own_name() -> None:
    gateway = Ws("127.0.0.1", 0, named=True)
    async with make_service().listen(gateway), plain(gateway, "/any") as connection:
        await connection.send('{"event":"sum","data":[1,2]}')

        assert await heard(connection) == {"event": "sum", "data": 3}


async def test_who_may_not_come_is_refused_by_http() -> None:
    def verify(handshake: Handshake) -> str:
        if "authorization" not in handshake.headers:
            raise RpcError("Nobody")
        return handshake.headers["authorization"]

    gateway = Ws("127.0.0.1", 0, path="/ws", auth=verify)
    known = {"Authorization": "ada"}
    async with Service(limits=Limits(connections=1)).listen(gateway):
        for path, options, status in (
            ("/elsewhere", {"additional_headers": known}, 404),
            (
                "/ws",
                {"additional_headers": known, "origin": "http://evil.example"},
                403,
            ),
            ("/ws", {}, 401),
        ):
            with pytest.raises(InvalidStatus) as refused:
                async with plain(gateway, path, **options):
                    pass
            assert refused.value.response.status_code == status
        async with plain(gateway, "/ws", additional_headers=known):
            await until(lambda: gateway.clients)
            assert [each.user for each in gateway.clients.values()] == ["ada"]
            with pytest.raises(InvalidStatus, match="503"):
                async with plain(gateway, "/ws", additional_headers=known):
                    pass


async def test_who_leaves_and_why() -> None:
    gateway, left = Ws("127.0.0.1", 0, message_size=100), list[str]()
    gateway.on_disconnect(lambda _client, reason: left.append(reason))
    async with make_service().listen(gateway):
        async with plain(gateway) as connection:
            await connection.close(4001, "enough")
        async with plain(gateway) as connection:
            await connection.send("x" * 101)
            with pytest.raises(ConnectionClosed, match="1009"):
                await connection.recv()
        async with plain(gateway) as connection:
            await until(lambda: gateway.clients)
            (client,) = gateway.clients.values()
            client.emit("bye")
            client.disconnect("sent away")
            assert await heard(connection) == {"event": "bye"}
            with pytest.raises(ConnectionClosed, match="sent away"):
                await connection.recv()
        await until(lambda: len(left) == 3)

    assert left[0] == "4001 enough"
    assert left[1].startswith("1009")
    assert left[2] == "1000 sent away"


async def test_streams_end_with_their_client_and_wait_for_one_that_does_not_read() -> (
    None
):
    gateway, ended, given = Ws("127.0.0.1", 0), asyncio.Event(), list[int]()
    service = Service(limits=Limits(write_high=10_000))

    @service.message("endless")
    async def endless(_data: object):  # type: ignore[no-untyped-def]  # noqa: ANN202
        try:
            while True:
                given.append(1)
                yield "x" * 10_000
                await asyncio.sleep(0)
        finally:
            ended.set()

    async with service.listen(gateway):
        async with plain(gateway, max_queue=1) as connection:
            await connection.send('{"event":"endless"}')
            await until(lambda: len(given) > 3)
            before = -1
            while before != len(given):
                before = len(given)
                await asyncio.sleep(0.2)
            assert before < 5_000  # of which the system holds the most
            connection.transport.abort()
        await ended.wait()


async def test_a_client_that_lets_too_much_wait_is_dropped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gateway = Ws("127.0.0.1", 0)
    service = Service(limits=Limits(write_buffer=1 << 20))
    async with service.listen(gateway), plain(gateway, max_queue=1) as connection:
        await until(lambda: gateway.clients)
        while gateway.emit("said", "x" * (1 << 18)):  # noqa: ASYNC110 — until dropped
            await asyncio.sleep(0)
        connection.transport.abort()

    assert "it reads too slowly" in caplog.text


async def test_clients_are_told_to_go_at_the_end() -> None:
    gateway, gate = Ws("127.0.0.1", 0), asyncio.Event()
    service = Service()
    service.message("gate")(gate.wait)
    async with service.listen(gateway) as server, plain(gateway) as connection:
        await connection.send('{"event":"gate"}')
        await until(lambda: server.in_flight)
        ending = asyncio.create_task(server.stop())
        gate.set()
        assert await heard(connection) is True
        with pytest.raises(ConnectionClosed, match="1001"):
            await connection.recv()
        await ending


async def test_a_client_over_plain_websockets_acknowledges_nothing() -> None:
    gateway = Ws("127.0.0.1", 0)
    async with Service().listen(gateway), plain(gateway):
        await until(lambda: gateway.clients)
        client: GatewayClient = next(iter(gateway.clients.values()))
        with pytest.raises(UsageError, match="no event is acknowledged"):
            await client.ask("asked", 1)
