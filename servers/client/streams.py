"""Streams: the values of a reply as they arrive, for an asynchronous iteration.

A wire carries all calls together, so a slow reader cannot hold back its stream alone.
Values wait in memory; if more wait than should, and no other call waits on the wire,
the wire stops reading; if far too many wait, the stream fails.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from protocol import UNDEFINED, Json
from servers.errors import (
    CallError,
    InvalidReplyError,
    RemoteError,
    RequestTimeoutError,
    StreamOverflowError,
    UsageError,
)

from .observations import outcome_of
from .replies import plain, read_reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from servers.hooks import Outcome

    from .breaker import Note
    from .calls import Text
    from .deadlines import Deadlines
    from .observations import Observation
    from .replies import Read
    from .wire import Wire

T = TypeVar("T")

_OVERFLOW = 64  # times as many values as should wait


class PendingStream:
    """A call for every value.

    Args:
        identity: The id of the request.
        wire: Where the replies come from.
        soft_limit: The number of values that should wait at most.
        pattern: What is called, for errors to name.

    Attributes:
        wire: Where the replies come from.
        pattern: What is called.
    """

    def __init__(
        self, identity: str, wire: Wire, soft_limit: int, pattern: Json = UNDEFINED
    ) -> None:
        self.identity = identity
        self.wire = wire
        self._soft_limit = soft_limit
        self.pattern = pattern
        self._texts: deque[Text] = deque()
        self._error: Exception | None = None
        self._ended = False
        self._waiter: asyncio.Future[None] | None = None
        self._observation: Observation | None = None

    def watch(self, observation: Observation) -> None:
        """Report the end of the stream to an observation."""
        self._observation = observation

    @property
    def full(self) -> bool:
        """Whether more values wait than should."""
        return len(self._texts) >= self._soft_limit

    def take(self, text: Text) -> None:
        """Keep a value for the reader."""
        self._texts.append(text)
        self._wake()
        if self.full:
            self.wire.crowded()
            if len(self._texts) > _OVERFLOW * self._soft_limit:
                self.wire.forget(self.identity)
                self.set_exception(
                    StreamOverflowError(f"{len(self._texts):,} values wait to be read")
                )

    def end(self) -> None:
        """End the stream."""
        self._over("completed")

    def done(self) -> bool:
        """Whether the stream has ended."""
        return self._ended

    def set_exception(self, error: Exception) -> None:
        """End the stream with an exception, which follows the values that wait."""
        if not self._ended:
            if isinstance(error, RemoteError):
                error.came_from(self.pattern, self.wire.peer)
            self._error = error
            self._over(outcome_of(error))

    async def next(self, deadlines: Deadlines, seconds: float | None) -> Text:
        """Return the next value.

        Raises:
            StopAsyncIteration: The stream has ended.
            CallError: The stream failed.
        """
        while not self._texts:
            if self._ended:
                if self._error is not None:
                    raise self._error
                raise StopAsyncIteration
            await self._wait(deadlines, seconds)
        text = self._texts.popleft()
        if len(self._texts) * 2 <= self._soft_limit:
            self.wire.relieved()
        return text

    def discard(self) -> None:
        """Abandon the stream; replies that still arrive are unclaimed."""
        self.wire.forget(self.identity)
        self._texts.clear()
        self.wire.relieved()
        if not self._ended:
            self._over("cancelled")

    async def _wait(self, deadlines: Deadlines, seconds: float | None) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        ends = deadlines.add(self, seconds)
        try:
            await self._waiter
            if isinstance(self._error, RequestTimeoutError):
                self.wire.timed_out(self._error.seconds)
        finally:
            self._waiter = None
            ends.pop(self, None)

    def _over(self, outcome: Outcome) -> None:
        if self._observation is not None and not self._ended:
            self._observation.end(outcome)
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Values:
    """An asynchronous iterator over the values of one call.

    Args:
        call: The stream.
        deadlines: Ends a wait that takes too long.
        timeout: Seconds to wait for each value; None for no limit.
        read: Makes a value of its JSON text.
        note: Takes whether there was a value; None if nobody asks.

    Attributes:
        timeout: Seconds to wait for each value; None for no limit.
    """

    def __init__(
        self,
        call: PendingStream,
        deadlines: Deadlines,
        timeout: float | None,
        read: Read = plain,
        note: Note | None = None,
    ) -> None:
        self._note = note
        self._told = False
        self._read = read
        self._call = call
        self._deadlines = deadlines
        self.timeout = timeout

    def __aiter__(self) -> Values:
        """Return the iterator itself."""
        return self

    async def __anext__(self) -> Json:
        """Return the next value.

        Raises:
            CallError: The stream failed, or no value arrived in time.
        """
        try:
            text = await self._call.next(self._deadlines, self.timeout)
            if self._note is not None:
                self._tell(None)
            return self._made(text)
        except (CallError, StopAsyncIteration) as error:
            self._call.discard()
            self._tell(error if isinstance(error, CallError) else None)
            raise

    def _tell(self, error: CallError | None) -> None:
        """Tell of the first value, or of an end without one, and of a failure."""
        if self._note is not None and (error is not None or not self._told):
            self._told = True
            self._note(error)

    def _made(self, text: Text) -> Any:  # noqa: ANN401
        call = self._call
        try:
            return read_reply(self._read, text, call.pattern, call.wire.peer)
        except InvalidReplyError as error:
            call.set_exception(error)
            raise

    async def aclose(self) -> None:
        """Abandon the stream."""
        self._call.discard()

    def __del__(self) -> None:
        """Abandon a stream that was not read to its end."""
        self._call.discard()


class Stream(Generic[T]):
    """An asynchronous iterator over the values of a reply.

    Nothing is sent before the first value is asked for. Leaving a loop early does not
    stop the server, since the protocol has no message for that; what still arrives is
    dropped from :meth:`aclose` on, which ``contextlib.aclosing`` calls, or once the
    stream is garbage-collected.
    """

    def __init__(self, begin: Callable[[], Awaitable[AsyncIterator[T]]]) -> None:
        self._begin = begin
        self._values: AsyncIterator[T] | None = None
        self._reading = False
        self._over = False

    def __aiter__(self) -> Stream[T]:
        """Return the stream itself."""
        return self

    async def __anext__(self) -> T:
        """Return the next value; UNDEFINED where the server sent none.

        Raises:
            CallError: The stream failed, or no value arrived in time.
            UsageError: Another task is reading it.
        """
        if self._over:
            raise StopAsyncIteration
        if self._reading:
            raise UsageError("another task is reading this stream")
        self._reading = True
        try:
            if self._values is None:
                self._values = await self._begin()
            return await anext(self._values)
        except Exception:  # a cancelled wait can be resumed
            self._over = True
            raise
        finally:
            self._reading = False

    async def aclose(self) -> None:
        """Abandon the stream."""
        self._over = True
        aclose = getattr(self._values, "aclose", None)
        if aclose is not None:
            await aclose()
