from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers import Client, UsageError
from servers.rabbitmq import RabbitMQ

if TYPE_CHECKING:
    from servers.client.brokers import Broker
    from servers.server.endpoints import Transport


def test_it_is_a_transport_and_a_broker() -> None:
    transport: Transport = (rabbit := RabbitMQ())
    broker: Broker = rabbit

    assert transport.name == broker.name == "amqp://localhost"


def test_its_name_has_no_password() -> None:
    rabbit = RabbitMQ(["amqp://u:secret@a:1/v", "amqps://b"])

    assert rabbit.name == "amqp://a:1/v,amqps://b"


def test_processes_share_a_queue_that_has_a_name() -> None:
    assert RabbitMQ(queue="q").shared
    assert not RabbitMQ(queue="q", exclusive=True).shared
    assert not RabbitMQ(exchange="e", exchange_type="fanout").shared


@pytest.mark.parametrize("url", ["http://h", "amqp://", "amqp://h:x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not an address"):
        RabbitMQ(url)


def test_an_option_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match=r"RabbitMQ: .*prefetchCount"):
        RabbitMQ(prefetchCount=1)


async def test_a_client_needs_somewhere_to_publish_to() -> None:
    with pytest.raises(UsageError, match="needs the queue of the service"):
        async with Client(RabbitMQ()) as nest:
            await nest.send("a", 1)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("prefech=1", "amqp://h/v: there is no option 'prefech'"),
        ("heartbeat=soon", "heartbeat cannot be 'soon'"),
        ("timeout=", "timeout cannot be ''"),
    ],
)
def test_what_aiormq_would_pass_over_in_a_url_is_refused(query: str, why: str) -> None:
    RabbitMQ("amqp://u:secret@h/v?heartbeat=30&timeout=5&name=x&cafile=y")
    with pytest.raises(UsageError, match=why):
        RabbitMQ(["amqp://h", f"amqp://u:secret@h/v?{query}"])
