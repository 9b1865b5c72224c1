"""Which handler answers a pattern: one map for messages and events, as in Nest.

===================================  =======================================
registered for one route             result
===================================  =======================================
several event handlers               all run, in this order
a message, then an event handler     the message handler answers both
an event, then a message handler     the message handler replaces the others
two message handlers                 refused, unless ``replace=True``
===================================  =======================================

A request reaches an event handler too, and is answered with what that gives.

Source: ``packages/microservices/server/server.ts``, ``addHandler`` and
``getHandlerByPattern``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import UNDEFINED, EncodeError, dumps, route
from servers.errors import DuplicateHandlerError, PatternError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from protocol import Json

    from .handlers import Handler

# Spellings of patterns whose route is remembered; peers can invent more than these.
_MAX_SPELLINGS = 4_096
# Strings that a lookup turns into something else than a string.
_NO_NAMES = ("true", "false", "null")


def routes_of(pattern: Json) -> list[str]:
    """Return the routes of a pattern to register; a list is several patterns.

    Raises:
        PatternError: No packet can reach it.
    """
    patterns = pattern if isinstance(pattern, list | tuple) else [pattern]
    if not patterns:
        raise PatternError("an empty list holds no pattern")
    return [_registered(each) for each in patterns]


def _registered(pattern: Json) -> str:
    if isinstance(pattern, bool) or not isinstance(pattern, str | int | float | dict):
        raise PatternError(f"{pattern!r} is no pattern: a string, number or object is")
    try:
        found = route(pattern)
    except EncodeError as error:
        raise PatternError(f"{pattern!r} is no pattern: {error}") from None
    if found in _NO_NAMES or (isinstance(pattern, str) and found != pattern):
        raise PatternError(
            f"nothing can reach {pattern!r}: Nest reads JSON, and looks for {found}"
        )
    return found


class Routes:
    """The handlers of a service, by route."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}
        self._spellings: dict[str, Handler] = {}  # patterns as text, seen before

    def __iter__(self) -> Iterator[Handler]:
        """Iterate over all handlers, those of one route in the order they run."""
        for handler in self._handlers.values():
            each: Handler | None = handler
            while each is not None:
                yield each
                each = each.following

    def add(self, handler: Handler, *, replace: bool = False) -> None:
        """Register a handler for its route.

        Raises:
            DuplicateHandlerError: The route has a message handler already.
        """
        head = self._handlers.get(handler.route)
        self._spellings.clear()
        if head is None or not handler.is_event:
            if head is not None and not head.is_event and not replace:
                raise DuplicateHandlerError(
                    f"{handler.route!r} has a message handler already; Nest would drop "
                    "it without a word, replace=True does so"
                )
            self._handlers[handler.route] = handler
        else:
            while head.following is not None:
                head = head.following
            head.following = handler

    def find(self, pattern: Json) -> Handler | None:
        """Return the first handler for the pattern of a packet."""
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
