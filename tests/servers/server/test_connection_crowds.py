"""Connections with as many calls, or streams, as may be in flight."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from servers import Hooks, Limits, Service
from tests.servers.peers import Peer, request, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from servers import Server

_LEFT = 2_000  # twice what once made a connection deaf


class _Held(Hooks):
    """Keep what is told of connections that are not read."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def reading_held(self, side: str, peer: str, seconds: float) -> None:
        assert side == "server"
        assert peer.startswith("127.0.0.1:")
        self.seconds.append(seconds)


def _service(limits: Limits | None = None, hooks: Hooks | None = None) -> Service:
    service = Service(limits=limits, hooks=hooks)
    service.message("echo")(lambda data: data)

    @service.message("wait")
    async def wait() -> None:
        await asyncio.Event().wait()

    @service.message("endless")
    async def endless() -> AsyncIterator[int]:
        yield 1
        await asyncio.Event().wait()

    return service


def _many(pattern: str, count: int) -> bytes:
    return b"".join(request(pattern, 0, f"{pattern}{n}") for n in range(count))


def _check(server: Server, seconds: float) -> None:
    """Let the server look at its only connection as if so many seconds had passed."""
    (connection,) = server._connections  # noqa: SLF001
    connection.check_time(asyncio.get_running_loop().time() + seconds)


@pytest.mark.parametrize("pattern", ["wait", "endless"])
async def test_calls_are_answered_beside_those_that_nobody_waits_for(
    pattern: str,
) -> None:
    async with _service().listen("127.0.0.1", 0, grace=0) as server:
        peer = await Peer.connect(server.port)
        peer.write(_many(pattern, _LEFT))
        await until(lambda: server.in_flight == _LEFT)
        peer.write(request("echo", "heard", "mine"))
        await until(lambda: any('"mine"' in body for body in peer.bodies))
        await peer.aclose()


@pytest.mark.parametrize(("full", "other"), [("wait", "endless"), ("endless", "wait")])
async def test_calls_and_streams_have_limits_of_their_own(
    full: str, other: str
) -> None:
    limits = Limits(in_flight=3, streams=3)
    async with _service(limits).listen("127.0.0.1", 0, grace=0) as server:
        peer = await Peer.connect(server.port)
        peer.write(_many(other, 2) + _many(full, 2) + request("echo", 1, "before"))
        await until(lambda: any('"before"' in body for body in peer.bodies))
        peer.write(_many(full, 9) + request("echo", 1, "after"))
        await until(lambda: server.in_flight == 5)
        await asyncio.sleep(0.05)

        assert server.in_flight == 5
        assert not any('"after"' in body for body in peer.bodies)
        await peer.aclose()


async def test_a_connection_that_is_not_read_is_told_of_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    hooks, limits = _Held(), Limits(in_flight=2)
    async with _service(limits, hooks).listen("127.0.0.1", 0, grace=0) as server:
        peer = await Peer.connect(server.port)
        peer.write(_many("wait", 5))
        await until(lambda: server.in_flight == 2)
        _check(server, 4)
        assert not hooks.seconds
        for seconds in (7, 8, 900):
            _check(server, seconds)
        await peer.aclose()

    (line,) = caplog.messages
    assert line.startswith("127.0.0.1:")
    assert "nothing read for 7.0" in line
    assert "2 calls and 0 streams in flight (limits in_flight and streams)" in line
    assert [round(seconds) for seconds in hooks.seconds] == [7]


async def test_one_that_is_read_again_may_be_told_of_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate = asyncio.Event()
    service = Service(limits=Limits(in_flight=1))

    @service.message("gate")
    async def wait() -> None:
        await gate.wait()

    async with service.listen("127.0.0.1", 0, grace=0) as server:
        peer = await Peer.connect(server.port)
        for told in (1, 2):
            peer.write(request("gate", 0, str(told)))
            await until(lambda: server.in_flight == 1)
            _check(server, 60)
            gate.set()
            await until(lambda: not server.in_flight)
            gate.clear()
            assert len(caplog.records) == told
        await peer.aclose()
