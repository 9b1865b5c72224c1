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
a stream that is a generator, which a middleware may pass on or wrap in its own:
:func:`~servers.stream_of` says whether it is one. ``proceed(context.replace(data=…))``
changes what the handler receives. A middleware that does not call it replies in the
handler's place.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from protocol import Json

from .context import Context

if TYPE_CHECKING:
    from .handlers import Invoke, Payload


class ServerProceed(Protocol):
    """Runs the rest: the middleware used later, then the handler."""

    def __call__(self, context: Context = ..., /) -> Awaitable[Any]:
        """Return what the handler returns.

        Args:
            context: What the rest receives instead of the same context: what
                :meth:`Context.replace` gives.

        Raises:
            Exception: Whatever the rest raises; an InvalidDataError if the handler
                does not take the payload.
        """


ServerMiddleware: TypeAlias = Callable[[Context, ServerProceed], Awaitable[Json]]
"""Runs around a handler, and returns what is replied."""


def around(middleware: ServerMiddleware, inner: Invoke) -> Invoke:
    """Return what runs a middleware around ``inner``."""

    def invoke(payload: Payload, context: Context | None) -> Awaitable[Json]:
        async def proceed(changed: Context | None = None, /) -> Any:  # noqa: ANN401
            if changed is None:
                result = inner(payload, context)
            else:
                result = inner(changed.data_text, changed)
            return await result if isinstance(result, Awaitable) else result

        assert context is not None
        return middleware(context, proceed)

    return invoke
