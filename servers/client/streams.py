"""The values of a stream, as they come, to whoever iterates over them.

TCP carries all calls of a connection in one stream, so a reader that is slow cannot
hold back one of them alone. Values wait in memory; when very many do, and nothing else
is awaited on the connection, reading stops; when far too many do, the stream fails.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from protocol import UNDEFINED, Json, loads
from servers.channel import READER
from servers.errors import CallError, StreamOverflowError

from .observations import outcome_of

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Awaitable, Callable

    from servers.hooks import Outcome

    from .calls import Text
    from .connection import Connection
    from .deadlines import Deadlines
    from .observations import Observation

_OVERFLOW = 64  # times as many values as should wait


class Several:
    """A call that wants every value.

    Args:
        identity: The id of the request.
        connection: Where the replies come from.
        soft_limit: Values that should wait at most.
    """

    def __init__(self, identity: str, connection: Connection, soft_limit: int) -> None:
        self.identity = identity
        self.connection = connection
        self._soft_limit = soft_limit
        self._texts: deque[Text] = deque()
        self._error: Exception | None = None
        self._ended = False
        self._waiter: asyncio.Future[None] | None = None
        self._observation: Observation | None = None

    def watch(self, observation: Observation) -> None:
        """Tell of the end of the stream."""
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
            self.connection.crowded()
            if len(self._texts) > _OVERFLOW * self._soft_limit:
                self.connection.forget(self.identity)
                self.set_exception(
                    StreamOverflowError(f"{len(self._texts):,} values wait to be read")
                )

    def end(self) -> None:
        """Learn that the stream is over."""
        self._over("completed")

    def done(self) -> bool:
        """Whether nothing more will come."""
        return self._ended

    def set_exception(self, error: Exception) -> None:
        """Learn that the stream is over; what came before is read before."""
        if not self._ended:
            self._error = error
            self._over(outcome_of(error))

    async def next(self, deadlines: Deadlines, seconds: float | None) -> Text:
        """Return the next value.

        Raises:
            StopAsyncIteration: There is none.
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
            self.connection.release(READER)
        return text

    def discard(self) -> None:
        """Give up: what still comes is nobody's."""
        self.connection.forget(self.identity)
        self._texts.clear()
        self.connection.release(READER)
        if not self._ended:
            self._over("cancelled")

    async def _wait(self, deadlines: Deadlines, seconds: float | None) -> None:
        self._waiter = self.connection.new_future()
        ends = deadlines.add(self, seconds)
        try:
            await self._waiter
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
        call: What takes the replies.
        deadlines: Who ends a wait that takes too long.
        timeout: Seconds to wait for each value; None waits for ever.
    """

    def __init__(
        self, call: Several, deadlines: Deadlines, timeout: float | None
    ) -> None:
        self._call = call
        self._deadlines = deadlines
        self._timeout = timeout

    def __aiter__(self) -> Values:
        """Return the iterator itself."""
        return self

    async def __anext__(self) -> Json:
        """Return the next value.

        Raises:
            CallError: The stream failed, or no value came in time.
        """
        try:
            text = await self._call.next(self._deadlines, self._timeout)
        except (CallError, StopAsyncIteration):
            self._call.discard()
            raise
        return UNDEFINED if text is UNDEFINED else loads(text)

    async def aclose(self) -> None:
        """Give up what is still to come."""
        self._call.discard()

    def __del__(self) -> None:
        """Forget a stream that was left in the middle."""
        self._call.discard()


class Stream:
    """An asynchronous iterator over the values of a reply.

    Nothing is sent before the first value is asked for. A loop that is left early tells
    the server nothing, since Nest knows no way to; what still comes is dropped, from
    :meth:`aclose` on (``contextlib.aclosing`` calls it), or when the stream is freed.
    """

    def __init__(self, begin: Callable[[], Awaitable[AsyncIterator[Json]]]) -> None:
        self._begin = begin
        self._values: AsyncIterator[Json] | None = None
        self._over = False

    def __aiter__(self) -> Stream:
        """Return the stream itself."""
        return self

    async def __anext__(self) -> Json:
        """Return the next value; UNDEFINED where the server sent none.

        Raises:
            CallError: The stream failed, or no value came in time.
        """
        if self._over:
            raise StopAsyncIteration
        try:
            if self._values is None:
                self._values = await self._begin()
            return await anext(self._values)
        except Exception:  # a wait that is cancelled can be begun again
            self._over = True
            raise

    async def aclose(self) -> None:
        """Give up what is still to come."""
        self._over = True
        aclose = getattr(self._values, "aclose", None)
        if aclose is not None:
            await aclose()
