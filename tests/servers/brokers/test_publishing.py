from __future__ import annotations

import asyncio

from servers.brokers.publishing import Publisher
from tests.servers.peers import until


class _Slow:
    """Publishes as a test lets it."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()

    async def publish(self, batch: list[int]) -> None:
        self.batches.append(batch)
        await self.gate.wait()


async def test_what_is_put_in_one_turn_is_published_together_and_in_order() -> None:
    slow = _Slow()
    slow.gate.set()
    publisher = Publisher(slow.publish, 100)
    for number in range(3):
        publisher.put(number, 1)
    await publisher.flush()
    publisher.put(3, 1)
    await publisher.flush()

    assert slow.batches == [[0, 1, 2], [3]]


async def test_it_is_paused_as_long_as_more_waits_than_should() -> None:
    slow = _Slow()
    publisher = Publisher(slow.publish, 10)
    paused = []
    for number, size in enumerate((10, 1)):
        publisher.put(number, size)
        paused.append(publisher.paused)
    waiting = [asyncio.create_task(publisher.drained()) for _ in range(2)]
    await until(lambda: slow.batches)
    paused.append(publisher.paused)  # what leaves has not left
    publisher.put(2, 1)
    slow.gate.set()
    await asyncio.gather(*waiting)

    assert [*paused, publisher.paused] == [False, True, True, False]
    assert slow.batches == [[0, 1], [2]]


async def test_whoever_gives_up_waiting_takes_nobody_along() -> None:
    slow = _Slow()
    publisher = Publisher(slow.publish, 1)
    publisher.put(0, 2)
    first, second = (asyncio.create_task(publisher.drained()) for _ in range(2))
    await until(lambda: slow.batches)
    first.cancel()
    slow.gate.set()

    await second


async def test_what_is_abandoned_is_not_published() -> None:
    slow = _Slow()
    publisher = Publisher(slow.publish, 1)
    publisher.put(0, 2)
    await until(lambda: slow.batches)
    publisher.put(1, 2)
    publisher.abandon()
    await publisher.drained()
    await publisher.flush()

    assert slow.batches == [[0]]
    assert not publisher.paused
