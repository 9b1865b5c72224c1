from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from protocol import UNDEFINED, JsonText
from servers import (
    Client,
    ConnectError,
    ConnectionLostError,
    Limits,
    Outgoing,
    RequestTimeoutError,
    Service,
)
from servers.client.caller import Caller
from servers.client.connection import Connection
from servers.testing import connected
from tests.servers.peers import Peer, frame, scripted, settle, steady, until
from tests.servers.wires import Wire, Wires

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol import Json


def _service() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)

    @service.message("wait")
    async def wait(seconds: float) -> float:
        await asyncio.sleep(seconds)
        return seconds

    @service.message("never")
    async def never() -> None:
        await asyncio.Event().wait()

    return service


async def test_a_call_that_is_cancelled_is_forgotten() -> None:
    service, gate = _service(), asyncio.Event()
    service.message("gate")(gate.wait)
    async with connected(service) as nest:
        call = asyncio.ensure_future(nest.send("gate", 0))
        await until(lambda: nest.pending)
        call.cancel()
        await asyncio.wait([call])
        assert nest.pending == 0
        gate.set()
        await until(lambda: nest.unclaimed_replies)


async def test_the_time_to_connect_is_part_of_the_timeout() -> None:
    gate = asyncio.Event()

    async def dial(_: object) -> None:
        await gate.wait()

    async with Client(dial=dial) as nest:
        with pytest.raises(ConnectError, match=r"within 0\.05 s"):
            await nest.send("a", 1, timeout=0.05)
        with pytest.raises(ConnectError):
            await anext(nest.stream("a", 1, timeout=0.05))


async def test_the_error_names_the_time_that_was_given() -> None:
    async with connected(_service(), timeout=0.03) as nest:
        await nest.connect()  # else that could take all of the time
        with pytest.raises(RequestTimeoutError) as raised:
            await nest.send("never", 0)
        assert raised.value.seconds == 0.03
        with pytest.raises(RequestTimeoutError) as raised:
            await nest.send("never", 0, timeout=0.02)
        assert raised.value.seconds == 0.02
        assert nest.pending == 0


async def test_none_waits_for_ever() -> None:
    async with connected(_service(), timeout=0.02) as nest:
        assert await nest.send("wait", 0.1, timeout=None) == 0.1


async def test_writers_wait_for_a_server_that_does_not_read() -> None:
    reading = asyncio.Event()

    async def answer(peer: Peer, packet: Json) -> None:
        if packet["pattern"] == "stop":
            peer._reader._transport.pause_reading()  # type: ignore[attr-defined]  # noqa: SLF001
            await reading.wait()
            peer._reader._transport.resume_reading()  # type: ignore[attr-defined]  # noqa: SLF001
        if "id" in packet:
            peer.write(frame({"isDisposed": True, "id": packet["id"]}))

    limits = Limits(write_high=50_000)
    async with (
        scripted(answer) as (port, peers),
        Client("127.0.0.1", port, limits=limits) as nest,
    ):
        await nest.emit("stop", 0)
        await until(lambda: peers and peers[0].bodies)
        written = 0

        async def flood() -> None:
            nonlocal written
            for _ in range(40):
                await nest.emit("large", "x" * 1_000_000)
                written += 1

        flooding = asyncio.ensure_future(flood())
        stuck = await steady(lambda: written)
        assert stuck < 40
        with pytest.raises(ConnectError, match="accepts a message"):
            await nest.send("a", 1, timeout=0.05)
        reading.set()
        await flooding
        await nest.send("a", 1)
        assert len(peers[0].bodies) >= 42


async def test_a_server_that_is_killed_fails_calls_and_streams() -> None:
    async with _service().listen("127.0.0.1", 0) as server:
        async with Client("127.0.0.1", server.port) as nest:
            calls = [asyncio.ensure_future(nest.send("never", 0)) for _ in range(20)]
            await until(lambda: server.in_flight == 20)
            for connection in list(server._connections):  # noqa: SLF001
                connection.abort()
            found = await asyncio.gather(*calls, return_exceptions=True)
            assert all(isinstance(error, ConnectionLostError) for error in found)
            assert nest.pending == 0
            assert await nest.send("echo", "a new connection") == "a new connection"
        await server.stop(grace=0)


async def test_a_connection_that_goes_before_it_is_used_fails_the_call() -> None:
    async with _service().listen("127.0.0.1", 0) as server:

        async def dial(protocol: Callable[[], asyncio.Protocol]) -> None:
            loop = asyncio.get_running_loop()
            transport, made = await loop.create_connection(
                protocol, "127.0.0.1", server.port
            )
            transport.abort()
            assert isinstance(made, Connection)
            await made.wait_closed()

        async with Client(dial=dial) as nest:
            for call in (nest.send("echo", 1), nest.emit("echo", 1)):
                with pytest.raises(ConnectionLostError):
                    await call
            with pytest.raises(ConnectionLostError):
                await anext(nest.stream("echo", 1))
            assert nest.pending == 0


