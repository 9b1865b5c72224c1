"""The reply of several event handlers to a request: Nest's forkJoin of their values.

With two handlers it is ``{"current":…,"next":…}``; with three, ``next`` is such an
object again. A value that is UNDEFINED has no key, so void handlers give ``{}``.

Source: ``packages/microservices/listeners-controller.ts``,
``forkJoinHandlersIfAttached``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import TYPE_CHECKING, Any

from protocol import UNDEFINED, Json

if TYPE_CHECKING:
    from .context import Context
    from .handlers import Handler, Payload


async def join(handler: Handler, payload: Payload, context: Context | None) -> Json:
    """Run a handler and those that follow it; return their values as one.

    Raises:
        Exception: The first exception that one of them raises; all run.
    """
    handlers = [handler]
    while handlers[-1].following is not None:
        handlers.append(handlers[-1].following)
    *values, joined = await asyncio.gather(
        *(_last_value(each, payload, context) for each in handlers)
    )
    for value in reversed(values):
        members = {"current": value, "next": joined}
        joined = {key: each for key, each in members.items() if each is not UNDEFINED}
    return joined


async def _last_value(
    handler: Handler, payload: Payload, context: Context | None
) -> Json:
    result: Any = handler.invoke(payload, context)
    if isinstance(result, Awaitable):
        result = await result
    if isinstance(result, Iterator):
        values = list(result)
    elif isinstance(result, AsyncIterator):
        values = [value async for value in result]
    else:
        return result
    return values[-1] if values else UNDEFINED
