"""Servers that a registry names: new ones get calls, those that left get none."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any

from servers.errors import ClientClosedError, ConnectError
from servers.logs import logger_of

from .addresses import name_of
from .pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from .addresses import Address
    from .backoff import Backoff
    from .connection import Connection
    from .discovery import Discovery
    from .links import Link
    from .pool import Balance

logger = logger_of("client")

_GRACE = 1.0  # seconds in which calls that have chosen a server may begin
_LEAVING = 0.1  # seconds between two looks at whether its calls have ended


# decision 168: What was found stays until something else is found
class DiscoveredPool(Pool):
    """A pool whose links follow what a registry says.

    Nothing is asked before the first call. What was found is kept while the registry
    cannot be asked.

    Args:
        discovery: Says which servers there are.
        make: Makes the link to an address.
        balance: How calls are distributed.
        persistent: Whether to wait for a server rather than to fail if there is none.
        backoff: The waits after the registry failed.
        watched: Whether links are told how calls end.
    """

    def __init__(  # noqa: PLR0913 — options, by name
        self,
        discovery: Discovery,
        make: Callable[[Address], Link],
        balance: Balance,
        *,
        persistent: bool,
        backoff: Backoff,
        watched: bool,
    ) -> None:
        super().__init__([], balance, persistent=persistent)
        self.alternatives = True
        self.watched = watched
        self._discovery = discovery
        self._make = make
        self._waits_for_servers = persistent
        self._backoff = backoff
        self._following: asyncio.Task[None] | None = None
        self._leaving: dict[Link, asyncio.Task[None]] = {}
        self._lack: str | None = None  # why there are no links; None before an answer
        self._news = asyncio.Event()

    async def connect(self) -> None:
        """Connect to every server that there is now.

        Raises:
            ConnectError: There is none, or one of them cannot be reached.
        """
        await self._found()
        await super().connect()

    async def acquire(self, avoided: Collection[str] = ()) -> Connection:
        """Return the connection of the next call, to a server that there is now.

        Args:
            avoided: The peers that are asked only if there is no other.

        Raises:
            ConnectError: There is no server, or none that can be reached.
        """
        await self._found()
        return await super().acquire(avoided)

    async def close(self) -> None:
        """Close all connections, and ask the registry no more."""
        tasks = [*self._leaving.values()]
        if self._following is not None:
            tasks.append(self._following)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        links = [*self.links, *self._leaving]
        self._lack = "the client is closed"
        self._news.set()
        await asyncio.gather(*(link.close() for link in links))

    def abandon(self) -> None:
        """Let go of all: the event loop does not run."""
        with suppress(RuntimeError):  # it may be closed
            for task in filter(None, [self._following, *self._leaving.values()]):
                task.cancel()
        for link in self._leaving:
            link.abandon()
        super().abandon()

    async def _found(self) -> None:
        """Return once there are links.

        Raises:
            ConnectError: There are none.
        """
        if self._following is None:
            self._following = asyncio.create_task(self._follow())
        while not self.links:
            if self._lack is not None and not self._waits_for_servers:
                raise ConnectError(f"{self._discovery.name}: {self._lack}")
            self._news.clear()
            await self._news.wait()
            if self._following.cancelled():
                raise ClientClosedError

    async def _follow(self) -> None:
        failures = 0
        while True:
            try:
                values: Any = self._discovery.addresses()
                async with aclosing(values):
                    async for addresses in values:
                        failures = 0
                        self._update(addresses)
            except Exception as error:  # noqa: BLE001 — of whatever asks
                failures += 1
                self._failed(error, failures)
                await asyncio.sleep(self._backoff.wait(failures))
            else:
                return

    def _failed(self, error: Exception, failures: int) -> None:
        if failures == 1:
            logger.warning("%s: cannot ask: %s", self._discovery.name, error)
        self._lack = f"cannot ask: {error}"
        self._news.set()

    def _update(self, addresses: Sequence[Address]) -> None:
        """Have a link to each of the addresses, and to no other."""
        wanted = {name_of(each): each for each in addresses}
        known = {link.address: link for link in self.links}
        for name in known.keys() - wanted.keys():
            self._let_go(known[name])
        links = [known.get(name) or self._link(each) for name, each in wanted.items()]
        self.links[:] = links
        for link in links:
            link.join(self._out, several=len(links) > 1)
        self._lack = None if links else "no server is registered"
        self._news.set()

    def _link(self, address: Address) -> Link:
        name = name_of(address)
        logger.info("%s: found %s", self._discovery.name, name)
        return self._make(address)

    def _let_go(self, link: Link) -> None:
        """Give a server no more calls, and close the connection after the last one."""
        logger.info("%s: %s has left", self._discovery.name, link.address)
        self._out.discard(link)
        task = asyncio.create_task(self._leave(link))
        self._leaving[link] = task
        task.add_done_callback(lambda _: self._leaving.pop(link, None))

    async def _leave(self, link: Link) -> None:
        await asyncio.sleep(_GRACE)
        while link.pending:  # noqa: ASYNC110 — it tells nobody when a call ends
            await asyncio.sleep(_LEAVING)
        await link.close()