def _caller(wires: Wires) -> Caller:
    return Caller(wires, Limits(stream_values=5), None)


def _called(wire: Wire) -> list[Json]:
    return [json.loads(body) for body in wire.sent]


async def test_a_message_is_a_request_and_its_reply() -> None:
    wire = Wire()
    caller = _caller(Wires(wire))

    call = asyncio.ensure_future(caller.send({"b": 1}, [1], {"m": 2}, 60))
    await asyncio.sleep(0)
    (identity,) = wire.asked
    assert _called(wire) == [
        {"pattern": {"b": 1}, "data": [1], "metadata": {"m": 2}, "id": identity}
    ]
    wire.asked[identity].set_result("value")

    assert await call == "value"
    assert not wire.forgotten
    await caller.aclose()


@pytest.mark.parametrize("alternatives", [False, True])
async def test_a_wire_is_used_again_unless_there_are_alternatives(
    alternatives: bool,  # noqa: FBT001
) -> None:
    one, two = Wire(), Wire()
    wires = Wires(one, two, alternatives=alternatives)
    caller = _caller(wires)
    event = Outgoing("event", "e", 1)

    await caller.event(event)
    await caller.event(event)
    assert [len(one.sent), len(two.sent)] == ([1, 1] if alternatives else [2, 0])
    assert wires.acquired == 1 + alternatives

    one.usable = False
    wires.left = [two]
    await caller.event(event)
    assert len(two.sent) == 1 + alternatives
    await caller.aclose()
    assert wires.closed


async def test_a_request_waits_for_a_server_that_reads_slowly() -> None:
    slow, other = Wire(), Wire()
    slow.write_paused = True
    caller = _caller(Wires(slow, other))

    call = asyncio.ensure_future(caller.send("a", 1, UNDEFINED, 60))
    await settle()
    assert not slow.sent
    slow.usable = False  # it is lost meanwhile
    slow.gate.set()
    await until(lambda: other.asked)
    assert not slow.sent
    call.cancel()
    await asyncio.wait([call])
    assert other.forgotten == list(other.asked)
    await caller.aclose()


async def test_an_event_waits_after_it_is_sent() -> None:
    wire = Wire()
    caller = _caller(Wires(wire))
    await caller.event(Outgoing("event", "e", 1))
    send = wire.send

    def send_and_pause(body: bytes) -> None:
        send(body)
        wire.write_paused = True

    wire.send = send_and_pause  # type: ignore[method-assign]
    waiting = asyncio.ensure_future(caller.event(Outgoing("event", "e", 2)))
    await settle()
    assert [packet["data"] for packet in _called(wire)] == [1, 2]
    assert not waiting.done()
    wire.gate.set()
    await waiting
    await caller.aclose()


async def test_what_is_left_of_the_time_is_for_the_reply() -> None:
    wire = Wire()
    wire.write_paused = True
    caller = _caller(Wires(wire))

    call = asyncio.ensure_future(caller.send("a", 1, UNDEFINED, 0.2))
    await asyncio.sleep(0.1)
    wire.gate.set()
    with pytest.raises((RequestTimeoutError, ConnectError)):  # on a busy machine
        await call
    assert wire.forgotten == list(wire.asked)
    await caller.aclose()


async def test_a_wire_that_is_lost_at_once_sends_nothing() -> None:
    wire = Wire()
    wire.usable = False
    caller = _caller(Wires(*[wire] * 3))

    with pytest.raises(ConnectionLostError):
        await caller.send("a", 1, UNDEFINED, None)
    with pytest.raises(ConnectionLostError):
        await caller.event(Outgoing("event", "e", 1))
    with pytest.raises(ConnectionLostError):
        await caller.values(Outgoing("stream", "s", 1))
    assert not wire.sent
    await caller.aclose()


async def test_a_stream_follows_all_replies() -> None:
    wire = Wire()
    caller = _caller(Wires(wire))

    values = await caller.values(Outgoing("stream", "s", 1, {"m": 1}, 60))
    ((identity, call),) = wire.calls.items()
    assert _called(wire) == [
        {"pattern": "s", "data": 1, "metadata": {"m": 1}, "id": identity}
    ]
    for number in range(6):
        call.take(JsonText(b"%d" % number))
    assert call.full
    assert wire.crowds == 2  # at five values, and at six
    call.end()
    assert [value async for value in values] == [*range(6)]
    assert wire.reliefs > 0
    await caller.aclose()
