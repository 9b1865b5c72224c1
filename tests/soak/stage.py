"""Who takes part in a soak: two servers of ours, Nest 12, and clients of all kinds.

``steady`` lives as long as the soak does; ``mortal`` is ended and started again. The
proxy stands before ``steady``, so that what it does to connections harms no promise.
"""

from __future__ import annotations

import asyncio
import gc
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from servers import Backoff, BlockingClient, Client
from servers.client.deadlines import Deadlines
from tests.interop.nests import Nest
from tests.interop.pairs import opened
from tests.patience import PATIENCE
from tests.servers.peers import until
from tests.soak.callers import Blocking, Caller, FromNest, Ours, ToNest
from tests.soak.ledger import Way
from tests.soak.processes import ServerProcess
from tests.soak.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

_SOON = Backoff(first=0.01, longest=0.1)
_LOOKS = 1_000  # until what must happen has happened


@dataclass
class Stage:
    """All that take part.

    Attributes:
        steady: A server that is never ended.
        mortal: A server that is.
        nest: Nest 12, server and client.
        proxy: What stands before the steady server.
        direct: A client of the mortal server only.
        proxied: A client behind the proxy.
        callers: All clients.
    """

    steady: ServerProcess
    mortal: ServerProcess
    nest: Nest
    proxy: Proxy
    direct: Ours
    proxied: Ours
    callers: list[Caller]

    @property
    def clients(self) -> list[Client]:
        """Our clients, those for code that blocks aside."""
        return [each.client for each in self.callers if isinstance(each, Ours | ToNest)]

    async def quiet(self) -> None:
        """Wait until nobody waits for anything."""
        await until(lambda: not any(client.pending for client in self.clients))
        for caller in self.callers:
            if isinstance(caller, Ours):  # what was sent before has been read then
                await caller.client.send("held", 0, timeout=PATIENCE)
        for server in (self.steady, self.mortal):
            await _idle(server)

    def waiting(self) -> int:
        """Return how many calls of this process wait, or have a deadline."""
        gc.collect()
        deadlines = [each for each in gc.get_objects() if type(each) is Deadlines]
        pending = sum(client.pending for client in self.clients)
        return pending + sum(len(each) for each in deadlines)

    def check_unclaimed(self) -> None:
        """Check that no reply came twice: only those of hurried calls find nobody."""
        for caller in self.callers:
            if isinstance(caller, Ours | ToNest):
                hurried = caller.hurried if isinstance(caller, Ours) else 0
                assert caller.client.unclaimed_replies <= hurried, caller


async def held_at(server: ServerProcess) -> dict[str, Any]:
    """Return what a server holds, by its own account."""
    async with Client("127.0.0.1", server.port) as client:
        held: dict[str, Any] = await client.send("held", 0, timeout=PATIENCE)
    return held


async def _idle(server: ServerProcess) -> None:
    """Wait until a server handles nothing but the call that asks."""
    for _ in range(_LOOKS):
        if (await held_at(server))["in_flight"] == 1:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{server.name} goes on handling calls")


@asynccontextmanager
async def staged(folder: Path) -> AsyncIterator[Stage]:
    """Start all that take part, and end them, each in the order of its kind.

    Raises:
        AssertionError: A server keeps something when its clients have gone.
    """
    async with AsyncExitStack() as stack:
        servers = [ServerProcess(name, folder) for name in ("steady", "mortal")]
        for server in servers:
            stack.callback(server.abandon)
            await server.start()
        nest = stack.enter_context(Nest.start("v12"))
        before = await held_at(servers[0])
        async with AsyncExitStack() as clients:
            yield await _stage(clients, nest, *servers)
        await _check_left(servers[0], before)
        for server in servers:
            await server.stop()


async def _check_left(server: ServerProcess, before: dict[str, Any]) -> None:
    """Check that a server holds what it held, once all clients have gone."""
    counted = ("in_flight", "connections", "tasks", "descriptors")
    expected = {name: before[name] for name in counted}
    for _ in range(_LOOKS):
        held = await held_at(server)
        if {name: held[name] for name in counted} == expected:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"the server holds {held}, and held {before}")


async def _stage(
    stack: AsyncExitStack, nest: Nest, steady: ServerProcess, mortal: ServerProcess
) -> Stage:
    """Open all clients."""
    proxy, passed = await stack.enter_async_context(Proxy.to(steady.port))
    direct = Ours(_client(mortal.port), _way("mortal"))
    proxied = Ours(_client(passed), Way(frozenset({"steady"}), sound=False))
    callers: list[Caller] = [
        direct,
        proxied,
        Ours(_client(steady.port), _way("steady")),
        Ours(_client(steady.port, mortal.port), _way("steady", "mortal")),
        ToNest(_client(await nest.port()), Way(frozenset({"nest"}), noted=False)),
    ]
    stage = Stage(steady, mortal, nest, proxy, direct, proxied, callers)
    for client in stage.clients:
        await stack.enter_async_context(client)
    blocking = BlockingClient("127.0.0.1", steady.port)
    stack.callback(blocking.close)
    callers.append(Blocking(blocking, _way("steady")))
    for server in (steady, mortal):
        theirs = await stack.enter_async_context(opened(nest, server.port))
        callers.append(FromNest(theirs, _way(server.name)))
    return stage


def _client(*ports: int) -> Client:
    addresses = [("127.0.0.1", port) for port in ports]
    return Client(addresses=addresses, backoff=_SOON)


def _way(*servers: str) -> Way:
    return Way(frozenset(servers))
