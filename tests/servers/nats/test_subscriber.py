"""A service at a real NATS server."""

from __future__ import annotations

import asyncio

import pytest

from captures.brokers import NatsServer
from servers import Client, NoHandlerError, RemoteError, Service
from servers.nats import Nats
from tests.patience import PATIENCE
from tests.servers.peers import until


def _service() -> Service:
    service = Service()
    service.message("subscriber.echo")(lambda data: data)
    return service


async def test_a_route_that_is_no_subject_is_not_reached_and_told(
    nats_server: NatsServer, caplog: pytest.LogCaptureFixture
) -> None:
    service = _service()
    bad = ("two words", "a..b", "a.", "a*.b", "a.>.b", "a>")
    good = ("subscriber.*", "subscriber.>", "*.subscriber", ">")
    for route in bad + good:
        service.message(route)(lambda: 1)
    async with service.listen(Nats(nats_server.url)):
        pass

    assert "so these are not reached: 'two words', 'a..b', 'a.', 'a*.b', " in (
        caplog.text
    )
    assert caplog.text.count("not reached") == 1
    assert caplog.text.endswith("'a.>.b', 'a>'\n")


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
