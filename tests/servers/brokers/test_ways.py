"""A client at a broker: when it connects, waits, and fails."""

from __future__ import annotations

import asyncio

import pytest

from servers import (
    Client,
    ClientClosedError,
    ConnectError,
    ConnectionEvent,
    ConnectionLostError,
    Limits,
    Service,
)
from tests.servers.brokers.toy import Toy
from tests.servers.peers import until


def _service() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)

    @service.message("wait")
    async def wait() -> None:
        await asyncio.Event().wait()

    return service


async def test_nothing_is_connected_before_the_first_call() -> None:
    toy = Toy()
    async with Client(toy) as nest:
        assert toy.attempts == 0
        before = nest.status
        await nest.connect()
        states = [(each.address, each.state) for each in (*before, *nest.status)]

    assert states == [
        ("toy://memory", "disconnected"),
        ("toy://memory", "connected"),
    ]

    assert toy.attempts == 1


async def test_one_attempt_serves_all_calls_that_wait() -> None:
    toy = Toy()
    async with _service().listen(toy), Client(toy) as nest:
        attempts = toy.attempts
        values = await asyncio.gather(*(nest.send("echo", n) for n in range(10)))

    assert values == [*range(10)]
    assert toy.attempts == attempts + 1


async def test_a_broker_that_is_down_fails_the_call() -> None:
    toy, events = Toy(), list[ConnectionEvent]()
    toy.up = False
    async with Client(toy) as nest:
        nest.subscribe(events.append)
        with pytest.raises(ConnectError, match="toy://memory: it is down") as caught:
            await nest.send("echo", 1)
        assert isinstance(nest.status[0].error, ConnectError)

    assert _causes(caught.value) == [ConnectError]

    assert [event.kind for event in events] == ["failed"]


async def test_one_that_does_not_answer_fails_the_call_in_time() -> None:
    toy = Toy()
    toy.silent = True
    async with Client(toy, limits=Limits(connect=0.01)) as nest:
        with pytest.raises(ConnectError, match="no answer in time") as caught:
            await nest.send("echo", 1)

    # What asyncio gives a TimeoutError as its cause differs between versions.
    assert _causes(caught.value)[:2] == [ConnectError, TimeoutError]


def _causes(error: BaseException | None) -> list[type[BaseException]]:
    """Return the kinds of an error and of its causes, which come to an end."""
    kinds: list[type[BaseException]] = []
    while error is not None and len(kinds) < 10:
        kinds.append(type(error))
        error = error.__cause__
    return kinds


async def test_calls_wait_for_the_broker_where_that_is_asked_for() -> None:
    toy = Toy()
    toy.up = False
    async with Client(toy, wait_for_server=True, timeout=None) as nest:
        call = asyncio.create_task(nest.emit("log", 1))
        await until(lambda: toy.attempts > 3)
        toy.up = True
        await call
        await until(lambda: toy.published)


async def test_a_connection_that_is_lost_fails_what_waits_and_is_made_again() -> None:
    toy, events = Toy(), list[ConnectionEvent]()
    async with _service().listen(toy, grace=0), Client(toy) as nest:
        nest.subscribe(events.append)
        call = asyncio.create_task(nest.send("wait", 1))
        await until(lambda: nest.pending)
        toy.fall()
        with pytest.raises(ConnectionLostError, match="toy://memory: it went down"):
            await call
        toy.up = True
        await until(lambda: toy.subscribers[0].connected)
        assert await nest.send("echo", 2) == 2

    kinds = [event.kind for event in events]
    assert kinds == ["connected", "disconnected", "connected", "disconnected"]


async def test_replies_that_nobody_waits_for_are_counted_over_connections() -> None:
    toy = Toy()
    async with _service().listen(toy), Client(toy) as nest:
        await nest.connect()
        toy.publish(toy.wires_made[0].inbox, b'{"response":1,"id":"x"}', None, {})
        assert nest.unclaimed_replies == 1
        toy.fall()
        assert nest.unclaimed_replies == 1


async def test_a_client_that_is_closed_fails_what_waits() -> None:
    toy = Toy()
    async with _service().listen(toy, grace=0):
        nest = Client(toy)
        call = asyncio.create_task(nest.send("wait", 1))
        await until(lambda: nest.pending)
        await nest.aclose()
        with pytest.raises(ConnectionLostError):
            await call
        with pytest.raises(ClientClosedError):
            await nest.send("echo", 1)


async def test_an_attempt_ends_with_the_client() -> None:
    toy = Toy()
    toy.silent = True
    nest = Client(toy)
    call = asyncio.create_task(nest.send("echo", 1))
    await until(lambda: toy.attempts)
    await nest.aclose()

    with pytest.raises(ClientClosedError):
        await call


def test_a_client_moves_to_another_event_loop() -> None:
    toy = Toy()
    nest = Client(toy)

    async def call() -> object:
        async with _service().listen(toy):
            return await nest.send("echo", 1)

    assert [asyncio.run(call()), asyncio.run(call())] == [1, 1]
