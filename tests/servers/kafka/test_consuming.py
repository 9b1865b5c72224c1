"""What a service has of its topics, at a real broker: rebalances, commits, the end."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from protocol import Json
from servers import Client, Context, Limits, Service
from servers.kafka import Kafka, KafkaMessage, KafkaRecord
from tests.servers.kafka.brokers import WAIT, running
from tests.servers.peers import until

if TYPE_CHECKING:
    from captures.brokers import Noida

LOOPS = ["uvloop"]  # as in test_subscriber.py

_QUICK: Any = {"wait": WAIT, "session": 6.0}


def test_instances_share_partitions_and_each_message_is_handled_once() -> None:
    """One instance, then two of them, then the other one alone.

    At Tansu: noida-db lets no second member into a group.
    """
    with running("tansu") as url:
        asyncio.run(_rebalanced(Kafka(url, values="json", partitions=3, **_QUICK)))


async def _rebalanced(kafka: Kafka) -> None:
    topic, heard = "shared", list[tuple[str, int, Json]]()

    def instance(name: str) -> Service:
        service = Service()

        @service.event(topic)
        async def hear(number: Json, context: Context) -> None:
            assert isinstance(context.carrier, KafkaMessage)
            await asyncio.sleep(0.001)
            heard.append((name, context.carrier.partition, number))

        return service

    async with Client(kafka) as nest, AsyncExitStack() as first:
        await first.enter_async_context(instance("a").listen(kafka))
        await _emit(nest, topic, 0)
        await until(lambda: len(heard) >= 60)
        async with instance("b").listen(kafka):
            await _emit(nest, topic, 60)
            await until(lambda: len(heard) >= 120)
            both = {name for name, _, number in heard if number >= 60}
            await first.aclose()
            await _emit(nest, topic, 120)
            await until(lambda: len(heard) >= 180)

    assert Counter(number for *_, number in heard) == Counter(range(180))
    assert both == {"a", "b"}
    assert {name for name, _, number in heard if number >= 120} == {"b"}
    for partition in range(3):  # the messages of one key are in their order
        numbers = [number for _, where, number in heard if where == partition]
        assert numbers == sorted(numbers)
        assert numbers


async def _emit(nest: Client, topic: str, first: int) -> None:
    for number in range(first, first + 60):
        await nest.emit(topic, KafkaRecord(number, partition=number % 3))


async def test_a_service_that_comes_back_goes_on_where_it_was(
    noida: Noida, queue: str, event_loop_name: str
) -> None:
    """What was cut off is handled again, and what came meanwhile for the first time."""
    topic, gate = f"resumed-{event_loop_name}", asyncio.Event()
    heard, begun, service = list[Json](), list[Json](), Service()

    @service.event(topic)
    async def hear(number: Json) -> None:
        begun.append(number)
        if number == 2:
            await gate.wait()
        heard.append(number)

    kafka = Kafka(noida.url, group=queue, values="json", wait=WAIT)
    async with Client(kafka) as nest:
        async with service.listen(kafka, grace=0):
            for number in range(5):
                await nest.emit(topic, number)
            await until(lambda: 2 in begun)
        gate.set()
        for number in range(5, 8):
            await nest.emit(topic, number)
        assert heard == [0, 1]
        async with service.listen(kafka):
            await until(lambda: len(heard) == 8)

    assert heard == [*range(8)]
    assert begun == [0, 1, 2, *range(2, 8)]


async def test_what_waits_is_bounded_and_read_on_later(
    noida: Noida, queue: str, event_loop_name: str
) -> None:
    topic, gate = f"slow-{event_loop_name}", asyncio.Event()
    heard, service = list[Json](), Service(limits=Limits(buffered=1_000))

    @service.event(topic)
    async def hear(data: str) -> None:
        await gate.wait()
        heard.append(len(data))

    kafka = Kafka(noida.url, group=queue, wait=WAIT)
    async with service.listen(kafka), Client(kafka) as nest:
        for _ in range(1_200):
            await nest.emit(topic, "x" * 100)
        await nest.emit(topic, "last")
        await asyncio.sleep(0)
        gate.set()
        await until(lambda: heard and heard[-1] == 4)

    assert heard == [100] * 1_200 + [4]
