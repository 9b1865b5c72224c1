"""How a call is made: a connection, an id, a frame, a wait."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from protocol import UNDEFINED, Json, loads
from servers.errors import (
    ConnectError,
    ConnectionLostError,
    RequestTimeoutError,
)

from .calls import Single
from .deadlines import Deadlines
from .observations import Observation, observed
from .packets import event_frame, identities, request_frame
from .streams import Several, Values

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine

    from servers.hooks import Hooks
    from servers.limits import Limits

    from .connection import Connection
    from .middleware import Outgoing
    from .pool import Pool

T = TypeVar("T")


class Caller:
    """Make the calls of a client on the connections of its pool.

    Args:
        pool: Where connections come from.
        limits: What servers may make us hold and wait for.
        hooks: Who is told of calls.
    """

    def __init__(self, pool: Pool, limits: Limits, hooks: Hooks | None) -> None:
        self.pool = pool
        self._limits = limits
        self._hooks = hooks
        self._loop = asyncio.get_running_loop()
        self._deadlines = Deadlines(self._loop)
        self._identities = identities()

    def message(self, outgoing: Outgoing) -> Coroutine[Any, Any, Json]:
        """Send a message and return the last value of its reply.

        Raises:
            CallError: There is no value.
        """
        if self._hooks is None:
            return self._message(outgoing)
        return _observed(self._message(outgoing), self._hooks, outgoing)

    def event(self, outgoing: Outgoing) -> Awaitable[None]:
        """Send an event, and wait if the server does not keep up.

        Raises:
            ConnectError: No connection could be made.
            ConnectionLostError: It went before it could be used.
        """
        if self._hooks is None:
            return self._event(outgoing)
        return _observed(self._event(outgoing), self._hooks, outgoing)

    async def values(self, outgoing: Outgoing) -> Values:
        """Send a message; return what iterates over the values of its reply.

        Raises:
            ConnectError: No connection could be made.
        """
        identity = next(self._identities)
        frame = request_frame(
            outgoing.pattern, outgoing.data, outgoing.metadata, identity
        )
        connection = await self._connection(outgoing.timeout)
        call = Several(identity, connection, self._limits.stream_values)
        if self._hooks is not None:
            call.watch(Observation(self._hooks, outgoing))
        connection.ask(identity, frame, call)
        return Values(call, self._deadlines, outgoing.timeout)

    async def aclose(self) -> None:
        """Close the connections; calls that wait fail."""
        await self.pool.close()
        self._deadlines.close()

    async def _message(self, outgoing: Outgoing) -> Json:
        identity = next(self._identities)
        frame = request_frame(
            outgoing.pattern, outgoing.data, outgoing.metadata, identity
        )
        timeout = outgoing.timeout
        connection = self.pool.only
        if connection is None or connection.write_paused:
            begun = self._loop.time()
            connection = await self._connection(timeout)
            if timeout is not None:
                timeout = max(timeout - (self._loop.time() - begun), 0.0)
        call = Single(self._loop.create_future())
        connection.ask(identity, frame, call)
        if timeout is not None:
            self._deadlines.add(call, timeout)
        try:
            text = await call.future
        except RequestTimeoutError:
            connection.forget(identity)
            assert outgoing.timeout is not None
            raise RequestTimeoutError(outgoing.timeout) from None
        except BaseException:
            connection.forget(identity)
            raise
        finally:
            if timeout is not None:
                self._deadlines.remove(call, timeout)
        return UNDEFINED if text is UNDEFINED else loads(text)

    async def _event(self, outgoing: Outgoing) -> None:
        frame = event_frame(outgoing.pattern, outgoing.data, outgoing.metadata)
        connection = self.pool.only
        if connection is None or connection.write_paused:
            connection = await self._connection(outgoing.timeout)
        if not connection.usable:
            raise ConnectionLostError
        connection.send(frame)
        if connection.write_paused:
            await connection.drained()

    async def _connection(self, seconds: float | None) -> Connection:
        """Return a connection that takes another frame.

        Raises:
            ConnectError: There is none in time.
        """
        try:
            async with asyncio.timeout(seconds):
                connection = await self.pool.acquire()
                while connection.write_paused:
                    await connection.drained()
                    if not connection.usable:
                        connection = await self.pool.acquire()
        except TimeoutError:
            raise ConnectError(
                f"no connection that takes a message within {seconds:g} s"
            ) from None
        return connection


async def _observed(call: Awaitable[T], hooks: Hooks, outgoing: Outgoing) -> T:
    with observed(hooks, outgoing):
        return await call
