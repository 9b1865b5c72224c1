"""How a call is made: a connection, an id, a frame, a wait."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from servers.errors import (
    ConnectError,
    RequestTimeoutError,
)

from .deadlines import Deadlines
from .observations import Observation, observed
from .packets import event_frame, identities, request_frame
from .streams import Several, Values

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine

    from protocol import Json
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
        self._only = pool.links[0] if len(pool.links) == 1 else None
        self._limits = limits
        self._hooks = hooks
        self._loop = asyncio.get_running_loop()
        self._deadlines = Deadlines(self._loop)
        self._identities = identities()

    async def send(
        self, pattern: Json, data: Json, metadata: Json, seconds: float | None
    ) -> Json:
        """Send a message and return the last value of its reply.

        Nearly every call goes this way, and no further: one function, since what a
        call costs is mostly the functions that it goes through.

        Raises:
            CallError: There is no value.
        """
        identity = next(self._identities)
        frame = request_frame(pattern, data, metadata, identity)
        connection, left = self._only and self._only.connection, seconds
        if not connection or not connection.usable or connection.write_paused:
            connection, left = await self._connection_in(seconds)
        future = connection.ask(identity, frame)
        ends = self._deadlines.add(future, left)
        try:
            return await future
        except RequestTimeoutError:
            connection.forget(identity)
            assert seconds is not None
            raise RequestTimeoutError(seconds) from None
        except BaseException:
            connection.forget(identity)
            raise
        finally:
            ends.pop(future, None)

    def message(self, outgoing: Outgoing) -> Coroutine[Any, Any, Json]:
        """Send a message and return the last value of its reply.

        Raises:
            CallError: There is no value.
        """
        call = self.send(
            outgoing.pattern, outgoing.data, outgoing.metadata, outgoing.timeout
        )
        if self._hooks is None:
            return call
        return _observed(call, self._hooks, outgoing)

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
        connection.check_usable()
        connection.follow(identity, frame, call)
        return Values(call, self._deadlines, outgoing.timeout)

    async def aclose(self) -> None:
        """Close the connections; calls that wait fail."""
        await self.pool.close()
        self._deadlines.close()

    async def _event(self, outgoing: Outgoing) -> None:
        frame = event_frame(outgoing.pattern, outgoing.data, outgoing.metadata)
        connection = self.pool.only
        if connection is None or connection.write_paused:
            connection = await self._connection(outgoing.timeout)
        connection.check_usable()
        connection.send(frame)
        if connection.write_paused:
            await connection.drained()

    async def _connection_in(
        self, seconds: float | None
    ) -> tuple[Connection, float | None]:
        """Return a usable connection, and what is left of the time for the call.

        Raises:
            CallError: There is none in time, or it went before it could be used.
        """
        begun = self._loop.time()
        connection = await self._connection(seconds)
        connection.check_usable()
        if seconds is None:
            return connection, None
        return connection, max(seconds - (self._loop.time() - begun), 0.0)

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
