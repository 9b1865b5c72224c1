from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from servers import Client, ConnectError, ListenError, Service
from servers.rabbitmq import RabbitMQ

if TYPE_CHECKING:
    from captures.brokers import RabbitMQServer


async def _served(server: RabbitMQServer, **options: Any) -> None:  # noqa: ANN401
    async with Service().listen(RabbitMQ(server.url, **options)):
        pass


async def test_a_queue_and_its_dead_letters_are_as_was_asked(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    await _served(
        rabbit_server,
        queue=queue,
        dead_letters=f"{queue}-dead",
        arguments={"x-max-priority": 3},
    )

    found = rabbit_server.ask(f"queues/%2F/{queue}")
    assert found["durable"]
    assert found["arguments"] == {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": f"{queue}-dead",
        "x-max-priority": 3,
    }
    assert rabbit_server.ask(f"queues/%2F/{queue}-dead")["durable"]


async def test_a_queue_with_other_flags_is_one_clear_error(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    await _served(rabbit_server, queue=queue)
    with pytest.raises(ListenError) as caught:
        await _served(rabbit_server, queue=queue, durable=False)

    assert f"the queue {queue!r} exists with other flags or arguments" in str(
        caught.value
    )
    assert "inequivalent arg 'durable'" in str(caught.value)


async def test_an_exchange_of_another_kind_is_one_clear_error(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    await _served(rabbit_server, queue=queue, wildcards=True)
    with pytest.raises(ListenError, match=r"the exchange .* is of another kind"):
        await _served(
            rabbit_server, queue=queue, exchange=queue, exchange_type="fanout"
        )


async def test_what_is_not_to_be_declared_must_be_there(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    with pytest.raises(ListenError, match=f"no queue '{queue}'"):
        await _served(rabbit_server, queue=queue, declare=False)
    await _served(rabbit_server, queue=queue, durable=False)
    with pytest.raises(ListenError, match="no exchange"):
        await _served(
            rabbit_server, queue=queue, declare=False, exchange=queue, routing_key="k"
        )


async def test_a_queue_without_a_name_is_gone_with_its_service(
    rabbit_server: RabbitMQServer,
) -> None:
    options = {"exchange": "declaring", "exchange_type": "fanout"}
    async with Service().listen(RabbitMQ(rabbit_server.url, **options)):
        bound = rabbit_server.ask("exchanges/%2F/declaring/bindings/source")
        name = bound[0]["destination"]
        assert rabbit_server.ask(f"queues/%2F/{name}")["exclusive"]

    assert rabbit_server.ask("exchanges/%2F/declaring/bindings/source") == []


async def test_an_error_at_the_start_is_a_connect_error_for_a_client(
    rabbit_server: RabbitMQServer, queue: str
) -> None:

    await _served(rabbit_server, queue=queue)
    rabbit = RabbitMQ(rabbit_server.url, queue=queue, durable=False, declare=True)
    async with Client(rabbit) as nest:
        with pytest.raises(ConnectError, match="exists with other flags"):
            await nest.send("a", 1)
