"""Guards: functions that say whether a handler may run for a call.

::

    def signed_in(context: Context) -> bool:
        return bool(context.metadata)

    @service.message("orders", guards=[signed_in])
    def orders() -> list[Order]: ...

All must agree, and are asked in order: those of the service, of its routers, of the
handler. As in Nest, whatever JavaScript and Python call false refuses, so a guard that
forgets to return refuses everybody. They are asked before the payload is decoded.

Source: ``packages/core/guards/guards-consumer.ts``; ``packages/microservices/context/
rpc-context-creator.ts``, ``createGuardsFn``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from servers.errors import ForbiddenError, HandlerError

from .context import Context
from .parameters import name_of, require_arguments

if TYPE_CHECKING:
    from protocol import Json

    from .handlers import Invoke, Payload

Guard: TypeAlias = Callable[[Context], bool | Awaitable[bool]]
"""Says whether a handler may run, or raises an RpcError."""


def checked(guards: Sequence[Guard]) -> tuple[Guard, ...]:
    """Return guards that can be asked.

    Raises:
        HandlerError: One cannot be called with a context, or this is no list.
    """
    if callable(guards):
        raise HandlerError(f"guards is a list: guards=[{name_of(guards)}]")
    for guard in guards:
        require_arguments(guard, 1, "a guard", "a context")
    return tuple(guards)


def guarded(guards: Sequence[Guard], inner: Invoke) -> Invoke:
    """Return what asks all guards, and then does what ``inner`` does."""

    async def invoke(payload: Payload, context: Context | None) -> Json:
        assert context is not None
        for guard in guards:
            allowed = guard(context)
            if isinstance(allowed, Awaitable):
                allowed = await allowed
            if not allowed:
                raise ForbiddenError
        result = inner(payload, context)
        return await result if isinstance(result, Awaitable) else result

    return invoke
