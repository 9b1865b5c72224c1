"""A service at a broker, which here is one in memory."""

from __future__ import annotations

import asyncio
import logging

import pytest

from protocol import Json
from servers import (
    Client,
    Context,
    Hooks,
    Limits,
    ListenError,
    RemoteError,
    RpcError,
    Service,
)
from tests.patience import PATIENCE
from tests.servers.brokers.toy import Toy
from tests.servers.peers import until


class _Seen(Hooks):
    """What hooks are told."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []

    def connection_opened(self, side: str, peer: str) -> None:
        self.told.append(("opened", side, peer))

    def connection_closed(self, side: str, peer: str) -> None:
        self.told.append(("closed", side, peer))

    def packets_received(self, side: str, count: int) -> None:
        self.told.append(("received", side, count))

    def packets_sent(self, side: str, count: int) -> None:
        self.told.append(("sent", side, count))

    def call_finished(
        self, side: str, route: str, kind: str, outcome: str, seconds: float
    ) -> None:
        assert seconds >= 0
        self.told.append(("finished", side, route, kind, outcome))


async def test_messages_are_answered_and_events_handled_as_over_tcp() -> None:
    service, toy, heard = Service(), Toy(), list[Json]()

    @service.message("sum")
    def total(numbers: list[int]) -> int:
        return sum(numbers)

    @service.message({"cmd": "later"})
    async def later(value: Json) -> Json:
        await asyncio.sleep(0)
        return value

    @service.message("count")
    def count(to: int) -> object:
        return iter(range(to))

    @service.message("fail")
    def fail() -> None:
        raise RpcError({"code": 7})

    service.event("log")(heard.append)
    service.event("log")(lambda data: heard.append([data]))

    async with service.listen(toy) as server, Client(toy) as nest:
        assert server.names == ["toy://memory"]
        assert server.connections == 1
        assert await nest.send("sum", [1, 2, 3]) == 6
        assert await nest.send({"cmd": "later"}, "x") == "x"
        assert [value async for value in nest.stream("count", 3)] == [0, 1, 2]
        with pytest.raises(RemoteError) as caught:
            await nest.send("fail", {})
        await nest.emit("log", 1)
        assert await nest.send("sum", []) == 0

    assert caught.value.err == {"code": 7}
    assert heard == [1, [1]]


async def test_handlers_begin_in_the_order_of_the_messages() -> None:
    service, toy, begun = Service(), Toy(), list[Json]()

    @service.message("later")
    async def later(number: Json) -> None:
        begun.append(number)

    @service.message("at once")
    def at_once(number: Json) -> None:
        begun.append(number)

    async with service.listen(toy), Client(toy) as nest:
        patterns = ["later", "at once"] * 3
        await asyncio.gather(
            *(nest.send(pattern, number) for number, pattern in enumerate(patterns))
        )

    assert begun == [0, 1, 2, 3, 4, 5]


async def test_what_is_no_packet_is_the_data_of_an_event(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service, toy, heard = Service(), Toy(), list[Json]()
    service.event("log")(heard.append)

    async with service.listen(toy):
        toy.publish("log", b'{"temperature":21}', None, {})
        toy.publish("log", b"[1]", None, {})
        toy.publish("log", b'{"response":1,"id":"1"}', None, {})
        toy.publish("log", b"not JSON", None, {})

    assert heard == [{"temperature": 21}, [1], {"response": 1, "id": "1"}]
    assert "log: dropped what is not JSON" in caplog.text


async def test_a_request_that_waits_nowhere_is_handled_and_not_answered() -> None:
    service, toy, heard = Service(), Toy(), list[Json]()
    service.message("log")(heard.append)

    async with service.listen(toy):
        toy.publish("log", b'{"pattern":"log","data":1,"id":"1"}', None, {})

    assert heard == [1]
    assert toy.published == 1


async def test_a_context_has_what_the_broker_says() -> None:
    service, toy = Service(), Toy()

    @service.message("about")
    def about(context: Context) -> Json:
        assert context.carrier is not None
        carrier = context.carrier
        return [context.peer, context.connection_id, carrier.channel, context.route]

    async with service.listen(toy), Client(toy) as nest:
        told = await nest.send("about", {})

    assert told == ["toy://memory", 1, "about", "about"]


async def test_a_broker_that_cannot_be_reached_is_an_error_at_the_start() -> None:
    toy = Toy()
    toy.up = False

    with pytest.raises(ListenError, match="cannot connect to toy://memory: it is down"):
        async with Service().listen(toy):
            raise AssertionError

    toy.silent = True
    limits = Limits(connect=0.01)
    with pytest.raises(ListenError, match="toy://memory: no answer in time"):
        async with Service(limits=limits).listen(toy):
            raise AssertionError


async def test_it_connects_again_and_is_not_ready_meanwhile(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    service, toy, seen = Service(hooks=(hooks := _Seen())), Toy(), hooks
    service.message("echo")(lambda data: data)

    async with service.listen(toy) as server:
        toy.fall()
        states = [server.health.status]
        await until(lambda: toy.attempts > 3)
        toy.up = True
        await until(lambda: toy.subscribers[0].connected)
        states.append(server.health.status)
        assert toy.subscribers[0].number == 2
        async with Client(toy) as nest:
            assert await nest.send("echo", "again") == "again"

    assert states == ["starting", "ready"]
    named = ("server", "toy://memory")
    connections = [each for each in seen.told if each[0] in {"opened", "closed"}]
    assert connections[:3] == [
        ("opened", *named),
        ("closed", *named),
        ("opened", *named),
    ]
    assert "toy://memory: connection lost: it went down" in caplog.text
    assert "(1 attempts so far)" in caplog.text
    assert "toy://memory: connected again" in caplog.text


async def test_a_reply_waits_for_the_broker_to_come_back() -> None:
    service, toy, gate, bodies = Service(), Toy(), asyncio.Event(), list[bytes]()

    @service.message("wait")
    async def wait() -> str:
        await gate.wait()
        return "done"

    async with service.listen(toy):
        toy.publish("wait", b'{"pattern":"wait","data":1,"id":"7"}', "mine", {})
        toy.fall()
        gate.set()
        await asyncio.sleep(0)
        await until(lambda: not toy.subscribers[0].tasks)
        toy.subscribe("mine", lambda body, *_: bodies.append(body))
        toy.up = True
        await until(lambda: toy.subscribers[0].connected)

    assert bodies == [b'{"response":"done","isDisposed":true,"id":"7"}']


async def test_messages_above_the_limit_in_flight_wait_for_room() -> None:
    service, toy, gate = Service(limits=Limits(in_flight=2)), Toy(), asyncio.Event()
    begun: list[Json] = []

    @service.event("wait")
    async def wait(number: Json) -> None:
        begun.append(number)
        await gate.wait()

    async with service.listen(toy) as server:
        for number in range(5):
            toy.publish("wait", b'{"pattern":"wait","data":%d}' % number, None, {})
        await until(lambda: len(begun) == 2)
        assert server.in_flight == 2
        gate.set()

    assert begun == [0, 1, 2, 3, 4]
    assert toy.subscribers[0].dropped == 0


async def test_what_waits_for_room_is_bounded_and_the_rest_dropped_and_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    body = b'{"pattern":"wait","data":1}'
    limits = Limits(in_flight=1, buffered=3 * len(body))
    service, toy, gate, begun = Service(limits=limits), Toy(), asyncio.Event(), [0]

    @service.event("wait")
    async def wait() -> None:
        begun[0] += 1
        await gate.wait()

    async with service.listen(toy):
        for _ in range(1 + 3 + 9):
            toy.publish("wait", body, None, {})
        assert toy.subscribers[0].dropped == 9
        gate.set()

    assert begun == [4]
    assert [each.args for each in caplog.records if "dropped" in each.msg] == [
        ("toy://memory", count) for count in (1, 2, 4, 8)
    ]


async def test_what_waits_for_room_is_given_up_at_the_end_of_the_grace() -> None:
    service, toy, begun = Service(limits=Limits(in_flight=1)), Toy(), list[Json]()

    @service.event("wait")
    async def wait(number: Json) -> None:
        begun.append(number)
        await asyncio.Event().wait()

    async with service.listen(toy, grace=0.01) as server:
        for number in range(3):
            toy.publish("wait", b'{"pattern":"wait","data":%d}' % number, None, {})

    assert begun == [0]
    assert server.cut == 1


async def test_calls_in_flight_have_their_grace_and_are_then_cut() -> None:
    service, toy, gate, ended = Service(), Toy(), asyncio.Event(), list[str]()

    @service.message("quick")
    async def quick() -> str:
        await gate.wait()
        return "answered"

    @service.message("endless")
    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cleaned up")

    async with Client(toy) as nest, asyncio.TaskGroup() as group:
        async with service.listen(toy, grace=0.05) as server:
            answer = group.create_task(nest.send("quick", {}))
            toy.publish("endless", b'{"pattern":"endless","data":1}', None, {})
            await until(lambda: len(toy.subscribers[0].tasks) == 2)
            gate.set()
        assert await answer == "answered"

    assert ended == ["cleaned up"]
    assert (server.finished, server.cut) == (1, 1)


async def test_nothing_new_is_taken_at_the_end() -> None:
    service, toy = Service(), Toy()
    service.message("echo")(lambda data: data)

    async with Client(toy) as nest:
        async with service.listen(toy):
            await nest.send("echo", 1)
        with pytest.raises(RemoteError, match="nobody is subscribed"):
            await nest.send("echo", 1)


async def test_nothing_new_is_taken_while_calls_in_flight_have_their_grace() -> None:
    service, toy, gate = Service(), Toy(), asyncio.Event()
    service.message("wait")(gate.wait)

    async with service.listen(toy) as server, Client(toy) as nest:
        waiting = asyncio.create_task(nest.send("wait", {}))
        await until(lambda: server.in_flight)
        ending = asyncio.create_task(server.stop(PATIENCE))
        await until(lambda: server.health.status == "stopping")
        with pytest.raises(RemoteError, match="nobody is subscribed"):
            await nest.send("wait", {})
        gate.set()
        assert await waiting is True
        await ending


async def test_events_without_a_handler_are_told_ever_more_seldom(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service, toy = Service(), Toy()
    service.event("known")(lambda: None)

    async with service.listen(toy):
        service.handlers._handlers.clear()  # noqa: SLF001 — as if it had been taken off
        service.handlers._spellings.clear()  # noqa: SLF001
        for _ in range(5):
            toy.publish("known", b'{"pattern":"known","data":1}', None, {})

    told = [each.args for each in caplog.records if "no handler" in each.msg]
    assert [each[-1] for each in told if isinstance(each, tuple)] == [1, 2, 4]


async def test_hooks_are_told_of_packets_and_calls() -> None:
    seen, toy = _Seen(), Toy()
    service = Service(hooks=seen)
    service.message("echo")(lambda data: data)

    async with service.listen(toy), Client(toy) as nest:
        await nest.send("echo", 1)

    assert ("received", "server", 1) in seen.told
    assert ("finished", "server", "echo", "message", "completed") in seen.told
    assert ("sent", "server", 1) in seen.told
