"""A service at a real Redis server."""

from __future__ import annotations

from functools import partial

import pytest

from captures.brokers import RedisServer
from protocol import Json
from servers import Client, ListenError, RequestTimeoutError, Service
from servers.redis import Redis
from tests.servers.peers import until


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
