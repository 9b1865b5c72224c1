"""A client at a broker: its one wire, connected when a call needs it.

A failed attempt is followed by a wait, during which no attempt is made. Nothing that
was sent is ever sent again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

from servers.client import Backoff, ConnectionEvent, ServerStatus
from servers.errors import ClientClosedError, ConnectError, kept
from servers.logs import logger_of

from .letters import LETTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine

    from servers.client.brokers import Terms
    from servers.client.packets import Bodies
    from servers.client.statuses import ServerState

    from .wires import BrokerWire

logger = logger_of("client")


# decision 141
class BrokerWires:
    """The :class:`~servers.client.wire.Wires` of a client at a broker.

    Args:
        name: The broker, without a password.
        terms: What the client gives.
        make: Makes a wire that is not connected, from what is called at its end.
        backoff: The waits after failures.
    """

    alternatives: ClassVar[bool] = False
    watched: ClassVar[bool] = False
    bodies: ClassVar[Bodies] = LETTERS

    def __init__(
        self,
        name: str,
        terms: Terms,
        make: Callable[[Callable[[Exception | None], None]], BrokerWire],
        backoff: Backoff | None = None,
    ) -> None:
        self._name = name
        self._terms = terms
        self._make = make
        self._backoff = backoff or Backoff()
        self._loop = asyncio.get_running_loop()
        self._wire: BrokerWire | None = None
        self._attempt: asyncio.Task[BrokerWire] | None = None
        self._failures = 0
        self._not_before = 0.0
        self._unclaimed = 0
        self._error: Exception | None = None
        self._closed = False
        self._leaving: set[asyncio.Task[None]] = set()  # wires that are lost

    @property
    def pending(self) -> int:
        """Number of calls that wait for replies."""
        return 0 if self._wire is None else self._wire.pending

    @property
    def unclaimed(self) -> int:
        """Number of replies that no call waited for."""
        return self._unclaimed + (0 if self._wire is None else self._wire.unclaimed)

    @property
    def status(self) -> tuple[ServerStatus, ...]:
        """What is known of the broker."""
        trying = self._attempt is not None and not self._attempt.done()
        state: ServerState = "connecting" if trying else "disconnected"
        if self._wire is not None:
            state = "connected"
        return (ServerStatus(self._name, state, self.pending, self._error),)

    async def connect(self) -> None:
        """Connect now.

        Raises:
            ConnectError: The broker cannot be reached, or refuses.
        """
        await self._connected()

    async def acquire(self, avoided: Collection[str] = ()) -> BrokerWire:
        """Return the wire of the next call, connected now if need be.

        Args:
            avoided: Without effect: there is one wire.

        Raises:
            ConnectError: The broker cannot be reached, or refuses.
        """
        del avoided
        while True:
            try:
                return await self._connected()
            except ConnectError:
                if not self._terms.persistent:
                    raise

    async def close(self) -> None:
        """Disconnect; what is written leaves first."""
        self._closed = True
        if self._attempt is not None:
            self._attempt.cancel()
        if self._wire is not None:
            await self._wire.close()
        if self._leaving:
            await asyncio.wait(self._leaving)

    def abandon(self) -> None:
        """Let go of the wire: its event loop does not run."""
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.usable = False
            wire.abandon()

    async def _connected(self) -> BrokerWire:
        wire = self._wire
        if wire is not None and wire.usable:
            return wire
        if self._attempt is None or self._attempt.done():
            self._attempt = self._loop.create_task(self._connect())
            self._attempt.add_done_callback(_noticed)
            self._terms.changed(self.status[0])
        # One attempt serves every call that waits, so none of them may cancel it.
        attempt = self._attempt
        try:
            return await asyncio.shield(attempt)
        except asyncio.CancelledError:
            if attempt.cancelled():
                raise ClientClosedError from None
            raise

    async def _connect(self) -> BrokerWire:
        await asyncio.sleep(max(self._not_before - self._loop.time(), 0.0))
        wire = self._make(self._lost)
        try:
            await self._in_time(wire.connect())
        except BaseException as error:
            await wire.disconnect()
            if isinstance(error, ConnectError):
                self._failed(error)
            raise
        self._failures = 0
        self._wire = wire
        wire.usable = True
        self._tell(None, ConnectionEvent("connected", self._name))
        if self._terms.hooks is not None:
            self._terms.hooks.connection_opened("client", self._name)
        return wire

    async def _in_time(self, connecting: Coroutine[Any, Any, None]) -> None:
        """Wait for a connection, within the limit.

        Raises:
            ConnectError: It takes too long; the broker cannot be reached, or refuses.
        """
        try:
            async with asyncio.timeout(self._terms.limits.connect):
                await connecting
        except TimeoutError as error:
            why = f"cannot connect to {self._name}: no answer in time"
            raise ConnectError(why) from error

    def _failed(self, error: ConnectError) -> None:
        """Note a failed attempt, after which no other is made for a time."""
        self._failures += 1
        self._not_before = self._loop.time() + self._backoff.wait(self._failures)
        self._attempt = None
        self._tell(error, ConnectionEvent("failed", self._name, error))

    def _lost(self, cause: Exception | None) -> None:
        wire, self._wire = self._wire, None
        if wire is None:
            return
        self._unclaimed += wire.unclaimed
        leaving = self._loop.create_task(wire.disconnect())
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)
        if not self._closed:
            logger.warning("%s: connection lost: %s", self._name, cause)
        self._tell(cause, ConnectionEvent("disconnected", self._name, cause))
        if self._terms.hooks is not None:
            self._terms.hooks.connection_closed("client", self._name)

    def _tell(self, error: Exception | None, event: ConnectionEvent) -> None:
        self._error = kept(error) if error is not None else None
        self._terms.notify(event)
        self._terms.changed(self.status[0])


def _noticed(attempt: asyncio.Task[BrokerWire]) -> None:
    """Take note of an error: asyncio logs one that no call waits for any more."""
    if not attempt.cancelled():
        attempt.exception()
