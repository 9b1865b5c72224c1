"""The states of the servers of a client, to read at any time or to be told of.

======================  ============================================================
state                   meaning
======================  ============================================================
``disconnected``        there is no connection; the next call makes one
``connecting``          one is being made
``connected``           calls can be sent
``ejected``             the server hangs, and other servers get its calls
``open``                its calls failed, and a breaker lets none through
``half_open``           … and lets one through, by which the server is tried
======================  ============================================================

A client of Nest has the first and the third, as ``client.status``: an observable that
begins with the last one, and repeats none.

Source: ``packages/microservices/client/client-proxy.ts``, ``status``;
``client/client-tcp.ts``, ``registerConnectListener`` and ``handleClose``.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TypeAlias
from weakref import WeakSet

import msgspec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

ServerState: TypeAlias = Literal[
    "disconnected", "connecting", "connected", "ejected", "open", "half_open"
]

_KEPT = 1_000  # changes that wait for a reader, the latest ones


class ServerStatus(msgspec.Struct, frozen=True):
    """What a client knows of one of its servers.

    Attributes:
        address: The address, as it was passed to the client.
        state: Whether the server gets calls, and if not, why.
        pending: Number of calls that wait for its replies.
        error: Why it was last disconnected, or got no calls; None since it gets them.
    """

    address: str
    state: ServerState = "disconnected"
    pending: int = 0
    error: Exception | None = None


class Watchers:
    """Those that are told of each change of a status.

    Args:
        current: Returns the status of every server.
    """

    def __init__(self, current: Callable[[], Sequence[ServerStatus]]) -> None:
        self._current = current
        self._watchers: WeakSet[_Watcher] = WeakSet()  # an iterator holds its own

    def changed(self, status: ServerStatus) -> None:
        """Tell of the status of a server."""
        for each in list(self._watchers):
            each.put(status)

    def end(self) -> None:
        """Tell the last status of each server, and that no other follows."""
        for each in list(self._watchers):
            for status in self._current():
                each.put(status)
            each.put(None)

    def watch(self) -> AsyncIterator[ServerStatus]:
        """Return the status of each server now, then each one whose state changes."""
        watcher = _Watcher(self._current())
        self._watchers.add(watcher)
        return _statuses_of(watcher)


async def _statuses_of(watcher: _Watcher) -> AsyncIterator[ServerStatus]:
    states: dict[str, ServerState] = {}
    while (status := await watcher.get()) is not None:
        if states.get(status.address) != status.state:
            states[status.address] = status.state
            yield status


class _Watcher:
    """What one reader has not read yet."""

    def __init__(self, statuses: Sequence[ServerStatus]) -> None:
        self._waiting: deque[ServerStatus | None] = deque(statuses, _KEPT)
        self._some = asyncio.Event()

    def put(self, status: ServerStatus | None) -> None:
        self._waiting.append(status)
        with suppress(RuntimeError):  # its event loop is closed
            self._some.set()

    async def get(self) -> ServerStatus | None:
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        return self._waiting.popleft()
