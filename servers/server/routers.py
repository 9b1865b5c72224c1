"""Routers: handlers that belong together, to be included in a service.

::

    orders = Router(prefix="orders.")

    @orders.message("list")
    def list_orders() -> list[Order]: ...

    service.include(orders)  # "orders.list"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.payloads import to_text

from .dependencies import Overrides
from .registrar import Registrar
from .routes import Routes
from .threads import DaemonThreads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .guards import Guard
    from .handlers import Handler
    from .prefixes import Prefix
    from .registrations import Registration


_NO_THREADS = DaemonThreads(0)  # nothing runs before a service includes the router


class Router(Registrar):
    """Take handlers for a service that includes it, directly or in another router.

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
        super().__init__(prefix=prefix, guards=guards)
        self._registrations: list[Registration] = []
        self._checked = Routes()  # not those that run, which a service makes

    def collected(self) -> list[Registration]:
        """Return what was registered, with what goes around it."""
        return [each.within(None, self._scope) for each in self._registrations]

    def _changed(self) -> None:
        """Nothing is around the handlers before a service includes the router."""

    def _add(self, registrations: list[Registration]) -> None:
        self._change()
        handlers: list[Handler] = []
        for each in registrations:
            handlers += each.handlers(_NO_THREADS, lambda _route: to_text, Overrides())
        self._checked.add(*handlers)
        self._registrations += registrations
