"""The TCP connections of a client, and which of several servers gets the next call."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from servers.errors import CircuitOpenError, ConnectError

from .packets import PLAIN, Bodies

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .connection import Connection
    from .links import Link
    from .statuses import ServerStatus

Balance: TypeAlias = Literal["round_robin", "least_pending"]


class Pool:
    """The addresses of a client; its :class:`~servers.client.wire.Wires`.

    Args:
        links: One for each address.
        balance: ``round_robin`` takes the servers in turn, ``least_pending`` the one
            with the fewest calls that wait.
        persistent: Whether to go on trying to connect for as long as a caller waits,
            rather than to fail once every address has failed.

    Attributes:
        links: One for each address.
        alternatives: Whether there are several, or a call may be refused.
        watched: Whether links are told how calls end.
    """

    bodies: ClassVar[Bodies] = PLAIN

    def __init__(
        self, links: Sequence[Link], balance: Balance, *, persistent: bool
    ) -> None:
        self.links = list(links)
        several = len(self.links) > 1
        self.watched = any(each.circuit is not None for each in self.links)
        self.alternatives = several or self.watched
        self._balance = balance
        self._persistent = persistent
        self._turn = 0
        self._out: set[Link] = set()
        for link in self.links:
            link.join(self._out, several=several)

    @property
    def pending(self) -> int:
        """Number of calls that wait for replies."""
        return sum(link.pending for link in self.links)

    @property
    def unclaimed(self) -> int:
        """Number of replies that no call waited for."""
        return sum(link.unclaimed for link in self.links)

    @property
    def status(self) -> tuple[ServerStatus, ...]:
        """What is known of each server."""
        return tuple(link.status for link in self.links)

    async def connect(self) -> None:
        """Connect to every address.

        Raises:
            ConnectError: One of them cannot be reached.
        """
        await asyncio.gather(*(link.connect() for link in self.links))

    async def acquire(self, avoided: Collection[str] = ()) -> Connection:
        """Return the connection of the next call, made now if need be.

        Args:
            avoided: The peers that are asked only if there is no other.

        Raises:
            ConnectError: No address can be reached.
        """
        while True:
            try:
                return await self._acquire(avoided)
            except CircuitOpenError:
                raise
            except ConnectError:
                if not self._persistent:
                    raise

    async def _acquire(self, avoided: Collection[str]) -> Connection:
        left = list(self.links) if not self._out else self._admitted()
        while True:
            ready = [link for link in left if link.usable or not link.delay]
            if avoided:
                ready = [each for each in ready if each.peer not in avoided] or ready
            link = self._choose(ready) or min(left, key=lambda each: each.delay)
            if link in self._out:
                link.enter()
            try:
                connection = await link.connect()
            except ConnectError:
                left.remove(link)
                if not left:
                    raise
                continue
            if not connection.write_paused or len(left) == 1:
                return connection
            left.remove(link)  # the others may read

    def _admitted(self) -> list[Link]:
        """Return the links that get calls; all of them if all were ejected.

        Raises:
            CircuitOpenError: The circuits of all are open.
        """
        admitted = [each for each in self.links if each.check()]
        if admitted:
            return admitted
        refusals = [
            each.circuit.refusal() for each in self.links if each.circuit is not None
        ]
        if refusals:
            raise min(refusals, key=lambda each: each.retry_in)
        return list(self.links)

    def _choose(self, links: Sequence[Link]) -> Link | None:
        if not links:
            return None
        self._turn += 1
        if self._balance == "least_pending":
            # In turn among equals, so that idle servers all get their share.
            turned = [links[(self._turn + n) % len(links)] for n in range(len(links))]
            return min(turned, key=lambda link: link.pending)
        return links[self._turn % len(links)]

    async def close(self) -> None:
        """Close all connections."""
        await asyncio.gather(*(link.close() for link in self.links))

    def abandon(self) -> None:
        """Let go of all connections: their event loop does not run."""
        for link in self.links:
            link.abandon()
