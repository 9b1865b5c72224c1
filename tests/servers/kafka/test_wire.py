"""A client at Kafka, at a real broker."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from protocol import EncodeError, Json
from servers import (
    CallError,
    Client,
    Context,
    NoHandlerError,
    PatternError,
    Service,
)
from servers.brokers import channels, shared_replies
from servers.client import BlockingClient
from servers.kafka import Kafka, KafkaMessage, KafkaRecord
from tests.servers.kafka.brokers import WAIT
from tests.servers.peers import until

if TYPE_CHECKING:
    from captures.brokers import Noida

LOOPS = ["uvloop"]  # as in test_subscriber.py


async def test_headers_keys_and_partitions_are_sent(
    noida: Noida, queue: str, event_loop_name: str
) -> None:
    service, topic = Service(), f"sent-{event_loop_name}"

    @service.message(topic)
    def told(data: Json, context: Context) -> Json:
        message = context.carrier
        assert isinstance(message, KafkaMessage)
        key = None if message.key is None else message.key.decode()
        return [data, dict(message.headers), key, message.partition]

    kafka = Kafka(
        noida.url, group=queue, wait=WAIT, partitions=3, headers={"x": "1", "y": "2"}
    )
    async with service.listen(kafka), Client(kafka, timeout=60) as nest:
        record = KafkaRecord({"a": 1}, {"x": "é"}, key="k", partition=2)
        assert await nest.send(topic, record) == [
            *({"a": 1}, {"x": "é", "y": "2"}, "k", 2)
        ]
        keyed = [await nest.send(topic, KafkaRecord(1, key="same")) for _ in range(3)]
        assert len({each[3] for each in keyed}) == 1
        deleted = await nest.send(topic, KafkaRecord(None, key="k"))
        assert deleted[0] is None
        with pytest.raises(CallError, match=f"'{topic}' has no partition 7"):
            await nest.send(topic, KafkaRecord(1, partition=7))
        for wrong in (KafkaRecord(1, {"x": 1}), "x" * (1 << 20)):  # type: ignore[dict-item]
            with pytest.raises(EncodeError):
                await nest.send(topic, wrong)
        with pytest.raises(PatternError, match="not a topic of Kafka"):
            await nest.send({"cmd": topic}, 1)


async def test_nobody_is_told_at_once_and_no_topic_is_made_of_it(
    noida: Noida, event_loop_name: str
) -> None:
    topic = f"nobody-{event_loop_name}"
    async with Client(Kafka(noida.url), timeout=None) as nest:
        for _ in range(2):
            with pytest.raises(NoHandlerError, match="nobody is subscribed"):
                await nest.send(topic, 1)
        await nest.emit(topic, 1)  # which makes it, for whoever comes later
        with pytest.raises(CallError, match="no reply within"):
            await nest.send(topic, 1, timeout=0.2)


async def test_callers_of_one_pattern_hear_their_own_replies(
    noida: Noida, queue: str, event_loop_name: str
) -> None:
    service, topic = Service(), f"callers-{event_loop_name}"
    service.message(topic)(lambda data: data)

    @service.message(f"{topic}-later")
    async def later(data: Json) -> Json:
        await asyncio.sleep(0.001)
        return data

    kafka = Kafka(noida.url, group=queue, wait=WAIT, values="json")
    async with (
        service.listen(kafka),
        Client(kafka, timeout=60) as one,
        Client(kafka, timeout=60) as other,
    ):
        calls = [
            client.send(pattern, [name, number])
            for number in range(50)
            for name, client in (("one", one), ("other", other))
            for pattern in (topic, f"{topic}-later")
        ]
        values = await asyncio.gather(*calls)
        assert values == [
            [name, number]
            for number in range(50)
            for name in ("one", "one", "other", "other")
        ]
        assert (one.unclaimed_replies, other.unclaimed_replies) == (0, 0)


async def test_a_topic_of_replies_is_left_after_a_time_and_read_again(
    noida: Noida,
    queue: str,
    event_loop_name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared_replies, "LINGER", 0.05)
    service, topic = Service(), f"left-{event_loop_name}"
    for name in ("a", "b"):
        service.message(f"{topic}-{name}")(lambda data: data)
    kafka = Kafka(noida.url, group=queue, wait=WAIT)
    left: list[list[str]] = []
    idle = channels.Channels.idle

    def noted(self: channels.Channels, *args: object) -> list[str]:
        left.append(idle(self, *args))  # type: ignore[arg-type]
        return left[-1]

    monkeypatch.setattr(channels.Channels, "idle", noted)
    async with service.listen(kafka), Client(kafka, timeout=60) as nest:
        for _ in range(2):
            for name in ("a", "b"):
                assert await nest.send(f"{topic}-{name}", "x") == "x"
            left.clear()
            await until(lambda: any(left))


def test_a_blocking_client_calls_and_lets_go(noida: Noida) -> None:
    with BlockingClient(Kafka(noida.url)) as nest, pytest.raises(NoHandlerError):
        nest.send("blocking.nobody", 1)
