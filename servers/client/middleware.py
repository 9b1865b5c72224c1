"""What stands around every call of a client.

::

    @client.use
    async def traced(outgoing: Outgoing, proceed: Proceed) -> Json:
        return await proceed(outgoing.replace(metadata={"traceparent": "00-…"}))

``proceed`` gives the value of a message, None for an event, and an asynchronous
iterator for a stream. The middleware that is used first stands outermost.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

import msgspec

from protocol import UNDEFINED, Json
from servers.hooks import Kind  # noqa: TC001 — msgspec reads the annotations


class Outgoing(msgspec.Struct, frozen=True):
    """A call about to be made.

    Attributes:
        kind: ``message``, ``event`` or ``stream``.
        pattern: What to call.
        data: The payload.
        metadata: What a Nest 12 handler finds in its context; UNDEFINED for none.
        timeout: Seconds to wait for a reply; None waits for ever.
    """

    kind: Kind
    pattern: Json
    data: Json
    metadata: Json = UNDEFINED
    timeout: float | None = None

    def replace(self, **changes: Any) -> Outgoing:  # noqa: ANN401 — any attribute
        """Return a call with other values for some attributes."""
        return msgspec.structs.replace(self, **changes)


Proceed: TypeAlias = Callable[[Outgoing], Awaitable[Any]]
Middleware: TypeAlias = Callable[[Outgoing, Proceed], Awaitable[Any]]


def surround(middleware: Sequence[Middleware], innermost: Proceed) -> Proceed:
    """Return what goes through every middleware, and then does the call."""
    proceed = innermost
    for each in reversed(middleware):
        proceed = _around(each, proceed)
    return proceed


def _around(middleware: Middleware, inner: Proceed) -> Proceed:
    def proceed(outgoing: Outgoing) -> Awaitable[Any]:
        return middleware(outgoing, inner)

    return proceed
