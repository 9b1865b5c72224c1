"""A service at a real RabbitMQ."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest

from protocol import Json
from servers import (
    Client,
    ConnectionLostError,
    Context,
    Limits,
    NoHandlerError,
    Service,
)
from servers.rabbitmq import RabbitMessage, RabbitMQ, RabbitRecord
from tests.servers.peers import until

if TYPE_CHECKING:
    from captures.brokers import RabbitMQServer


def _service() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)
    return service


def _waiting(server: RabbitMQServer, queue: str) -> int | None:
    """Return how many messages a queue has; None where the broker does not know yet."""
    found: int | None = server.ask(f"queues/%2F/{queue}").get("messages")
    return found


async def test_handlers_learn_what_the_broker_says(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    service, seen = _service(), list[RabbitMessage]()

    @service.message("told")
    def told(context: Context) -> str:
        assert isinstance(context.carrier, RabbitMessage)
        seen.append(context.carrier)
        return context.peer

    rabbit = RabbitMQ(rabbit_server.url, queue=queue, headers={"x": "1", "y": "2"})
    async with service.listen(rabbit), Client(rabbit) as nest:
        record = RabbitRecord(1, {"x": "3"}, priority=2, message_id="m")
        assert await nest.send("told", record) == rabbit.name

    (message,) = seen
    assert message.channel == queue
    assert message.headers == {"x": "3", "y": "2"}
    assert message.properties.priority == 2
    assert message.properties.message_id == "m"
    assert message.properties.correlation_id


async def test_wildcards_route_by_the_patterns(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    service = Service()
    for pattern in ("orders.*", "orders.eu.#", "orders.new"):

        @service.message(pattern)
        def order(context: Context) -> str:
            return f"{context.route} {context.pattern}"

    service.message({"b": 1, "a": 2})(lambda: "object")
    rabbit = RabbitMQ(rabbit_server.url, queue=queue, wildcards=True)
    async with service.listen(rabbit), Client(rabbit) as nest:
        assert await nest.send("orders.old", 1) == "orders.* orders.old"
        assert await nest.send("orders.eu.de.1", 1) == "orders.eu.# orders.eu.de.1"
        assert await nest.send("orders.new", 1) == "orders.new orders.new"
        assert await nest.send({"a": 2, "b": 1}, 1) == "object"
        with pytest.raises(NoHandlerError, match="nobody is subscribed"):
            await nest.send("parcels.new", 1)


async def test_every_service_of_a_fanout_hears_events(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    heard: list[Json] = []
    rabbit = RabbitMQ(rabbit_server.url, exchange=queue, exchange_type="fanout")
    services = [Service(), Service()]
    for service in services:
        service.event("news")(heard.append)
    async with (
        services[0].listen(rabbit),
        services[1].listen(rabbit),
        Client(rabbit) as nest,
    ):
        await nest.emit("news", 1)
        await until(lambda: len(heard) == 2)


def _count(heard: dict[str, int], name: str) -> None:
    heard[name] += 1


async def test_instances_share_a_queue(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    heard: dict[str, int] = {"one": 0, "other": 0}
    services = {name: Service() for name in heard}
    for name, service in services.items():
        service.message("who")(partial(_count, heard, name))

    rabbit = RabbitMQ(rabbit_server.url, queue=queue)
    async with (
        services["one"].listen(rabbit),
        services["other"].listen(rabbit),
        Client(rabbit) as nest,
    ):
        for _ in range(10):
            await nest.send("who", 1)

    assert heard == {"one": 5, "other": 5}


async def test_calls_in_flight_are_answered_at_the_end(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    service, gate = _service(), asyncio.Event()

    @service.message("wait")
    async def wait(number: int) -> int:
        await gate.wait()
        return number

    rabbit = RabbitMQ(rabbit_server.url, queue=queue)
    async with Client(rabbit) as nest:
        async with service.listen(rabbit) as server:
            calls = [asyncio.create_task(nest.send("wait", n)) for n in range(10)]
            await until(lambda: server.in_flight == 10)
            ending = asyncio.create_task(server.stop(60))
            await until(lambda: not rabbit_server.consumers(queue))
            gate.set()
            await ending
        assert await asyncio.gather(*calls) == [*range(10)]

    assert (server.finished, server.cut) == (10, 0)


async def test_what_was_delivered_before_the_end_is_handled(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    service = Service(limits=Limits(in_flight=1))
    heard, gate = list[Json](), asyncio.Event()

    @service.event("many")
    async def many(number: Json) -> None:
        await gate.wait()
        heard.append(number)

    rabbit = RabbitMQ(rabbit_server.url, queue=queue)
    async with service.listen(rabbit) as server, Client(rabbit) as nest:
        for number in range(100):
            await nest.emit("many", number)
        await nest.aclose()  # which waits until the broker has taken all of it
        await until(lambda: _waiting(rabbit_server, queue) == 0)
        ending = asyncio.create_task(server.stop(60))
        await until(lambda: not rabbit_server.consumers(queue))
        gate.set()
        await ending

    assert heard == [*range(100)]


@pytest.mark.parametrize("ack", ["none", "after"])
async def test_the_number_of_calls_in_flight_is_limited(
    rabbit_server: RabbitMQServer, queue: str, ack: str
) -> None:
    limits = Limits(in_flight=8, buffered=10_000)
    service, gate, most = Service(limits=limits), asyncio.Event(), [0]

    @service.message("wait")
    async def wait(data: str) -> int:
        most[0] = max(most[0], service.servers[0].in_flight)
        await gate.wait()
        return len(data)

    rabbit = RabbitMQ(rabbit_server.url, queue=queue, ack=ack)
    async with service.listen(rabbit) as server, Client(rabbit) as nest:
        calls = [
            asyncio.create_task(nest.send("wait", "x" * 1_000)) for _ in range(64)
        ]  # what waits is more than may be buffered
        await until(lambda: server.in_flight == 8)
        gate.set()
        assert await asyncio.gather(*calls) == [1_000] * 64

    assert most == [8]


async def test_a_restart_of_the_broker_loses_nothing_that_it_promises(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    service, gate, done = _service(), asyncio.Event(), list[Json]()

    @service.event("job")
    async def job(number: Json) -> None:
        await gate.wait()
        done.append(number)

    @service.message("wait")
    async def wait(number: int) -> int:
        await gate.wait()
        done.append(number)
        return number

    rabbit = RabbitMQ(
        rabbit_server.url, queue=queue, ack="after", prefetch=8, persistent=True
    )
    async with service.listen(rabbit) as server:
        async with Client(rabbit) as nest:
            for number in range(20):
                await nest.emit("job", number)
        async with Client(rabbit) as nest:
            call = asyncio.create_task(nest.send("wait", 20))
            await until(lambda: server.in_flight == 8)
            await until(lambda: _waiting(rabbit_server, queue) == 21)
            await asyncio.to_thread(rabbit_server.stop)
            with pytest.raises(ConnectionLostError):
                await call
            await asyncio.to_thread(rabbit_server.start)
            await until(lambda: server.health.status == "ready")
            gate.set()
            assert await nest.send("echo", 1) == 1
            await until(lambda: set(done) == {*range(21)})
            await until(lambda: _waiting(rabbit_server, queue) == 0)
            assert nest.unclaimed_replies == 0


async def test_a_queue_that_is_deleted_is_declared_again(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    rabbit = RabbitMQ(rabbit_server.url, queue=queue)
    async with _service().listen(rabbit) as server, Client(rabbit) as nest:
        rabbit_server.ask(f"queues/%2F/{queue}", "DELETE")
        await until(lambda: server.health.status == "starting")
        await until(lambda: server.health.status == "ready")
        assert await nest.send("echo", 1) == 1
