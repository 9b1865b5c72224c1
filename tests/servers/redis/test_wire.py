"""A client at a real Redis server."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import pytest

from captures.brokers import RedisServer
from servers import CallError, Client, ConnectError, NoHandlerError, Service
from servers.brokers import shared_replies
from servers.redis import Redis
from tests.servers.peers import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json


def _subscriptions(server: RedisServer) -> set[str]:
    """Return the channels that somebody has subscribed to."""
    lines = server.ask("PUBSUB CHANNELS").splitlines()
    return {each for each in lines if each[:1] not in {"*", "$", "+"}}


def _echoing() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)
    return service


async def test_calls_of_a_pattern_subscribe_once(redis_server: RedisServer) -> None:
    redis = Redis(redis_server.url)
    async with _echoing().listen(redis), Client(redis) as nest:
        assert await asyncio.gather(*(nest.send("echo", n) for n in range(20))) == [
            *range(20)
        ]
        assert _subscriptions(redis_server) == {"echo", "echo.reply"}


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(shared_replies, "LINGER", 0.01)
    return iter([None])


@pytest.mark.usefixtures("soon")
async def test_a_channel_is_left_some_time_after_its_last_call(
    redis_server: RedisServer,
) -> None:
    redis, service, gate = Redis(redis_server.url), _echoing(), asyncio.Event()

    @service.message("wait")
    async def wait() -> str:
        await gate.wait()
        return "done"

    async with service.listen(redis), Client(redis) as nest:
        waiting = asyncio.create_task(nest.send("wait", 1))
        await nest.send("echo", 1)
        await until(lambda: "echo.reply" not in _subscriptions(redis_server))
        assert "wait.reply" in _subscriptions(redis_server)
        gate.set()
        assert await waiting == "done"
        assert await nest.send("echo", 2) == 2, "it is heard again"
        await until(lambda: _subscriptions(redis_server) == {"echo", "wait"})


async def test_two_clients_of_one_pattern_get_their_own_replies(
    redis_server: RedisServer,
) -> None:
    redis = Redis(redis_server.url)
    async with _echoing().listen(redis), Client(redis) as one, Client(redis) as other:
        clients = [one, other]
        calls = [clients[n % 2].send("echo", n) for n in range(200)]
        assert await asyncio.gather(*calls) == [*range(200)]
        assert one.unclaimed_replies == other.unclaimed_replies == 0


async def test_a_call_that_the_server_refuses_fails() -> None:
    with RedisServer() as server:
        server.ask("ACL SETUSER u on nopass +subscribe +unsubscribe allchannels")
        async with Client(Redis(server.url, username="u", password="p")) as nest:  # noqa: S106
            with pytest.raises(CallError, match="no permissions"):
                await nest.send("echo", 1)
            assert nest.pending == 0

        server.ask("ACL SETUSER u on nopass +publish resetchannels")
        async with Client(Redis(server.url, username="u", password="p")) as nest:  # noqa: S106
            with pytest.raises((CallError, ConnectError), match="permissions"):
                await nest.send("echo", 1)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the loop is gone, with it all
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_connections_are_let_go_of_when_another_event_loop_runs() -> None:
    async def call() -> Json:
        async with _echoing().listen(redis):
            return await nest.send("echo", 1)

    async def close() -> None:
        with pytest.raises(NoHandlerError):
            await nest.send("echo", 1)
        await nest.aclose()

    with RedisServer() as server:
        redis = Redis(server.url)
        nest = Client(redis)
        asyncio.run(call())
        asyncio.run(call())
        server.await_truth(lambda: _clients(server) == 2, "miss the first two")
        asyncio.run(close())
        server.await_truth(lambda: not _clients(server), "be left")
    gc.collect()  # what would warn of what is left, amid another test


def _clients(server: RedisServer) -> int:
    """Return how many connections there are by TCP."""
    return server.ask("CLIENT LIST TYPE normal").count("laddr=127.0.0.1") + server.ask(
        "CLIENT LIST TYPE pubsub"
    ).count("laddr=127.0.0.1")
