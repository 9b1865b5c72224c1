from __future__ import annotations

import asyncio
import itertools
import socket
from typing import TYPE_CHECKING

import pytest

from servers import (
    Backoff,
    Client,
    ClientClosedError,
    ConnectError,
    ConnectionEvent,
    Limits,
    Service,
)
from tests.servers.peers import Peer, frame, scripted, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol import Json


def _service() -> Service:
    service = Service()
    service.message("echo")(lambda data: data)
    return service


def _free_port() -> int:
    """Return a port that nobody listens on, as far as one can know."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


async def test_nothing_is_connected_before_the_first_call() -> None:
    async with (
        _service().listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        await asyncio.sleep(0.02)
        assert server.accepted == 0
        await asyncio.gather(*(nest.send("echo", n) for n in range(50)))
        assert server.accepted == 1


async def test_connecting_can_be_asked_for() -> None:
    async with (
        _service().listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        await nest.connect()
        await until(lambda: server.connections == 1)


@pytest.mark.parametrize(
    ("host", "why"),
    [("127.0.0.1", "refused"), ("no-such-host.invalid", "cannot connect")],
)
async def test_a_server_that_is_not_there_is_an_error_at_once(
    host: str, why: str
) -> None:
    port = _free_port()
    async with Client(host, port) as nest:
        for call in (nest.send("a", 1), nest.emit("a", 1), nest.connect()):
            with pytest.raises(ConnectError, match=why) as raised:
                await call
            assert f"{host}:{port}" in str(raised.value)


async def test_a_server_that_does_not_answer_is_given_up() -> None:
    limits = Limits(connect=0.05)

    async def never(_: object) -> None:
        await asyncio.Event().wait()

    async with Client(dial=never, limits=limits) as nest:
        with pytest.raises(ConnectError, match="no answer in time"):
            await nest.send("a", 1)


async def test_connection_events_tell_the_story() -> None:
    events: list[str] = []

    def note(event: ConnectionEvent) -> None:
        events.append(event.kind)
        assert str(port) in event.address

    port = _free_port()
    async with Client("127.0.0.1", port, backoff=Backoff(first=0.01)) as nest:
        forget = nest.subscribe(note)
        with pytest.raises(ConnectError):
            await nest.send("echo", 1)
        async with _service().listen("127.0.0.1", port):
            assert await nest.send("echo", 1) == 1
        await until(lambda: len(events) == 3)
        async with _service().listen("127.0.0.1", port):
            assert await nest.send("echo", 2) == 2
            forget()

    assert events == ["failed", "connected", "disconnected", "connected"]


def _fail(event: ConnectionEvent) -> None:
    raise ValueError(event.kind)


async def test_a_listener_that_fails_hurts_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with (
        _service().listen("127.0.0.1", 0) as server,
        Client("127.0.0.1", server.port) as nest,
    ):
        nest.subscribe(_fail)
        assert await nest.send("echo", 1) == 1
    assert "ValueError: connected" in caplog.text


async def test_attempts_are_spaced_after_failures() -> None:
    events: list[float] = []
    loop = asyncio.get_running_loop()
    backoff = Backoff(first=0.04, factor=2, jitter=0)
    async with Client("127.0.0.1", _free_port(), backoff=backoff) as nest:
        nest.subscribe(lambda _: events.append(loop.time()))
        for _ in range(4):
            calls = [nest.send("a", 1) for _ in range(10)]
            found = await asyncio.gather(*calls, return_exceptions=True)
            assert all(isinstance(error, ConnectError) for error in found)

    assert len(events) == 4  # one attempt for ten calls
    gaps = [after - before for before, after in itertools.pairwise(events)]
    for gap, least in zip(gaps, (0.04, 0.08, 0.16), strict=True):
        assert gap >= least * 0.95


async def test_a_call_may_wait_for_the_server() -> None:
    port = _free_port()
    backoff = Backoff(first=0.01, longest=0.05)
    async with Client(
        "127.0.0.1", port, wait_for_server=True, backoff=backoff, timeout=60
    ) as nest:
        waiting = asyncio.ensure_future(nest.send("echo", "patience"))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        async with _service().listen("127.0.0.1", port):
            assert await waiting == "patience"

        with pytest.raises(ConnectError, match=r"within 0\.1 s"):
            await nest.send("echo", 1, timeout=0.1)


async def test_a_message_is_never_sent_twice() -> None:
    seen: list[Json] = []

    def answer(peer: Peer, packet: Json) -> None:
        seen.append(packet["data"])
        if packet["data"] == "close":
            peer.writer.transport.abort()
        else:
            peer.write(frame({"isDisposed": True, "id": packet["id"]}))

    async with scripted(answer) as (port, _), Client("127.0.0.1", port) as nest:
        calls = [nest.send("p", data) for data in ("a", "b", "close")]
        await asyncio.gather(*calls, return_exceptions=True)
        await nest.send("p", "c")

    assert seen == ["a", "b", "close", "c"]


async def test_one_caller_that_gives_up_does_not_end_the_attempt_for_others() -> None:
    gate = asyncio.Event()
    service = _service()
    async with service.listen("127.0.0.1", 0) as server:

        async def dial(protocol: Callable[[], asyncio.Protocol]) -> None:
            await gate.wait()
            loop = asyncio.get_running_loop()
            await loop.create_connection(protocol, "127.0.0.1", server.port)

        async with Client(dial=dial) as nest:
            hasty = asyncio.ensure_future(nest.send("echo", 1))
            patient = asyncio.ensure_future(nest.send("echo", 2))
            await asyncio.sleep(0.01)
            hasty.cancel()
            gate.set()
            assert await patient == 2
            assert hasty.cancelled()
        assert server.accepted == 1


async def test_closing_ends_an_attempt_to_connect() -> None:
    async def never(_: object) -> None:
        await asyncio.Event().wait()

    async with Client(dial=never) as nest:
        waiting = asyncio.ensure_future(nest.send("a", 1))
        await asyncio.sleep(0.01)
    with pytest.raises(ClientClosedError):
        await waiting
    with pytest.raises(ClientClosedError):
        await nest.send("a", 1)


@pytest.mark.parametrize("host", ["x" * 300, "a\0b", "a b", "1.2.3.4.5", "::1%none"])
async def test_what_cannot_be_a_host_cannot_be_connected_to(host: str) -> None:
    async with Client(host, 3000) as nest:
        with pytest.raises(ConnectError, match="cannot connect to "):
            await nest.send("echo", 1)
