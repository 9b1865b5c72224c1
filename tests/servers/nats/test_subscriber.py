"""A service at a real NATS server."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest

from captures.brokers import NatsServer
from protocol import Json
from servers import (
    Client,
    ConnectError,
    ConnectionLostError,
    Limits,
    ListenError,
    NoHandlerError,
    RemoteError,
    Service,
)
from servers.nats import Nats
from tests.patience import PATIENCE
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def _service(name: str = "one") -> Service:
    service = Service()
    service.message("subscriber.echo")(lambda data: data)
    service.message("subscriber.name")(lambda: name)
    return service


async def test_instances_of_a_group_share_and_others_all_answer(
    nats_server: NatsServer,
) -> None:
    heard: list[str] = []
    services = {name: _service(name) for name in ("one", "other")}
    for name, service in services.items():
        service.event("subscriber.log")(partial(heard.append, name))
    for queue, expected in (("group", 1), ("", 2)):
        heard.clear()
        nats = Nats(nats_server.url, queue=queue)
        async with (
            services["one"].listen(nats),
            services["other"].listen(nats),
            Client(Nats(nats_server.url)) as nest,
        ):
            await nest.emit("subscriber.log", 1)
            await nest.send("subscriber.name", 1)
            await until(lambda: len(heard) >= expected)  # noqa: B023 — at once
            await until(lambda: nest.unclaimed_replies == expected - 1)  # noqa: B023

        assert len(heard) == expected


async def test_a_route_with_a_space_is_not_reached_and_told(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    service = _service()
    service.message("two words")(lambda: 1)
    async with service.listen(Nats(nats_server.url)):
        pass

    assert "no subject can have a space, so these are not reached: 'two words'" in (
        caplog.text
    )


async def test_a_server_that_is_not_there_is_an_error_at_the_start() -> None:
    with NatsServer() as server:
        url = server.url
    with pytest.raises(ListenError, match=f"connect to {url}: Connection refused"):
        async with _service().listen(Nats(url)):
            raise AssertionError


async def test_a_reply_above_the_limit_of_the_server_is_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = Service()
    service.message("large")(lambda size: "x" * size)
    with NatsServer({"max_payload": 10_000}) as server:
        nats = Nats(server.url)
        async with service.listen(nats), Client(nats) as nest:
            with pytest.raises(RemoteError, match="Internal server error"):
                await nest.send("large", 10_000)
            assert len(str(await nest.send("large", 9_000))) == 9_000

    assert "above the server's max_payload of 10000" in caplog.text


async def test_calls_in_flight_are_answered_at_the_end(nats_server: NatsServer) -> None:
    service, gate = _service(), asyncio.Event()

    @service.message("subscriber.wait")
    async def wait(number: int) -> int:
        await gate.wait()
        return number

    async with Client(Nats(nats_server.url)) as nest:
        async with service.listen(Nats(nats_server.url)) as server:
            calls = [
                asyncio.create_task(nest.send("subscriber.wait", number))
                for number in range(10)
            ]
            await until(lambda: server.in_flight == 10)
            ending = asyncio.create_task(server.stop(60))
            await until(lambda: server.health.status == "stopping")
            await _until_nobody_hears(nest)
            gate.set()
            await ending
        assert await asyncio.gather(*calls) == [*range(10)]

    assert (server.finished, server.cut) == (10, 0)


async def _until_nobody_hears(nest: Client) -> None:
    while True:
        try:
            await nest.send("subscriber.echo", 1)
        except NoHandlerError:
            return


async def test_no_call_is_lost_while_a_service_ends_under_load(
    nats_server: NatsServer,
) -> None:
    nats = Nats(nats_server.url)
    async with Client(nats) as nest:
        for _ in range(20):
            service, gate = _service(), asyncio.Event()
            service.message("subscriber.gate")(gate.wait)
            async with service.listen(nats) as server:
                waiting = asyncio.create_task(nest.send("subscriber.gate", 1))
                await until(lambda: server.in_flight)
                ending = asyncio.create_task(server.stop(PATIENCE))
                callers = (_until_nobody_hears(nest) for _ in range(4))
                await asyncio.gather(*callers)
                gate.set()
                await ending
                assert await waiting is True


async def test_what_was_received_before_the_end_is_handled(
    nats_server: NatsServer,
) -> None:
    service, heard = _service(), list[Json]()
    service.event("subscriber.many")(heard.append)
    nats = Nats(nats_server.url)
    async with service.listen(nats), Client(nats) as nest:
        for number in range(1_000):
            await nest.emit("subscriber.many", number)
        await nest.send("subscriber.echo", 1)  # so all of it has come

    assert heard == [*range(1_000)]


async def test_the_number_of_calls_in_flight_is_limited(
    nats_server: NatsServer,
) -> None:
    service, gate, most = Service(limits=Limits(in_flight=8)), asyncio.Event(), [0]

    @service.message("subscriber.wait")
    async def wait(number: int) -> int:
        most[0] = max(most[0], service.servers[0].in_flight)
        await gate.wait()
        return number

    nats = Nats(nats_server.url)
    async with service.listen(nats) as server, Client(nats) as nest:
        calls = [
            asyncio.create_task(nest.send("subscriber.wait", number))
            for number in range(16)  # half of them wait
        ]
        await until(lambda: server.in_flight == 8)
        gate.set()
        assert await asyncio.gather(*calls) == [*range(16)]

    assert most == [8]


async def test_a_restart_of_the_server_is_survived_and_nothing_is_answered_twice() -> (
    None
):
    service, gate, begun = _service(), asyncio.Event(), list[int]()

    @service.message("wait")
    async def wait(number: int) -> int:
        begun.append(number)
        await gate.wait()
        return number

    with NatsServer() as broker:
        nats = Nats(broker.url)
        async with service.listen(nats) as server, Client(nats) as nest:
            calls = [asyncio.create_task(nest.send("wait", n)) for n in range(5)]
            await until(lambda: len(begun) == 5)
            await asyncio.to_thread(broker.stop)
            lost = await asyncio.gather(*calls, return_exceptions=True)
            with pytest.raises(ConnectError, match="Connection refused"):
                await nest.send("subscriber.echo", 1)
            await asyncio.to_thread(broker.start)
            await until(lambda: server.health.status == "ready")
            gate.set()
            values = [await nest.send("subscriber.echo", n) for n in range(5)]

    assert [type(each) for each in lost] == [ConnectionLostError] * 5
    assert values == [*range(5)]
    assert begun == [*range(5)]
    assert nest.unclaimed_replies == 0


async def test_a_stream_goes_through_a_server_that_reads_slowly(
    nats_server: NatsServer,
) -> None:
    service = Service(limits=Limits(write_high=10_000))

    @service.message("subscriber.stream")
    async def stream(count: int) -> AsyncIterator[str]:
        for _ in range(count):
            yield "x" * 1_000

    nats = Nats(nats_server.url)
    async with service.listen(nats), Client(nats) as nest:
        sizes = [len(each) async for each in nest.stream("subscriber.stream", 500)]

    assert sizes == [1_000] * 500
