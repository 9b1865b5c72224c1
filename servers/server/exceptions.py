"""Handlers of exceptions: what a caller receives instead of an error.

::

    @service.exception(KeyError)
    def unknown(context: Context, error: KeyError) -> None:
        raise RpcError({"code": 404, "what": str(error)})

Of several the one for the most derived type is called, those of a router before those
of the service. What it returns is the reply; after the values of a stream, the last
one. What it raises is the error. An :class:`ExceptionGroup` without a handler of its
own is handled as the first error in it.

Source: ``packages/microservices/exceptions/rpc-exceptions-handler.ts``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeAlias

from protocol import UNDEFINED
from servers.errors import (
    DuplicateHandlerError,
    HandlerError,
    InvalidDataError,
    RpcError,
)

from .parameters import place_of, require_arguments
from .streams import stream_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from protocol import Json

    from .context import Context
    from .handlers import Invoke, Payload

Catcher: TypeAlias = Callable[[Any, Any], Any]
"""Called with the context and the exception; returns a value, or raises."""


def require_exceptions(types: Sequence[object]) -> None:
    """Refuse what is no class of exceptions, at once: a decorator without any as well.

    Raises:
        HandlerError: There are no types, or one of them is no class of exceptions.
    """
    if not types:
        raise HandlerError("exception(…) takes the classes of exceptions to handle")
    for kind in types:
        if not (isinstance(kind, type) and issubclass(kind, Exception)):
            raise HandlerError(
                f"{kind!r} is not a class of exceptions, which exception(…) takes"
            )


class Catchers:
    """Functions for exceptions, by type."""

    def __init__(self) -> None:
        self._catchers: dict[type[BaseException], Catcher] = {}

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._catchers)

    def add(self, types: tuple[type[Exception], ...], catcher: Catcher) -> None:
        """Register a function for types of exceptions: for all of them, or none.

        Raises:
            HandlerError: It cannot be called with a context and an error.
            DuplicateHandlerError: There is a function for one of the types already.
        """
        require_arguments(
            catcher, 2, "a handler of exceptions", "a context and an error"
        )
        for kind in types:
            self._require_new(kind, catcher)
        self._catchers |= dict.fromkeys(types, catcher)

    def _require_new(self, kind: type[Exception], catcher: Catcher) -> None:
        if kind in self._catchers:
            raise DuplicateHandlerError(
                f"{kind.__qualname__} is handled already, by "
                f"{place_of(self._catchers[kind])}, and would be by {place_of(catcher)}"
            )

    def for_error(self, error: BaseException) -> tuple[Catcher, BaseException] | None:
        """Return the function for an error, and the error that it is called with.

        A payload that does not fit is none for a function for RpcError: in Nest, what
        a pipe raises is no RpcException, and what that function returns is a success.
        """
        refused = isinstance(error, InvalidDataError)
        for kind in type(error).__mro__:
            if kind in self._catchers and not (refused and kind is RpcError):
                return self._catchers[kind], error
        if isinstance(error, BaseExceptionGroup):
            return self.for_error(error.exceptions[0])
        return None


def catching(catchers: Catchers, inner: Invoke) -> Invoke:
    """Return what does as ``inner`` does, and handles the exceptions it raises."""

    async def invoke(payload: Payload, context: Context | None) -> Json:
        assert context is not None
        try:
            result = inner(payload, context)
            if isinstance(result, Awaitable):
                result = await result
        except Exception as error:  # noqa: BLE001 — whatever a handler raises
            return await _caught(catchers, context, error)
        stream = stream_of(result)
        return result if stream is None else _stream(catchers, context, stream)

    return invoke


async def _caught(catchers: Catchers, context: Context, error: Exception) -> Json:
    """Return what stands for an error.

    Raises:
        Exception: The error itself, or what its handler raises.
    """
    found = catchers.for_error(error)
    if found is None:
        raise error
    catcher, meant = found
    value = catcher(context, meant)
    return await value if isinstance(value, Awaitable) else value


async def _stream(
    catchers: Catchers, context: Context, values: AsyncGenerator[Json, None]
) -> AsyncGenerator[Json, None]:
    """Yield the values of a stream, and what stands for its error."""
    try:
        async for value in values:
            yield value
    except Exception as error:  # noqa: BLE001 — whatever a handler raises
        last = await _caught(catchers, context, error)
        more = stream_of(last)
        if more is not None:
            async with aclosing(more):
                async for value in more:
                    yield value
        elif last is not UNDEFINED:
            yield last
    finally:
        await values.aclose()
