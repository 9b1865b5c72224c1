"""The decorators that services and routers have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from servers.coroutines import require_coroutine_function
from servers.errors import UsageError

from .exceptions import require_exceptions
from .methods import methods_of
from .parameters import require_arguments
from .prefixes import Prefix, joined, prefixed, require_prefix
from .registrations import Registration
from .routes import require_brackets, routes_of
from .scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocol import Json

    from .context import Context
    from .guards import Guard
    from .middleware import ServerMiddleware

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])
AnyError = TypeVar("AnyError", bound=Exception)
AnyResult = TypeVar("AnyResult")


class Registrar(ABC):
    """Take handlers, and what goes around them.

    Args:
        prefix: What comes before every pattern, or the members that go into each.
        guards: Functions that must agree before a handler runs.

    Raises:
        PatternError: The prefix is neither a string nor an object.
        HandlerError: A guard cannot be called with a context.
    """

    def __init__(
        self, *, prefix: Prefix | None = None, guards: Sequence[Guard] = ()
    ) -> None:
        require_prefix(prefix)
        self._prefix = prefix
        self._sealed = False
        self._scope = Scope(guards)

    def message(
        self,
        pattern: Json,
        *,
        thread: bool = False,
        replace: bool = False,
        guards: Sequence[Guard] = (),
    ) -> Callable[[AnyFunction], AnyFunction]:
        """Register a function that replies to requests.

        Args:
            pattern: A string, a number, an object, or a list of these, all of which
                are registered or none.
            thread: Whether the function blocks and is therefore run in a thread.
            replace: Whether it may take the place of another message handler.
            guards: Functions that must agree before it runs.

        Raises:
            PatternError: This is not a pattern, or no packet can reach it.
            DuplicateHandlerError: The route has a message handler already.
            HandlerError: The function cannot be called with a payload and a context,
                or a guard with a context.
        """
        scopes = (Scope(guards),)
        return self._register(pattern, thread=thread, replace=replace, scopes=scopes)

    def event(
        self, pattern: Json, *, thread: bool = False, guards: Sequence[Guard] = ()
    ) -> Callable[[AnyFunction], AnyFunction]:
        """Register a function that handles events, besides others of the same route.

        Args:
            pattern: A string, a number, an object, or a list of these, all of which
                are registered or none.
            thread: Whether the function blocks and is therefore run in a thread.
            guards: Functions that must agree before it runs.

        Raises:
            PatternError: This is not a pattern, or no packet can reach it.
            HandlerError: The function cannot be called with a payload and a context,
                or a guard with a context.
        """
        scopes = (Scope(guards),)
        return self._register(pattern, is_event=True, thread=thread, scopes=scopes)

    def include(
        self,
        included: object,
        *,
        prefix: Prefix | None = None,
        guards: Sequence[Guard] = (),
    ) -> None:
        """Register all handlers of a router or of an object, or none of them.

        Args:
            included: A :class:`~servers.Router`, to which nothing can be added after
                this, or an object with methods that are decorated with
                :func:`servers.message` and :func:`servers.event`.
            prefix: What comes before every pattern, or the members that go into each.
            guards: Functions that must agree before one of the handlers runs.

        Raises:
            UsageError: This is a class, or has no handlers.
            PatternError: The prefix does not fit a pattern.
            DuplicateHandlerError: A route has a message handler already.
            HandlerError: A method cannot be a handler, or a guard cannot be one.
        """
        require_prefix(prefix)
        if included is self:
            raise UsageError("a router cannot include itself")
        if isinstance(included, Registrar):
            registrations = included.collected()
        else:
            registrations = methods_of(included)
        whole, scope = joined(self._prefix, prefix), Scope(guards)
        self._add([each.within(whole, scope) for each in registrations])
        if isinstance(included, Registrar):
            included.seal()

    def use(self, middleware: ServerMiddleware) -> ServerMiddleware:
        """Put a middleware around every handler, inside those used before.

        Raises:
            UsageError: It is not a coroutine function.
            HandlerError: It cannot be called with a context and what proceeds.
        """
        require_coroutine_function(middleware)
        require_arguments(middleware, 2, "a middleware", "a context and proceed")
        self._change()
        self._scope.middleware.append(middleware)
        self._changed()
        return middleware

    def exception(
        self, *types: type[AnyError]
    ) -> Callable[
        [Callable[[Context, AnyError], AnyResult]],
        Callable[[Context, AnyError], AnyResult],
    ]:
        """Register a function for exceptions of some types, and of derived types.

        It is called with the context and the exception; what it returns is the reply.

        Raises:
            HandlerError: It cannot be called so, or this is no class of exceptions.
            DuplicateHandlerError: There is a function for one of the types already.
        """
        require_exceptions(types)

        def register(
            function: Callable[[Context, AnyError], AnyResult],
        ) -> Callable[[Context, AnyError], AnyResult]:
            self._change()
            self._scope.catchers.add(types, function)
            self._changed()
            return function

        return register

    @abstractmethod
    def collected(self) -> list[Registration]:
        """Return what was registered, to be included elsewhere.

        Raises:
            UsageError: This cannot be included.
        """

    def seal(self) -> None:
        """Note that this was included, so that nothing can be added any more."""
        self._sealed = True

    def _change(self) -> None:
        """Refuse a change that comes too late.

        Raises:
            UsageError: This was included already.
        """
        if self._sealed:
            raise UsageError(
                "the router was included already, without what is added now: include "
                "it after its last handler"
            )

    @abstractmethod
    def _changed(self) -> None:
        """Put around the handlers what is around them now."""

    @abstractmethod
    def _add(self, registrations: list[Registration]) -> None:
        """Register all, or none."""

    # decision 67: A pattern that nothing can reach is an error when it is registered
    def _register(
        self,
        pattern: Json,
        **options: Any,  # noqa: ANN401
    ) -> Callable[[AnyFunction], AnyFunction]:
        require_brackets(pattern)
        pattern = prefixed(self._prefix, pattern)
        routes_of(pattern)

        def register(function: AnyFunction) -> AnyFunction:
            self._add([Registration(pattern, function, **options)])
            return function

        return register
