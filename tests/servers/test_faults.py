"""Peers that stall, never read, flood, talk nonsense or vanish, and what others feel.

How long the others wait is measured by ``benchmarks/faults.py``; what is counted here
does not depend on the machine.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import socket
import struct
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from servers import Client, Limits, Service
from tests.servers.peers import frame, request, settle, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from servers import Server

_CALLS = 50  # of the good peer, one after the other
_TURNS = 20  # of the flood while one call goes there and back: a few at most
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a RST
_NONSENSE = [
    b"GET / HTTP/1.1\r\nHost: localhost\r\n#",
    bytes.fromhex("16030100c8010000c40303") + bytes(100) + b"#",
    random.Random(1).randbytes(5_000) + b"#",  # noqa: S311
    b"not a length#{}",
    b"2#{]",
]


class Scene:
    """A server, a good client of it, and bad peers.

    Attributes:
        tiny: Events of the flood that were handled.
        echoes: Echoes that were made, for anybody.
    """

    def __init__(self) -> None:
        self.tiny = 0
        self.echoes = 0
        self.service = Service(limits=Limits(partial_frame=60, closing=0.1))
        self.service.event("tiny")(self._count_tiny)
        self.service.message("echo")(self._echo)
        self.service.message("tiny so far")(lambda: self.tiny)
        self.service.message("wait")(self._wait)

    @asynccontextmanager
    async def play(self) -> AsyncIterator[tuple[Server, Client]]:
        async with self.service.listen("127.0.0.1", 0, grace=0.1) as server:
            self._port = server.port
            async with Client("127.0.0.1", server.port, timeout=20) as good:
                await good.connect()
                yield server, good

    async def peer(self) -> asyncio.StreamWriter:
        """Connect; nothing is ever read."""
        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        return writer

    async def calls_go_on(self, good: Client) -> None:
        for number in range(_CALLS):
            assert await good.send("echo", number) == number

    def _count_tiny(self) -> None:
        self.tiny += 1

    def _echo(self, data: object) -> object:
        self.echoes += 1
        return data

    async def _wait(self) -> None:
        await asyncio.Event().wait()


async def test_a_flood_of_tiny_frames_takes_turns_with_the_others() -> None:
    scene = Scene()
    tiny = frame({"pattern": "tiny"})
    flood = 200_000
    async with scene.play() as (_, good):
        bad = await scene.peer()
        bad.write(tiny * flood)
        await until(lambda: scene.tiny)
        counts = [await good.send("tiny so far", {}) for _ in range(_CALLS)]
        bad.transport.abort()

    between = [after - before for before, after in itertools.pairwise(counts)]
    assert max(between) <= _TURNS * 32
    assert counts[-1] < flood  # it went on all the while


async def test_a_peer_that_never_reads_is_not_read_from() -> None:
    scene = Scene()
    asked = request("echo", "x" * 10_000)
    async with scene.play() as (server, good):
        with socket.socket() as bad:
            bad.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            bad.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
            bad.connect(("127.0.0.1", server.port))
            bad.setblocking(False)  # noqa: FBT003
            offered = await _offer(bad, asked)
            handled = scene.echoes
            await scene.calls_go_on(good)

            assert scene.echoes == handled + _CALLS
            assert handled * len(asked) <= offered < 50_000_000


async def _offer(bad: socket.socket, data: bytes) -> int:
    """Send until nothing is taken any more; return how much was."""
    offered = refused = 0
    while refused < 20:
        try:
            offered += bad.send(data[offered % len(data) :])
            refused = 0
        except BlockingIOError:
            refused += 1
            await asyncio.sleep(0.01)
        await asyncio.sleep(0)
    return offered


async def test_peers_that_stall_inside_a_frame_are_dropped_alone() -> None:
    scene = Scene()
    half = request("echo", "x" * 10_000)[:5_000]
    async with scene.play() as (server, good):
        bad = [await scene.peer() for _ in range(100)]
        for peer in bad:
            peer.write(half)
        await until(lambda: server.connections == 101)
        await scene.calls_go_on(good)
        for connection in list(server._connections):  # noqa: SLF001 — time passes
            connection.check_time(connection.last_read + 61)
        await until(lambda: server.connections == 1)
        await scene.calls_go_on(good)
        for peer in bad:
            peer.close()


async def test_nonsense_is_closed_and_logged_once_each(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    async with scene.play() as (server, good):
        for nonsense in _NONSENSE:
            bad = await scene.peer()
            bad.write(nonsense * 3)
            await scene.calls_go_on(good)
            bad.close()
        await until(lambda: server.connections == 1)
        await settle()

    lines = [each for each in caplog.records if each.name == "servers.server"]
    assert len(lines) == len(_NONSENSE)


async def test_peers_that_vanish_leave_nothing_behind() -> None:
    scene = Scene()
    async with scene.play() as (server, good):
        for _ in range(100):
            bad = await scene.peer()
            bad.write(request("echo", "x") + b'99#{"pat')
            await bad.drain()
            connection = bad.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            bad.transport.abort()
        await scene.calls_go_on(good)
        await until(lambda: server.connections == 1)
        assert server.accepted == 101
        assert server.in_flight == 0


@pytest.mark.parametrize("ending", ["abort", "close"])
async def test_a_caller_that_vanishes_takes_only_its_own_call_along(
    ending: str,
) -> None:
    scene = Scene()
    async with scene.play() as (server, good):
        mine = asyncio.ensure_future(good.send("wait", {}))
        bad = await scene.peer()
        bad.write(request("wait"))
        await until(lambda: server.in_flight == 2)
        getattr(bad.transport, ending)()
        await scene.calls_go_on(good)

        assert not mine.done()
        mine.cancel()
