"""Middleware of a service: functions that run around every handler.

::

    @service.use
    async def timed(context: Context, proceed: ServerProceed) -> Json:
        begun = time.perf_counter()
        try:
            return await proceed()
        finally:
            print(context.route, time.perf_counter() - begun)

The first one used is the outermost. ``proceed()`` returns what the handler returns; for
a stream that is a generator, which a middleware may pass on or wrap in its own. A
middleware that does not call it replies in the handler's place.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from protocol import Json

from .context import Context

if TYPE_CHECKING:
    from .handlers import Handler, Invoke, Payload

ServerProceed: TypeAlias = Callable[[], Awaitable[Json]]
"""Runs the rest: the middleware used later, then the handler."""
ServerMiddleware: TypeAlias = Callable[[Context, ServerProceed], Awaitable[Json]]
"""Runs around a handler, and returns what is replied."""


def surround(handler: Handler, middleware: Sequence[ServerMiddleware]) -> None:
    """Put middleware around a handler, in place of any that was there before."""
    handler.invoke = handler.bare
    if middleware:
        handler.needs_context = True
        handler.at_once = handler.plain = handler.later = False
    for each in reversed(middleware):
        handler.invoke = _around(each, handler.invoke)


def _around(middleware: ServerMiddleware, inner: Invoke) -> Invoke:
    def invoke(payload: Payload, context: Context | None) -> Awaitable[Json]:
        async def proceed() -> Any:  # noqa: ANN401 — whatever the handler gives
            result = inner(payload, context)
            return await result if isinstance(result, Awaitable) else result

        assert context is not None
        return middleware(context, proceed)

    return invoke
