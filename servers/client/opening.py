"""A client open on one event loop after the other; its listeners are told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.errors import ClientClosedError
from servers.logs import logger_of

from .statuses import ServerStatus, Watchers

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.hooks import Hooks

    from .assembly import Assembly
    from .caller import Caller
    from .links import ConnectionEvent

logger = logger_of("client")


class Opening:
    """What a client is on the event loop that runs.

    Args:
        assembly: How it is made.
        hooks: Callbacks for connections, bytes and calls.
        changed: Called with the caller of the loop, and with None once it is let go.

    Attributes:
        caller: Makes calls on the last loop; None before the first call.
        closed: Whether it is not to be made again.
        listeners: Called with what happens to connections.
        watchers: Told of each change of a status.
    """

    def __init__(
        self,
        assembly: Assembly,
        hooks: Hooks | None,
        changed: Callable[[Caller | None], None],
    ) -> None:
        self.caller: Caller | None = None
        self.closed = False
        self.listeners: list[Callable[[ConnectionEvent], None]] = []
        self._assembly = assembly
        self._hooks = hooks
        self._changed = changed
        self._unclaimed = 0
        self.watchers = Watchers(lambda: self.status)

    @property
    def status(self) -> tuple[ServerStatus, ...]:
        """What is known of each server."""
        if self.caller is None:
            return tuple(map(ServerStatus, self._assembly.names))
        return self.caller.wires.status

    @property
    def unclaimed(self) -> int:
        """Number of replies that no call waited for, on all loops."""
        now = self.caller.wires.unclaimed if self.caller is not None else 0
        return self._unclaimed + now

    # decision 106: A client moves to the event loop that runs
    def current(self) -> Caller:
        """Return the caller of the event loop that runs, created now if need be.

        Raises:
            ClientClosedError: The client is closed.
            UsageError: The event loop of the client runs in another thread.
        """
        caller = self.caller
        if caller is not None and caller.is_here:
            return caller
        if self.closed:
            raise ClientClosedError
        self._leave()
        caller = self._assembly.caller(
            self._hooks, self._notify, self.watchers.changed, self.current
        )
        self._set(caller)
        return caller

    async def close(self) -> None:
        """Close; what is written leaves first, calls that wait fail.

        Raises:
            UsageError: The event loop of the client runs in another thread.
        """
        self._leave()
        self.closed = True
        caller = self.caller
        self._set(None)
        if caller is not None:
            await caller.aclose()
            self._unclaimed += caller.wires.unclaimed
        self.watchers.end()

    def _leave(self) -> None:
        """Let go of what belongs to an event loop that does not run any more.

        Raises:
            UsageError: It runs, in another thread.
        """
        caller = self.caller
        if caller is not None and not caller.is_here:
            caller.abandon()
            self._unclaimed += caller.wires.unclaimed
            self._set(None)

    def _set(self, caller: Caller | None) -> None:
        self.caller = caller
        self._changed(caller)

    def _notify(self, event: ConnectionEvent) -> None:
        for listener in list(self.listeners):
            try:
                listener(event)
            except Exception:
                logger.exception("a listener of connection events failed")
