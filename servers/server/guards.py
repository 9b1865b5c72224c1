"""Guards: functions that say whether a handler may run for a call.

::

    def signed_in(context: Context) -> bool:
        return bool(context.metadata)

    @service.message("orders", guards=[signed_in])
    def orders() -> list[Order]: ...

All must agree, and are asked in order: those of the service, of its routers, of the
handler. As in Nest, whatever JavaScript and Python call false refuses, so a guard that
forgets to return refuses everybody. They are asked before the payload is decoded.

What is true only because it is an object is no answer: the function that a factory of
guards returns, a generator, an object of a class. It is an error, and nobody passes.

Source: ``packages/core/guards/guards-consumer.ts``; ``packages/microservices/context/
rpc-context-creator.ts``, ``createGuardsFn``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
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
        HandlerError: One cannot be called with a context, or is a class, or this is
            no list.
    """
    if callable(guards):
        raise HandlerError(f"guards is a list: guards=[{name_of(guards)}]")
    for guard in guards:
        if isinstance(guard, type):
            raise HandlerError(f"a guard is no class: {name_of(guard)}(…) may be one")
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
            _require_answer(guard, allowed)
        result = inner(payload, context)
        return await result if isinstance(result, Awaitable) else result

    return invoke


def _require_answer(guard: Guard, allowed: object) -> None:
    """Refuse what a guard cannot have meant by itself.

    Raises:
        HandlerError: It is a function or an iterator.
    """
    if callable(allowed) or isinstance(allowed, AsyncIterator | Iterator):
        raise HandlerError(
            f"the guard {name_of(guard)}() returned {type(allowed).__name__}: if it "
            "makes guards, call it, and pass what it returns"
        )
