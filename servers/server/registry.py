"""What a service consists of: handlers under patterns, and what goes around them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from servers.errors import UsageError
from servers.integers import Integers, UnsafeIntegers, checked_choice
from servers.limits import Limits
from servers.logs import logger_of
from servers.payloads import to_text

from .dependencies import Overrides
from .registrar import Registrar
from .routes import Routes
from .scopes import Scope, surround
from .threads import DaemonThreads
from .unknown import unknown_handler

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from servers.hooks import Hooks
    from servers.payloads import Write

    from .guards import Guard
    from .handlers import Handler
    from .middleware import ServerMiddleware
    from .parameters import Function
    from .registrations import Registration


class Registry(Registrar):
    """Register handlers and what goes around them; knows no transport.

    Args:
        limits: How much peers may make us buffer, and how long wait.
        hooks: Callbacks for connections, bytes and calls.
        guards: Functions that must agree before a handler runs.
        unsafe_integers: What happens to integers beyond 2^53 - 1, which JavaScript
            rounds: "send", "warn" to log them too, or "refuse" to reply with an error.

    Attributes:
        handlers: The registered handlers.
        overrides: Functions that are called in place of dependencies, by these.

    Raises:
        HandlerError: A guard cannot be called with a context.
        UsageError: ``unsafe_integers`` is none of these.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        hooks: Hooks | None = None,
        unsafe_integers: UnsafeIntegers = "send",
        guards: Sequence[Guard] = (),
    ) -> None:
        super().__init__(guards=guards)
        self._integers: Integers | None = None
        if checked_choice(unsafe_integers) != "send":
            self._integers = Integers(unsafe_integers, logger_of("server"))
        self.limits = limits or Limits()
        self.hooks = hooks
        self.handlers = Routes()
        self.overrides = Overrides()
        self._scopes: dict[Handler, tuple[Scope, ...]] = {}
        self._unknown = Scope()
        self._executor: DaemonThreads | None = None

    @property
    def routes(self) -> list[str]:
        """The route of each handler."""
        return [handler.route for handler in self.handlers]

    def collected(self) -> list[Registration]:
        """Refuse to be included.

        Raises:
            UsageError: Always.
        """
        raise UsageError("a service cannot be included: use a Router")

    def use(
        self, middleware: ServerMiddleware, *, unknown: bool = False
    ) -> ServerMiddleware:
        """Put a middleware around every handler, inside those used before.

        Args:
            middleware: A coroutine function, called with a context and ``proceed``.
            unknown: Whether it runs for patterns without a handler too. ``proceed()``
                then raises an :class:`~servers.UnknownPatternError`.

        Raises:
            UsageError: It is not a coroutine function.
            HandlerError: It cannot be called with a context and ``proceed``.
        """
        super().use(middleware)
        if unknown:
            self._unknown.middleware.append(middleware)
            handler = unknown_handler(self._writer(""))
            surround(handler, (self._unknown,))
            self.handlers.unknown = handler
        return middleware

    @contextmanager
    def override(self, dependency: Function, replacement: Function) -> Iterator[None]:
        """Call another function in place of a dependency, for as long as a block lasts.

        Raises:
            HandlerError: The function needs what it cannot get.
        """
        before = self.overrides.get(dependency)
        self.overrides[dependency] = replacement
        try:
            yield
        finally:
            del self.overrides[dependency]
            if before is not None:
                self.overrides[dependency] = before

    def _changed(self) -> None:
        for handler in self.handlers:
            self._surround(handler)

    def _surround(self, handler: Handler) -> None:
        surround(handler, (self._scope, *self._scopes.get(handler, ())))

    def _add(self, registrations: list[Registration]) -> None:
        scopes = {
            handler: each.scopes
            for each in registrations
            for handler in each.handlers(
                self._threads() if each.thread else None, self._writer, self.overrides
            )
        }
        self.handlers.add(*scopes)
        self._scopes |= scopes
        for handler in scopes:
            self._surround(handler)

    def _writer(self, route: str) -> Write:
        """Return what gives the JSON text of the replies of a route."""
        if self._integers is None:
            return to_text
        return self._integers.writer(route, "reply")

    def _threads(self) -> DaemonThreads:
        if self._executor is None:
            self._executor = DaemonThreads(self.limits.threads)
        return self._executor
