"""What is registered: a function for patterns, and what goes around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .handlers import Handler
from .prefixes import Prefix, prefixed
from .routes import routes_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from protocol import Json
    from servers.payloads import Write

    from .dependencies import Overrides
    from .parameters import Function
    from .scopes import Scope


class Registration(NamedTuple):
    """A function for one pattern or several.

    Attributes:
        pattern: The pattern, or a list of several.
        function: The function.
        is_event: Whether it is registered for events.
        thread: Whether it runs in a thread.
        replace: Whether it may take the place of another message handler.
        scopes: What goes around it, the outermost first.
    """

    pattern: Json
    function: Function
    is_event: bool = False
    thread: bool = False
    replace: bool = False
    scopes: tuple[Scope, ...] = ()

    def within(self, prefix: Prefix | None, *scopes: Scope) -> Registration:
        """Return the same with a prefix, and more around it.

        Raises:
            PatternError: The prefix does not fit the pattern, or no packet can reach
                the two together.
        """
        pattern = prefixed(prefix, self.pattern)
        routes_of(pattern)
        return self._replace(pattern=pattern, scopes=(*scopes, *self.scopes))

    def handlers(
        self,
        executor: Executor | None,
        writer: Callable[[str], Write],
        overrides: Overrides,
    ) -> list[Handler]:
        """Return a handler for each pattern.

        Args:
            executor: Threads, for a function that runs in one.
            writer: Returns what gives the JSON text of the replies of a route.
            overrides: What is called in place of dependencies.

        Raises:
            PatternError: No packet can reach the pattern.
            HandlerError: The function cannot be a handler.
        """
        handlers = [
            Handler(
                self.function,
                route,
                is_event=self.is_event,
                executor=executor if self.thread else None,
                write=writer(route),
                overrides=overrides,
            )
            for route in routes_of(self.pattern)
        ]
        for handler in handlers:
            handler.replaces = self.replace
        return handlers
