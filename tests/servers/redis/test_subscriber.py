"""A service at a real Redis server."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest

from captures.brokers import RedisServer
from protocol import Json
from servers import (
    Client,
    ConnectError,
    ConnectionLostError,
    Limits,
    ListenError,
    NoHandlerError,
    RequestTimeoutError,
    Service,
)
from servers.redis import Redis
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def _service() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)
    return service


async def test_every_instance_hears_a_message_and_the_first_answers(
    redis_server: RedisServer,
) -> None:
    heard: list[int] = []
    services = [_service(), _service()]
    for number, service in enumerate(services):
        service.event("log")(partial(heard.append, number))
    redis = Redis(redis_server.url)
    async with (
        services[0].listen(redis),
        services[1].listen(redis),
        Client(redis) as nest,
    ):
        await nest.emit("log", 1)
        assert await nest.send("echo", 7) == 7
        await until(lambda: len(heard) == 2 and nest.unclaimed_replies == 1)

    assert sorted(heard) == [0, 1]


async def test_a_wildcard_has_one_handler_for_many_channels_and_hears_no_reply(
    redis_server: RedisServer,
) -> None:
    service, heard = Service(), list[Json]()

    @service.message("w.*")
    def wild(data: Json) -> Json:
        heard.append(data)
        return [data]

    redis = Redis(redis_server.url, wildcards=True)
    async with service.listen(redis), Client(redis) as nest:
        values = [await nest.send(f"w.{name}", name) for name in ("one", "two")]
        await nest.emit("w.three.reply", "a request for all that")
        await nest.send("w.four", "four")

    assert values == [["one"], ["two"]]
    assert heard == ["one", "two", "a request for all that", "four"]


async def test_a_service_without_handlers_is_served(redis_server: RedisServer) -> None:
    async with Service().listen(Redis(redis_server.url)) as server:
        assert server.health.status == "ready"


async def test_a_server_that_is_not_there_is_an_error_at_the_start() -> None:
    with RedisServer() as server:
        url = server.url
    with pytest.raises(ListenError, match=f"connect to {url}: Connection refused"):
        async with _service().listen(Redis(url)):
            raise AssertionError


async def test_a_server_that_refuses_the_subscription_is_an_error_at_the_start() -> (
    None
):
    with RedisServer({"requirepass": "secret"}) as server:
        with pytest.raises(ListenError, match="Authentication required"):
            async with _service().listen(Redis(server.url)):
                raise AssertionError
        redis = Redis(server.url, password="secret")  # noqa: S106
        async with _service().listen(redis), Client(redis) as nest:
            assert await nest.send("echo", 1) == 1


async def test_calls_in_flight_are_answered_at_the_end(
    redis_server: RedisServer,
) -> None:
    service, gate, redis = _service(), asyncio.Event(), Redis(redis_server.url)

    @service.message("wait")
    async def wait(number: int) -> int:
        await gate.wait()
        return number

    async with Client(redis) as nest:
        async with service.listen(redis) as server:
            calls = [asyncio.create_task(nest.send("wait", n)) for n in range(10)]
            await until(lambda: server.in_flight == 10)
            ending = asyncio.create_task(server.stop(60))
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


async def test_what_was_received_before_the_end_is_handled(
    redis_server: RedisServer,
) -> None:
    service, heard, redis = _service(), list[Json](), Redis(redis_server.url)
    service.event("many")(heard.append)
    async with service.listen(redis), Client(redis) as nest:
        for number in range(1_000):
            await nest.emit("many", number)
        await nest.send("echo", 1)  # so all of it has come

    assert heard == [*range(1_000)]


async def test_the_number_of_calls_in_flight_is_limited(
    redis_server: RedisServer,
) -> None:
    service, gate, most = Service(limits=Limits(in_flight=8)), asyncio.Event(), [0]

    @service.message("wait")
    async def wait(number: int) -> int:
        most[0] = max(most[0], service.servers[0].in_flight)
        await gate.wait()
        return number

    redis = Redis(redis_server.url)
    async with service.listen(redis) as server, Client(redis) as nest:
        calls = [asyncio.create_task(nest.send("wait", n)) for n in range(16)]
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

    with RedisServer() as broker:
        redis = Redis(broker.url)
        async with service.listen(redis) as server, Client(redis) as nest:
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


async def test_a_stream_has_all_its_values(redis_server: RedisServer) -> None:
    service = Service(limits=Limits(write_high=10_000))

    @service.message("stream")
    async def stream(count: int) -> AsyncIterator[str]:
        for _ in range(count):
            yield "x" * 1_000

    redis = Redis(redis_server.url)
    async with service.listen(redis), Client(redis) as nest:
        sizes = [len(each) async for each in nest.stream("stream", 500)]

    assert sizes == [1_000] * 500


async def test_what_the_server_refuses_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = _service()
    with RedisServer() as server:
        server.ask("ACL SETUSER u on nopass +subscribe +unsubscribe +publish &echo")
        theirs, ours = Redis(server.url), Redis(server.url, username="u", password="p")  # noqa: S106
        async with service.listen(ours), Client(theirs, timeout=0.2) as nest:
            with pytest.raises(RequestTimeoutError):
                await nest.send("echo", 1)
        service.message("other")(lambda: 1)
        with pytest.raises(ListenError, match="permissions"):
            async with service.listen(ours):
                raise AssertionError

    assert "a reply was refused" in caplog.text
