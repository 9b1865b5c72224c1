"""What a service consists of: handlers under patterns, and middleware around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from servers.coroutines import require_coroutine_function
from servers.integers import Integers, UnsafeIntegers, checked_choice
from servers.limits import Limits
from servers.logs import logger_of
from servers.payloads import to_text

from .handlers import Handler
from .middleware import surround
from .routes import Routes, routes_of
from .threads import DaemonThreads

if TYPE_CHECKING:
    from collections.abc import Callable

    from protocol import Json
    from servers.hooks import Hooks
    from servers.payloads import Write

    from .middleware import ServerMiddleware

AnyFunction = TypeVar("AnyFunction", bound="Callable[..., Any]")


class Registry:
    """Register handlers and middleware; knows no transport.

    Args:
        limits: How much peers may make us buffer, and how long wait.
        hooks: Callbacks for connections, bytes and calls.
        unsafe_integers: What happens to integers beyond 2^53 - 1, which JavaScript
            rounds: "send", "warn" to log them too, or "refuse" to reply with an error.

    Attributes:
        handlers: The registered handlers.

    Raises:
        UsageError: ``unsafe_integers`` is none of these.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        unsafe_integers: UnsafeIntegers = "send",
    ) -> None:
        self._integers: Integers | None = None
        if checked_choice(unsafe_integers) != "send":
            self._integers = Integers(unsafe_integers, logger_of("server"))
        self.limits = limits or Limits()
        self.hooks = hooks
        self.handlers = Routes()
        self._middleware: list[ServerMiddleware] = []
        self._executor: DaemonThreads | None = None

    @property
    def routes(self) -> list[str]:
        """The route of each handler."""
        return [handler.route for handler in self.handlers]

    def message(
        self, pattern: Json, *, thread: bool = False, replace: bool = False
    ) -> Callable[[AnyFunction], AnyFunction]:
        """Register a function that replies to requests.

        Args:
            pattern: A string, a number, an object, or a list of these, all of which
                are registered or none.
            thread: Whether the function blocks and is therefore run in a thread.
            replace: Whether it may take the place of another message handler.

        Raises:
            PatternError: This is not a pattern, or no packet can reach it.
            DuplicateHandlerError: The route has a message handler already.
            HandlerError: The function cannot be called with a payload and a context.
        """
        return self._register(pattern, thread=thread, replace=replace)

    def event(
        self, pattern: Json, *, thread: bool = False
    ) -> Callable[[AnyFunction], AnyFunction]:
        """Register a function that handles events, besides others of the same route.

        Args:
            pattern: A string, a number, an object, or a list of these, all of which
                are registered or none.
            thread: Whether the function blocks and is therefore run in a thread.

        Raises:
            PatternError: This is not a pattern, or no packet can reach it.
            HandlerError: The function cannot be called with a payload and a context.
        """
        return self._register(pattern, thread=thread, is_event=True)

    def use(self, middleware: ServerMiddleware) -> ServerMiddleware:
        """Put a middleware around every handler, inside those used before.

        Raises:
            UsageError: It is not a coroutine function.
        """
        require_coroutine_function(middleware)
        self._middleware.append(middleware)
        for handler in self.handlers:
            surround(handler, self._middleware)
        return middleware

    # decision 67: A pattern that nothing can reach is an error when it is registered
    def _register(
        self,
        pattern: Json,
        *,
        thread: bool,
        replace: bool = False,
        is_event: bool = False,
    ) -> Callable[[AnyFunction], AnyFunction]:
        routes = routes_of(pattern)
        executor = self._threads() if thread else None

        def register(function: AnyFunction) -> AnyFunction:
            handlers = [
                Handler(
                    function,
                    route,
                    is_event=is_event,
                    executor=executor,
                    write=self._writer(route),
                )
                for route in routes
            ]
            for handler in handlers:
                surround(handler, self._middleware)
            self.handlers.add(*handlers, replace=replace)
            return function

        return register

    def _writer(self, route: str) -> Write:
        """Return what gives the JSON text of the replies of a route."""
        if self._integers is None:
            return to_text
        return self._integers.writer(route, "reply")

    def _threads(self) -> DaemonThreads:
        if self._executor is None:
            self._executor = DaemonThreads(self.limits.threads)
        return self._executor
