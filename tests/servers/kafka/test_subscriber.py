"""A service at Kafka, at a real broker."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from protocol import Json  # noqa: TC001 — the annotations of handlers are read
from servers import (
    Client,
    Context,
    ListenError,
    RemoteError,
    RetriableError,
    Service,
    UsageError,
)
from servers.kafka import Kafka, KafkaMessage, KafkaRecord
from tests.servers.kafka.brokers import WAIT, running
from tests.servers.peers import until

if TYPE_CHECKING:
    from captures.brokers import Noida

LOOPS = ["asyncio"]  # and the others by uvloop: noida-db never lets a processor rest


async def test_expressions_come_after_names_and_hear_no_replies(
    noida: Noida, queue: str, event_loop_name: str, caplog: pytest.LogCaptureFixture
) -> None:
    service, base = Service(), f"sub-{event_loop_name}"
    expression = rf"/^{base}\.\w+/"
    for pattern in (expression, f"{base}.new"):

        @service.message(pattern)
        def order(data: Json, context: Context) -> Json:
            assert isinstance(context.carrier, KafkaMessage)
            return [context.route, context.pattern, context.carrier.topic, data]

    service.event({"cmd": "sum"})(lambda: None)
    kafka = Kafka(noida.url, group=queue, wait=WAIT)
    async with Client(kafka, timeout=60) as nest:
        await nest.emit(f"{base}.paid", "makes the topic")
        async with service.listen(kafka):
            for topic, route in (("new", f"{base}.new"), ("paid", expression)):
                name = f"{base}.{topic}"
                assert await nest.send(name, "x") == [route, name, name, "x"]
        assert nest.unclaimed_replies == 0

    assert 'these are not reached: \'{"cmd":"sum"}\'' in caplog.text
    assert "goes nowhere" not in caplog.text


async def test_handlers_are_asked_again_and_by_hand_it_is_done(
    noida: Noida, queue: str, event_loop_name: str
) -> None:
    topic, seen, held = f"again-{event_loop_name}", list[int](), list[KafkaMessage]()
    service, by_hand = Service(), Service()

    @service.message(topic)
    async def fails_at_first(context: Context) -> int:
        assert isinstance(context.carrier, KafkaMessage)
        await asyncio.sleep(0)
        seen.append(context.carrier.attempt)
        if not context.carrier.attempt:
            raise RetriableError("the database is away")
        return len(seen)

    @by_hand.message(f"{topic}-by-hand")
    def held_back(context: Context) -> str:
        assert isinstance(context.carrier, KafkaMessage)
        held.append(context.carrier)
        if not context.carrier.attempt:
            context.nack(requeue=True)
            return "first"
        context.ack()
        with pytest.raises(UsageError, match="before"):
            context.ack()
        return "second"

    kafka = Kafka(noida.url, group=queue, wait=WAIT)
    manual = Kafka(noida.url, group=f"{queue}-manual", wait=WAIT, ack="manual")
    async with (
        service.listen(kafka),
        by_hand.listen(manual),
        Client(kafka, timeout=60) as nest,
    ):
        assert await nest.send(topic, 1) == "2"
        assert await nest.send(f"{topic}-by-hand", 1) == "first"
        await until(lambda: len(held) == 2)

    assert seen == [0, 1]
    assert [each.offset for each in held] == [0, 0]


async def test_one_message_of_a_partition_follows_another_but_for_streams(
    noida: Noida, queue: str, event_loop_name: str
) -> None:
    topic, most, running = f"order-{event_loop_name}", [0], [0]
    service, gate = Service(), asyncio.Event()

    @service.message(topic)
    async def one_by_one(data: Json) -> Json:
        running[0] += 1
        most[0] = max(most[0], running[0])
        await asyncio.sleep(0.002)
        running[0] -= 1
        return data

    @service.message(f"{topic}-stream")
    async def stream(data: Json) -> object:
        async def values() -> object:
            yield data
            await gate.wait()
            yield "end"

        return values()

    kafka = Kafka(noida.url, group=queue, wait=WAIT)
    async with service.listen(kafka), Client(kafka, timeout=60) as nest:
        calls = (nest.send(topic, f"{number}") for number in range(20))
        assert await asyncio.gather(*calls) == [f"{number}" for number in range(20)]
        streams = [nest.stream(f"{topic}-stream", each) for each in "ab"]
        assert [await anext(each) for each in streams] == ["a", "b"]
        gate.set()
        assert [[each async for each in rest] for rest in streams] == [["end"]] * 2

    assert most == [1]


async def test_a_reply_that_cannot_go_is_an_error_or_is_told(
    noida: Noida, queue: str, event_loop_name: str, caplog: pytest.LogCaptureFixture
) -> None:
    topic, service = f"large-{event_loop_name}", Service()
    service.message(topic)(lambda data: data * 2_000)
    kafka = Kafka(noida.url, group=queue, wait=WAIT, largest=3_000)
    lost = {
        "kafka_correlationId": "1",
        "kafka_replyTopic": f"{topic}-none",
        "kafka_replyPartition": "7",
    }
    async with service.listen(kafka), Client(kafka, timeout=60) as nest:
        with pytest.raises(RemoteError, match="Internal server error"):
            await nest.send(topic, "ab")
        await nest.emit(topic, KafkaRecord("a", lost))
        await until(lambda: "goes nowhere" in caplog.text)

    assert "a reply of " in caplog.text
    assert "above the largest of 3000" in caplog.text


async def test_without_a_topic_there_is_no_service() -> None:
    """The mock cluster has nobody who would make one with so many partitions."""
    service = Service()
    service.message("sum")(lambda: 1)
    with running("mock") as url, pytest.raises(ListenError, match="makes no topics"):
        await service.serve(Kafka(url, partitions=3))
