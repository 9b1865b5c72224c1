"""A client at a real RabbitMQ."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import aiormq
import pytest

from protocol import EncodeError
from servers import CallError, Client, ConnectionLostError, PatternError, Service
from servers.rabbitmq import RabbitMQ, RabbitRecord
from tests.servers.peers import until

if TYPE_CHECKING:
    from aiormq.abc import DeliveredMessage

    from captures.brokers import RabbitMQServer


async def test_an_event_that_no_queue_takes_is_told(
    rabbit_server: RabbitMQServer, queue: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with Client(RabbitMQ(rabbit_server.url, queue=queue)) as nest:
        await nest.emit("log", 1)

    assert f"no queue takes an event to {queue!r}: NO_ROUTE" in caplog.text


async def test_a_client_that_declares_leaves_events_in_the_queue(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    rabbit = RabbitMQ(rabbit_server.url, queue=queue, declare=True)
    async with Client(rabbit) as nest:
        await nest.emit("log", 1)
    heard: list[object] = []
    service = Service()
    service.event("log")(heard.append)
    async with service.listen(rabbit):
        await until(lambda: heard == [1])


async def test_what_the_broker_cannot_carry_is_refused(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    rabbit = RabbitMQ(rabbit_server.url, queue=queue, wildcards=True)
    async with Client(rabbit) as nest:
        with pytest.raises(PatternError, match="as a routing key"):
            await nest.emit("x" * 256, 1)
        with pytest.raises(EncodeError, match="priority cannot be 256"):
            await nest.send("a", RabbitRecord(1, priority=256))
        assert nest.pending == 0


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"response":6,"isDisposed":true}', 6),  # as Nest replies
        (b'{"isDisposed":true,"response":null}', None),
        (b'{"sum":6}', {"sum": 6}),
        (b"6", 6),
    ],
)
async def test_replies_without_an_id_are_understood(
    rabbit_server: RabbitMQServer, queue: str, body: bytes, value: object
) -> None:
    other = await aiormq.connect(rabbit_server.url)
    channel = await other.channel()

    async def answer(message: DeliveredMessage) -> None:
        given = message.header.properties
        await channel.basic_publish(
            body,
            routing_key=given.reply_to or "",
            properties=aiormq.spec.Basic.Properties(
                correlation_id=given.correlation_id, headers={}
            ),
        )

    await channel.queue_declare(queue)
    await channel.basic_consume(queue, answer, no_ack=True)
    async with Client(RabbitMQ(rabbit_server.url, queue=queue)) as nest:
        assert await nest.send("a", 1) == value
        assert nest.unclaimed_replies == 0
    await other.close()


async def test_a_message_that_a_full_queue_refuses_fails_the_call(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    full = {"x-max-length": 0, "x-overflow": "reject-publish"}
    rabbit = RabbitMQ(rabbit_server.url, queue=queue, arguments=full, declare=True)
    async with Client(rabbit) as nest:
        with pytest.raises(CallError, match="the broker refused the message"):
            await nest.send("a", 1)


async def test_a_broker_that_ends_the_connection_fails_the_calls(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    service, begun = Service(), list[int]()

    @service.message("wait")
    async def wait() -> None:
        begun.append(1)
        await asyncio.Event().wait()

    rabbit = RabbitMQ(rabbit_server.url, queue=queue)
    async with service.listen(rabbit) as server, Client(rabbit) as nest:
        call = asyncio.create_task(nest.send("wait", 1))
        await until(lambda: begun)
        await until(lambda: len(rabbit_server.ask("connections")) == 2)
        await asyncio.to_thread(rabbit_server.close_connections)
        with pytest.raises(ConnectionLostError, match="CONNECTION_FORCED"):
            await call
        await server.stop(0)


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the loop is gone, with it all
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_connection_is_let_go_of_when_another_event_loop_runs(
    rabbit_server: RabbitMQServer,
    queue: str,
) -> None:
    service = Service()
    service.message("wire/loops")(lambda data: data)
    broker = RabbitMQ(rabbit_server.url, queue=queue)
    nest = Client(broker)

    async def call() -> object:
        async with service.listen(broker):
            return await nest.send("wire/loops", 1)

    async def close() -> None:
        await nest.aclose()

    assert [asyncio.run(call()), asyncio.run(call())] == [1, 1]
    rabbit_server.await_truth(
        lambda: len(rabbit_server.ask("connections")) < 2, "miss the first one"
    )
    asyncio.run(close())
    gc.collect()  # what would warn of what is left, amid another test
