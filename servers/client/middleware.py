"""Middleware of a client: functions that run around every call.

::

    @client.use
    async def traced(outgoing: Outgoing, proceed: ClientProceed) -> Json:
        return await proceed(outgoing.replace(metadata={"traceparent": "00-…"}))

``proceed`` returns the value of a message, None for an event, and an asynchronous
iterator for a stream. The first one used is the outermost. A middleware that does not
call it provides the result itself, and nothing is sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

import msgspec

from protocol import UNDEFINED, Json
from servers.hooks import Kind  # noqa: TC001 — msgspec reads the annotations

from .policies import Retry  # noqa: TC001


class Outgoing(msgspec.Struct, frozen=True):
    """A call about to be made.

    Attributes:
        kind: ``message``, ``event`` or ``stream``.
        pattern: What to call.
        data: The payload.
        metadata: What a Nest 12 handler finds in its context; UNDEFINED for none.
        timeout: Seconds to wait for a reply; None for no limit.
        returns: The type of the value that the caller expects; None for plain JSON.
        retry: How the call is made again if it fails; None for not at all.
        idempotent: Whether it may be made again where it may have been handled.
    """

    kind: Kind
    pattern: Json
    data: Json
    metadata: Json = UNDEFINED
    timeout: float | None = None
    returns: Any = None
    retry: Retry | None = None
    idempotent: bool = False

    def replace(self, **changes: Any) -> Outgoing:  # noqa: ANN401 — any attribute
        """Return a copy with other values for some attributes."""
        return msgspec.structs.replace(self, **changes)


ClientProceed: TypeAlias = Callable[[Outgoing], Awaitable[Any]]
"""Makes the call, through the middleware used later."""
ClientMiddleware: TypeAlias = Callable[[Outgoing, ClientProceed], Awaitable[Any]]
"""Runs around a call, and returns what the caller gets."""


def surround(
    middleware: Sequence[ClientMiddleware], innermost: ClientProceed
) -> ClientProceed:
    """Return a function that makes a call through every middleware."""
    proceed = innermost
    for each in reversed(middleware):
        proceed = _around(each, proceed)
    return proceed


def _around(middleware: ClientMiddleware, inner: ClientProceed) -> ClientProceed:
    def proceed(outgoing: Outgoing) -> Awaitable[Any]:
        return middleware(outgoing, inner)

    return proceed
