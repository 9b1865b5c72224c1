from __future__ import annotations

import asyncio

from servers import Limits, Service
from servers.brokers.respondents import MessageRespondent
from servers.server.respondent import Respondent
from tests.servers.brokers.toy import Toy
from tests.servers.peers import until


def test_a_message_is_a_respondent() -> None:
    for name in {each for each in vars(Respondent) if not each.startswith("_")}:
        assert hasattr(MessageRespondent, name), name


async def test_a_stream_goes_no_faster_than_the_broker_reads() -> None:
    service, toy, made = Service(limits=Limits(write_high=1_000)), Toy(), list[int]()

    @service.message("many")
    def many() -> object:
        for number in range(1_000):
            made.append(number)
            yield "x" * 100

    taken = asyncio.Event()

    async with service.listen(toy):
        subscriber = toy.subscribers[0]
        publish = subscriber.publish

        async def slow(replies: list[object]) -> None:
            await taken.wait()
            await publish(replies)  # type: ignore[arg-type]

        subscriber.publish = slow  # type: ignore[method-assign, assignment]
        toy.publish("many", b'{"pattern":"many","data":1,"id":"1"}', "mine", {})
        await until(lambda: subscriber.publisher.paused)
        before = len(made)
        assert before < 100
        taken.set()
        await until(lambda: not subscriber.tasks)

    assert len(made) == 1_000


async def test_a_stream_has_a_limit_of_its_own() -> None:
    service, toy, begun = Service(limits=Limits(streams=1)), Toy(), [0]

    @service.message("endless")
    async def endless() -> object:
        begun[0] += 1

        async def values() -> object:
            while True:
                await asyncio.sleep(0.001)
                yield 1

        return values()

    @service.event("after")
    def after() -> None:
        begun[0] += 100

    async with service.listen(toy, grace=0):
        request = b'{"pattern":"endless","data":1,"id":"1"}'
        toy.publish("endless", request, "mine", {})
        await until(lambda: toy.published > 3)  # it streams
        toy.publish("endless", request, "mine", {})
        toy.publish("after", b'{"pattern":"after"}', None, {})
        published = toy.published
        await until(lambda: toy.published > published + 3)

    assert begun == [1]
