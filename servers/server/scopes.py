"""What goes around handlers: that of the service, that of its routers, their own.

::

    exception handlers ─► middleware ─► guards ─► payload ─► dependencies ─► handler

Of each kind, that of the service is the outermost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .exceptions import Catchers, catching
from .guards import checked, guarded
from .middleware import around

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .guards import Guard
    from .handlers import Handler
    from .middleware import ServerMiddleware


class Scope:
    """What goes around the handlers of a service or of a router, or around one.

    Args:
        guards: Functions that must agree before a handler runs.

    Attributes:
        guards: The same.
        middleware: What runs around the handlers, that outermost first.
        catchers: What is called for their exceptions.

    Raises:
        HandlerError: A guard cannot be called with a context.
    """

    def __init__(self, guards: Sequence[Guard] = ()) -> None:
        self.guards = checked(guards)
        self.middleware: list[ServerMiddleware] = []
        self.catchers = Catchers()


def surround(handler: Handler, scopes: Sequence[Scope]) -> None:
    """Put around a handler what its scopes say, in place of what was there before.

    Args:
        handler: The handler.
        scopes: Its scopes, that of the service first.
    """
    invoke = handler.bare
    guards = [guard for scope in scopes for guard in scope.guards]
    if guards:
        invoke = guarded(guards, invoke)
    for scope in reversed(scopes):
        for middleware in reversed(scope.middleware):
            invoke = around(middleware, invoke)
    for scope in reversed(scopes):
        if scope.catchers:
            invoke = catching(scope.catchers, invoke)
    if invoke is not handler.bare:
        handler.needs_context = True
        handler.at_once = handler.plain = handler.later = False
    handler.invoke = invoke
