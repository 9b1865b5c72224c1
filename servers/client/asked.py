"""Calls that wait for their reply while others begin, and what their errors say.

A call of :meth:`servers.Client.send` is one coroutine from request to reply. Those of
``send_many`` begin one after the other, and each is awaited when its turn comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from servers.errors import RemoteError, RequestTimeoutError

from .replies import read_reply

if TYPE_CHECKING:
    import asyncio

    from protocol import Json

    from .calls import FutureLike
    from .replies import Read
    from .wire import Wire


class Asked:
    """A call whose request was sent.

    Args:
        future: Of the last value, or of its text if that is read into a type.
        wire: What the request was sent on.
        identity: The id of the request.
        pattern: What was called.
        seconds: How long the call waits; None for no limit.
        ends: The calls with this timeout, among which it is.
        read: Makes a value of the text; None where the future has the value.
    """

    __slots__ = (
        "_ends",
        "_identity",
        "_pattern",
        "_read",
        "_seconds",
        "_wire",
        "future",
    )

    def __init__(  # noqa: PLR0913, PLR0917 — quicker by position
        self,
        future: asyncio.Future[Any],
        wire: Wire,
        identity: str,
        pattern: Json,
        seconds: float | None,
        ends: dict[FutureLike, float],
        read: Read | None,
    ) -> None:
        self.future = future
        self._wire = wire
        self._identity = identity
        self._pattern = pattern
        self._seconds = seconds
        self._ends = ends
        self._read = read

    async def value(self) -> Any:  # noqa: ANN401
        """Return the last value of the reply.

        Raises:
            CallError: The reply has no value, or not of the type expected.
        """
        future, seconds = self.future, self._seconds
        try:
            result = await future
        except BaseException as error:
            self._wire.forget(self._identity)
            explain(error, self._wire, self._pattern, seconds, seconds)
            raise
        finally:
            self._ends.pop(future, None)
        if self._read is None:
            return result
        return read_reply(self._read, result, self._pattern, self._wire.peer)

    def abandon(self) -> None:
        """Wait no longer; a reply that still comes is unclaimed."""
        self._wire.forget(self._identity)
        self._ends.pop(self.future, None)
        if not self.future.cancel() and not self.future.cancelled():
            self.future.exception()  # asyncio logs one that nobody has seen


def explain(
    error: BaseException,
    wire: Wire,
    pattern: Json,
    seconds: float | None,
    left: float | None,
) -> None:
    """Add what the error of a call does not know, and tell the wire of a timeout.

    Args:
        error: The error.
        wire: What the request was sent on.
        pattern: What was called.
        seconds: How long the call waited, connecting included; None for no limit.
        left: How long it waited for its reply.
    """
    if isinstance(error, RemoteError):
        error.came_from(pattern, wire.peer)
    elif isinstance(error, RequestTimeoutError):
        wire.timed_out(left or 0.0)
        error.waited(seconds or 0.0)
