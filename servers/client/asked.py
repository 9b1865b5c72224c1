"""Calls that wait for their reply while others begin, and what their errors say.

A call of :meth:`servers.Client.send` is one coroutine from request to reply. Those of
``send_many`` begin one after the other, and each is awaited when its turn comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from servers.errors import RemoteError, RequestTimeoutError

from .replies import read_reply

if TYPE_CHECKING:
    import asyncio

    from protocol import Json

    from .calls import FutureLike
    from .replies import Read
    from .wire import Wire


class Plan(NamedTuple):
    """What the calls of one ``send_many`` have in common.

    Attributes:
        pattern: What they call.
        metadata: What a Nest 12 handler finds in its context; UNDEFINED for none.
        seconds: How long each waits; None for no limit.
        read: Makes a value of the text of a reply; None for plain JSON.
    """

    pattern: Json
    metadata: Json
    seconds: float | None
    read: Read | None


class Asked(msgspec.Struct):
    """A call that has begun.

    Attributes:
        future: Of its last value, or of the text of that if there is ``read``.
        ends: The calls with the same timeout, among which it is.
        wire: What the request was sent on; None for a call that has a task for that.
        identity: The id of the request.
        read: Makes a value of the text; None where the future has the value.
    """

    future: asyncio.Future[Any]
    ends: dict[FutureLike, float] = {}
    wire: Wire | None = None
    identity: str = ""
    read: Read | None = None

    def made(self, text: Any, pattern: Json) -> Any:  # noqa: ANN401
        """Return the value of a text.

        Raises:
            InvalidReplyError: The text does not fit.
        """
        assert self.read is not None
        assert self.wire is not None
        return read_reply(self.read, text, pattern, self.wire.peer)

    def explain(self, error: Exception, pattern: Json, seconds: float | None) -> None:
        """Add to an error what it does not know, as :func:`explain` does."""
        if self.wire is not None:
            self.wire.forget(self.identity)
            explain(error, self.wire, pattern, seconds, seconds)

    def abandon(self) -> None:
        """Wait no longer; a reply that still comes is unclaimed."""
        if self.wire is not None:
            self.wire.forget(self.identity)
        self.ends.pop(self.future, None)
        if not self.future.cancel() and not self.future.cancelled():
            self.future.exception()  # asyncio logs one that nobody has seen


def failed(error: Exception, loop: asyncio.AbstractEventLoop) -> Asked:
    """Return a call that could not begin."""
    future: asyncio.Future[Any] = loop.create_future()
    future.set_exception(error)
    return Asked(future)


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
