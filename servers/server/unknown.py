"""Patterns without a handler, for the middleware that asks to see them.

::

    service.use(middleware, unknown=True)

``proceed()`` then raises an :class:`~servers.errors.UnknownPatternError`. If that
leaves the middleware, the caller receives what it receives without any middleware.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import Event
from servers.errors import UnknownPatternError

from .calls import Call
from .handlers import Handler
from .replies import no_handler_body

if TYPE_CHECKING:
    from protocol import Request
    from servers.payloads import Write

    from .respondent import Respondent


def unknown_handler(write: Write) -> Handler:
    """Return the handler of what has no handler.

    Args:
        write: Gives the JSON text of what middleware replies in its place.
    """
    return Handler(_refuse, "", write=write)


def _refuse() -> None:
    raise UnknownPatternError


class UnknownCall(Call):
    """One run of the middleware for a pattern without a handler.

    Args:
        respondent: Where the replies go.
        handler: What :func:`unknown_handler` returned.
        identity: The JSON text of the id; None for an event.
        packet: The packet.
    """

    __slots__ = ("packet",)

    def __init__(
        self,
        respondent: Respondent,
        handler: Handler,
        identity: bytes | None,
        packet: Request | Event,
    ) -> None:
        super().__init__(respondent, handler, identity)
        self.packet = packet

    def fail(self, error: BaseException) -> None:
        """Reply with an error, and as Nest does where that is the missing handler."""
        if not isinstance(error, UnknownPatternError):
            super().fail(error)
            return
        if self.identity is not None:
            self.respondent.send(no_handler_body(self.identity))
        elif isinstance(self.packet, Event):
            self.respondent.unhandled(self.packet)
        self.finish("no_handler")
