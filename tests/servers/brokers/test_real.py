"""What holds over every real broker, or over all of those that keep nothing."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest

from protocol import Json
from servers import (
    Client,
    ConnectError,
    ConnectionLostError,
    Limits,
    ListenError,
    NoHandlerError,
    Service,
)
from tests.servers.brokers.real import (
    FORGETFUL,
    KAFKA,
    MQTT,
    MQTT_AT_EVERY_LEVEL,
    NATS,
    RABBITMQ,
    REDIS,
    Kind,
    over,
)
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from captures.brokers import Broker
    from tests.servers.brokers.real import Transport


@pytest.fixture
def broker(kind: Kind, request: pytest.FixtureRequest) -> Broker:
    found: Broker = request.getfixturevalue(kind.fixture)
    return found


@pytest.fixture
def transport(kind: Kind, broker: Broker, queue: str) -> Transport:
    return kind.at(broker.url, queue)


def _echoing() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)
    return service


@over(*FORGETFUL, RABBITMQ, KAFKA)
async def test_nobody_hears_and_the_call_fails_at_once(
    broker: Broker, transport: Transport
) -> None:
    async with Client(transport, timeout=None) as nest:
        with pytest.raises(NoHandlerError) as caught:
            await nest.send("nobody", 1)
        with pytest.raises(NoHandlerError):
            await anext(nest.stream("nobody", 1))
        await nest.emit("nobody_else", 1)  # which is not an error

    assert str(caught.value) == f"nobody is subscribed (nobody at {broker.url})"


@over(NATS, REDIS, *MQTT_AT_EVERY_LEVEL, RABBITMQ, KAFKA)
async def test_many_calls_at_once_are_not_mixed_up(transport: Transport) -> None:
    service = Service()

    @service.message("later")
    async def later(number: int) -> int:
        await asyncio.sleep(0.001 * (number % 7))
        return number

    async with service.listen(transport), Client(transport) as nest:
        calls = (nest.send("later", number) for number in range(1_000))
        assert await asyncio.gather(*calls) == [*range(1_000)]
        assert nest.unclaimed_replies == 0


@over(*FORGETFUL, RABBITMQ)
async def test_large_payloads_and_streams_pass(transport: Transport) -> None:
    service, large = _echoing(), "é" * 4_000_000
    service.message("count")(lambda to: iter(range(to)))
    async with service.listen(transport), Client(transport) as nest:
        assert await nest.send("echo", large) == large
        assert [each async for each in nest.stream("count", 100)] == [*range(100)]
        assert await nest.send("echo", 1) == 1


@over(*FORGETFUL, KAFKA)
async def test_a_stream_through_a_broker_that_reads_slowly_has_all_its_values(
    transport: Transport,
) -> None:
    service = Service(limits=Limits(write_high=10_000))

    @service.message("stream")
    async def stream(count: int) -> AsyncIterator[str]:
        for _ in range(count):
            yield "x" * 1_000

    async with service.listen(transport), Client(transport) as nest:
        sizes = [len(each) async for each in nest.stream("stream", 500)]

    assert sizes == [1_000] * 500


@over(NATS, MQTT)
async def test_instances_of_a_group_share_and_others_all_answer(
    kind: Kind, broker: Broker, transport: Transport, queue: str
) -> None:
    heard: list[str] = []
    services = {name: _echoing() for name in ("one", "other")}
    for name, service in services.items():
        service.event("log")(partial(heard.append, name))
    for group, expected in (("group", 1), ("", 2)):
        heard.clear()
        instance = kind.at(broker.url, queue, **{kind.grouped: group})
        async with (
            services["one"].listen(instance),
            services["other"].listen(instance),
            Client(transport) as nest,
        ):
            await nest.emit("log", 1)
            await nest.send("echo", 1)
            await until(lambda: len(heard) >= expected)  # noqa: B023 — at once
            await until(lambda: nest.unclaimed_replies == expected - 1)  # noqa: B023

        assert len(heard) == expected


@over(*FORGETFUL, RABBITMQ, KAFKA)
async def test_a_broker_that_is_not_there_is_an_error_at_the_start(
    kind: Kind, queue: str
) -> None:
    url = f"{kind.server.scheme}://127.0.0.1:1"
    with pytest.raises(ListenError, match=f"connect to {url}: Connection refused"):
        async with _echoing().listen(kind.at(url, queue)):
            raise AssertionError


@over(*FORGETFUL)
async def test_calls_in_flight_are_answered_at_the_end(transport: Transport) -> None:
    service, gate = _echoing(), asyncio.Event()

    @service.message("wait")
    async def wait(number: int) -> int:
        await gate.wait()
        return number

    async with Client(transport) as nest:
        async with service.listen(transport) as server:
            calls = [asyncio.create_task(nest.send("wait", n)) for n in range(10)]
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
            await nest.send("echo", 1)
        except NoHandlerError:
            return


@over(*FORGETFUL)
async def test_what_was_received_before_the_end_is_handled(
    transport: Transport,
) -> None:
    service, heard = _echoing(), list[Json]()
    service.event("many")(heard.append)
    async with service.listen(transport), Client(transport) as nest:
        for number in range(1_000):
            await nest.emit("many", number)
        await nest.send("echo", 1)  # so all of it has come

    assert heard == [*range(1_000)]


@over(*FORGETFUL, KAFKA)
async def test_the_number_of_calls_in_flight_is_limited(transport: Transport) -> None:
    service, gate, most = Service(limits=Limits(in_flight=8)), asyncio.Event(), [0]

    @service.message("wait")
    async def wait(number: int) -> int:
        most[0] = max(most[0], service.servers[0].in_flight)
        await gate.wait()
        return number

    async with service.listen(transport) as server, Client(transport) as nest:
        calls = [
            asyncio.create_task(nest.send("wait", number))
            for number in range(16)  # half of them wait
        ]
        await until(lambda: server.in_flight == 8)
        gate.set()
        assert await asyncio.gather(*calls) == [*range(16)]

    assert most == [8]


@over(*FORGETFUL, KAFKA)
async def test_a_restart_of_the_broker_is_survived_and_nothing_is_answered_twice(
    kind: Kind, queue: str
) -> None:
    service, gate, begun = _echoing(), asyncio.Event(), list[int]()

    @service.message("wait")
    async def wait(number: int) -> int:
        begun.append(number)
        await gate.wait()
        return number

    with kind.server() as broker:
        transport = kind.at(broker.url, queue)
        async with service.listen(transport) as server, Client(transport) as nest:
            calls = [asyncio.create_task(nest.send("wait", n)) for n in range(5)]
            await until(lambda: len(begun) == 5)
            await asyncio.to_thread(broker.stop)
            lost = await asyncio.gather(*calls, return_exceptions=True)
            with pytest.raises(ConnectError, match="Connection refused"):
                await nest.send("echo", 1)
            await asyncio.to_thread(broker.start)
            await until(lambda: server.health.status == "ready")
            gate.set()
            values = [await nest.send("echo", n) for n in range(5)]

    assert [type(each) for each in lost] == [ConnectionLostError] * 5
    assert values == [*range(5)]
    assert begun == [*range(5)]
    assert nest.unclaimed_replies == 0


@over(*FORGETFUL, KAFKA)
async def test_a_broker_that_ends_amid_calls_fails_them(kind: Kind, queue: str) -> None:
    service, begun = Service(), list[int]()

    @service.message("wait")
    async def wait() -> None:
        begun.append(1)
        await asyncio.Event().wait()

    with kind.server() as broker:
        transport = kind.at(broker.url, queue)
        async with service.listen(transport, grace=0), Client(transport) as nest:
            call = asyncio.create_task(nest.send("wait", 1))
            await until(lambda: begun)
            await asyncio.to_thread(broker.stop)
            with pytest.raises(ConnectionLostError, match="before the reply arrived"):
                await call
