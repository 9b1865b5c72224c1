"""Events that are published together, with a real RabbitMQ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol import Json
from servers import (
    ConnectError,
    ConnectionLostError,
    NoHandlerError,
    Service,
    UsageError,
)
from servers.rabbitmq import RabbitMQ, RabbitRecord
from tests.servers.peers import until

if TYPE_CHECKING:
    from captures.brokers import RabbitMQServer
    from servers.rabbitmq import Transactions


async def _in_vain(publisher: Transactions) -> None:
    async with publisher.transaction():
        publisher.emit("paid", 3)
        raise ValueError("no")


async def test_what_is_committed_arrives_and_what_is_not_does_not(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    service, heard = Service(), list[Json]()
    service.event("paid")(heard.append)
    rabbit = RabbitMQ(rabbit_server.url, queue=queue, persistent=True)
    async with service.listen(rabbit), rabbit.transactions() as publisher:
        async with publisher.transaction():
            publisher.emit("paid", 1)
            publisher.emit("paid", RabbitRecord(2, {"a": "b"}))
        with pytest.raises(ValueError, match="no"):
            await _in_vain(publisher)
        publisher.emit("paid", 4)
        await publisher.commit()
        await until(lambda: len(heard) == 3)

    assert heard == [1, 2, 4]


async def test_what_no_queue_takes_is_an_error_of_the_commit(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    rabbit = RabbitMQ(rabbit_server.url, queue=queue)
    async with rabbit.transactions() as publisher:
        with pytest.raises(NoHandlerError, match="no queue takes 1 of the events"):
            async with publisher.transaction():
                publisher.emit("paid", 1)
        async with publisher.transaction():
            pass


async def test_a_lost_connection_is_an_error(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    async with RabbitMQ(rabbit_server.url, queue=queue).transactions() as publisher:
        await until(lambda: rabbit_server.ask("connections"))
        rabbit_server.close_connections()
        with pytest.raises(ConnectionLostError):
            async with publisher.transaction():
                publisher.emit("paid", 1)
        with pytest.raises(ConnectionLostError):
            publisher.emit("paid", 1)


async def test_it_must_be_connected() -> None:
    rabbit = RabbitMQ("amqp://127.0.0.1:1", queue="q")
    with pytest.raises(UsageError, match="async with"):
        rabbit.transactions().emit("paid", 1)
    with pytest.raises(ConnectError, match="Connection refused"):
        async with rabbit.transactions():
            raise AssertionError
