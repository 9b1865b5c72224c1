"""Patterns to handlers: one map for messages and events, as in Nest.

===================================  =======================================
registered for one route             result
===================================  =======================================
several event handlers               all run, in order of registration
a message, then an event handler     the message handler answers both
an event, then a message handler     the message handler replaces the others
two message handlers                 refused, unless ``replace=True``
===================================  =======================================

A request reaches an event handler too, and is answered with what it returns.

Source: ``packages/microservices/server/server.ts``, ``addHandler`` and
``getHandlerByPattern``.
"""

from __future__ import annotations

import reprlib
from typing import TYPE_CHECKING

from protocol import UNDEFINED, EncodeError, dumps, route
from servers.errors import DuplicateHandlerError, PatternError

from .parameters import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from protocol import Json

    from .handlers import Handler

# Spellings of patterns whose handler is cached; peers can invent any number of them.
_MAX_SPELLINGS = 4_096
# Strings that a lookup reads as values of another type.
_LITERALS = ("true", "false", "null")


def routes_of(pattern: Json) -> list[str]:
    """Return the routes of a pattern to register; a list is several patterns.

    Raises:
        PatternError: No packet can reach it.
    """
    patterns = pattern if isinstance(pattern, list | tuple) else [pattern]
    if not patterns:
        raise PatternError("an empty list contains no pattern")
    return [_registered(each) for each in patterns]


def require_brackets(pattern: object) -> None:
    """Refuse a function in place of a pattern, which a decorator without one gets.

    Raises:
        PatternError: This is a function.
    """
    if callable(pattern):
        raise PatternError(
            f"{pattern!r} is not a pattern; the decorator takes one in brackets: "
            'message("orders.list")'
        )


def _shown(pattern: object) -> str:
    try:
        return repr(pattern)
    except RecursionError:  # it nests deep: its outer levels are enough
        return reprlib.repr(pattern)


def _registered(pattern: Json) -> str:
    if isinstance(pattern, str) and type(pattern) is not str:
        pattern = str.__str__(pattern)  # of an enumeration, its value
    if isinstance(pattern, bool) or not isinstance(pattern, str | int | float | dict):
        raise PatternError(
            f"{_shown(pattern)} is not a pattern: it must be a string, a number or "
            "an object"
        )
    try:
        found = route(pattern)
    except EncodeError as error:
        raise PatternError(f"{_shown(pattern)} is not a pattern: {error}") from None
    if found in _LITERALS or (isinstance(pattern, str) and found != pattern):
        raise PatternError(
            f"no packet can reach {pattern!r}: Nest reads it as JSON, "
            f"and looks up {found}"
        )
    return found


class Routes:
    """The handlers of a service, by route.

    Attributes:
        unknown: What runs for patterns without a handler; None for nothing.
    """

    def __init__(self) -> None:
        self.unknown: Handler | None = None
        self._handlers: dict[str, Handler] = {}
        self._spellings: dict[str, Handler] = {}  # by the text of a pattern

    def __iter__(self) -> Iterator[Handler]:
        """Iterate over all handlers, those of one route in the order they run."""
        for handler in self._handlers.values():
            each: Handler | None = handler
            while each is not None:
                yield each
                each = each.following

    def add(self, *handlers: Handler) -> None:
        """Register handlers for their routes: all of them, or none.

        Raises:
            DuplicateHandlerError: A route has a message handler already, or gets two.
        """
        self._refuse_duplicates(handlers)
        self._spellings.clear()
        for handler in handlers:
            self._add(handler)

    def _refuse_duplicates(self, handlers: Sequence[Handler]) -> None:
        new: dict[str, Handler] = {}
        for handler in handlers:
            if handler.is_event:
                continue
            head = new.get(handler.route) or self._handlers.get(handler.route)
            if head is not None and not head.is_event and not handler.replaces:
                raise DuplicateHandlerError(
                    f"{handler.route!r} has a message handler already, "
                    f"{place_of(head.function)}; {place_of(handler.function)} would "
                    "replace it, as in Nest, where that is silent; replace=True does so"
                )
            new[handler.route] = handler

    def _add(self, handler: Handler) -> None:
        head = self._handlers.get(handler.route)
        if head is None or not handler.is_event:
            self._handlers[handler.route] = handler
        elif head.is_event:  # a message handler answers events too, and alone
            while head.following is not None:
                head = head.following
            head.following = handler

    def find(self, pattern: Json) -> Handler | None:
        """Return the first handler for the pattern of a packet, or None."""
        if type(pattern) is str:
            handler = self._spellings.get(pattern)
            return handler if handler is not None else self._look_up(pattern)
        if pattern is UNDEFINED or pattern is None:
            return None
        try:
            text = dumps(pattern).decode()
        except EncodeError:  # nested too deep
            return None
        return self._spellings.get(text) or self._look_up(text)

    def _look_up(self, text: str) -> Handler | None:
        handler = self._handlers.get(route(text))
        if handler is not None and len(self._spellings) < _MAX_SPELLINGS:
            self._spellings[text] = handler
        return handler
