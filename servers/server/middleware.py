"""What stands around every handler: a function that may act before, after and instead.

::

    @service.use
    async def timed(context: Context, proceed: Proceed) -> Json:
        begun = time.perf_counter()
        try:
            return await proceed()
        finally:
            print(context.route, time.perf_counter() - begun)

The first that is used stands outermost. ``proceed()`` gives what the handler gives; for
a stream that is a generator, which a middleware may pass on or wrap in its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from protocol import Json

from .context import Context

if TYPE_CHECKING:
    from .handlers import Handler, Invoke, Payload

Proceed: TypeAlias = Callable[[], Awaitable[Json]]
Middleware: TypeAlias = Callable[[Context, Proceed], Awaitable[Json]]


def surround(handler: Handler, middleware: Sequence[Middleware]) -> None:
    """Put middleware around a handler, and around nothing else that was there."""
    handler.invoke = handler.bare
    if middleware:
        handler.needs_context, handler.at_once, handler.plain = True, False, False
    for each in reversed(middleware):
        handler.invoke = _around(each, handler.invoke)


def _around(middleware: Middleware, inner: Invoke) -> Invoke:
    def invoke(payload: Payload, context: Context | None) -> Awaitable[Json]:
        async def proceed() -> Any:  # noqa: ANN401 — whatever the handler gives
            result = inner(payload, context)
            return await result if isinstance(result, Awaitable) else result

        assert context is not None
        return middleware(context, proceed)

    return invoke
