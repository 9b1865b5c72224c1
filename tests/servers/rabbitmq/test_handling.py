"""When messages are acknowledged, and what becomes of those that are not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from protocol import Json
from servers import Client, Context, Hooks, RemoteError, RpcError, Service, UsageError
from servers.rabbitmq import RabbitMQ
from tests.servers.peers import until

if TYPE_CHECKING:
    from captures.brokers import RabbitMQServer
    from servers.rabbitmq.options import Failed


def _left(server: RabbitMQServer, queue: str) -> list[Json]:
    """Return the payloads that wait in a queue, which stay there."""
    asked = {"count": 100, "ackmode": "ack_requeue_true", "encoding": "auto"}
    found = server.ask(f"queues/%2F/{queue}/get", "POST", asked)
    return [each["payload"] for each in found]


def _counts(server: RabbitMQServer, queue: str) -> tuple[int, int]:
    """Return how many messages wait, and how many are not acknowledged."""
    found = server.ask(f"queues/%2F/{queue}")
    ready = found.get("messages_ready", -1)
    return ready, found.get("messages_unacknowledged", -1)


async def _emptied(server: RabbitMQServer, queue: str) -> None:
    await until(lambda: _counts(server, queue) == (0, 0))


class _Seen(Hooks):
    def __init__(self) -> None:
        self.ended: list[str] = []

    def call_finished(self, side: str, *facts: object) -> None:
        if side == "server":
            self.ended.append(str(facts[2]))


async def test_a_message_is_acknowledged_after_its_handlers(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    service, gate, begun = Service(), asyncio.Event(), list[Json]()

    @service.event("log")
    async def first(number: Json) -> None:
        begun.append(number)
        await gate.wait()

    @service.event("log")
    def second(number: Json) -> None:
        begun.append(number)

    rabbit = RabbitMQ(rabbit_server.url, queue=queue, ack="after", prefetch=1)
    async with service.listen(rabbit), Client(rabbit) as nest:
        await nest.emit("log", 1)
        await nest.emit("log", 2)
        await until(lambda: begun == [1, 1])
        await until(lambda: _counts(rabbit_server, queue) == (1, 1))
        gate.set()
        await until(lambda: begun == [1, 1, 2, 2])
        await _emptied(rabbit_server, queue)


@pytest.mark.parametrize(
    ("failed", "dead", "times"), [("reject", 3, 1), ("ack", 0, 1), ("requeue", 2, 2)]
)
async def test_what_fails_goes_where_it_is_to(
    rabbit_server: RabbitMQServer, queue: str, failed: Failed, dead: int, times: int
) -> None:
    service, seen = Service(), list[bool]()

    @service.event("fails")
    async def fails(context: Context) -> None:
        seen.append(context.carrier.redelivered)  # type: ignore[union-attr]
        if len(seen) < times or times == 1:
            raise RpcError("no")

    rabbit = RabbitMQ(
        rabbit_server.url,
        queue=queue,
        ack="after",
        failed=failed,
        dead_letters=f"{queue}-dead",
    )
    async with service.listen(rabbit), Client(rabbit) as nest:
        await nest.emit("fails", 1)
        await until(lambda: len(seen) == times)
        if failed != "requeue":
            await nest.emit("nobody", 2)  # it would come again and again
            await nest.emit("fails", 3)
        await until(lambda: len(seen) == times + (failed != "requeue"))
        await _emptied(rabbit_server, queue)
        if failed == "reject":
            await until(lambda: len(_left(rabbit_server, f"{queue}-dead")) == dead)

    assert seen == ([False, True] if failed == "requeue" else [False, False])


async def test_errors_are_answered_and_rejected(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    hooks = _Seen()
    service = Service(hooks=hooks)

    @service.message("fails")
    def fails() -> None:
        raise RpcError("no")

    @service.message("later")
    async def later(number: int) -> int:
        return number

    rabbit = RabbitMQ(
        rabbit_server.url, queue=queue, ack="after", dead_letters=f"{queue}-dead"
    )
    async with service.listen(rabbit), Client(rabbit) as nest:
        with pytest.raises(RemoteError, match="no"):
            await nest.send("fails", 1)
        with pytest.raises(RemoteError, match="no matching message handler"):
            await nest.send("nobody", 1)
        assert await nest.send("later", 7) == 7
        await _emptied(rabbit_server, queue)
        await until(lambda: len(_left(rabbit_server, f"{queue}-dead")) == 2)

    assert hooks.ended == ["error", "no_handler", "completed"]


async def test_handlers_acknowledge_by_hand(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    service, seen = Service(), list[Json]()

    @service.event("job")
    def job(data: Json, context: Context) -> None:
        seen.append(data)
        if data == "ack":
            context.ack()
            with pytest.raises(UsageError, match="already"):
                context.nack()
        elif data == "dead":
            context.nack()
        elif seen.count("again") == 1:
            context.nack(requeue=True)
        else:
            context.ack()

    rabbit = RabbitMQ(
        rabbit_server.url, queue=queue, ack="manual", dead_letters=f"{queue}-dead"
    )
    async with service.listen(rabbit), Client(rabbit) as nest:
        for each in ("ack", "dead", "again"):
            await nest.emit("job", each)
        await nest.emit("nobody", 1)  # which nobody could acknowledge
        await until(lambda: len(seen) == 4)
        await _emptied(rabbit_server, queue)
        dead = f"{queue}-dead"
        await until(lambda: len(_left(rabbit_server, dead)) == 2)

    assert seen == ["ack", "dead", "again", "again"]


async def test_what_is_not_done_at_the_end_is_delivered_to_another(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    slow, quick, done = Service(), Service(), list[Json]()

    @slow.event("job")
    async def never(_: Json) -> None:
        await asyncio.Event().wait()

    quick.event("job")(done.append)
    rabbit = RabbitMQ(rabbit_server.url, queue=queue, ack="after", prefetch=5)
    async with Client(rabbit) as nest:
        async with slow.listen(rabbit) as server:
            for number in range(10):
                await nest.emit("job", number)
            await until(lambda: server.in_flight == 5)
            await server.stop(0)
        async with quick.listen(rabbit):
            await until(lambda: len(done) == 10)

    assert sorted(done) == [*range(10)]


async def test_what_is_no_json_is_rejected(
    rabbit_server: RabbitMQServer, queue: str
) -> None:
    rabbit = RabbitMQ(
        rabbit_server.url, queue=queue, ack="after", dead_letters=f"{queue}-dead"
    )
    async with Service().listen(rabbit):
        message = {
            "properties": {},
            "routing_key": queue,
            "payload": "{not",
            "payload_encoding": "string",
        }
        rabbit_server.ask("exchanges/%2F/amq.default/publish", "POST", message)
        dead = f"{queue}-dead"
        await until(lambda: _left(rabbit_server, dead) == ["{not"])
