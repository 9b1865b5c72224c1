"""Methods for the connection alone: what they subscribe to, and which are secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Idle, Span

from .channels import DIRECT_REPLY_TO
from .methods import METHODS, spans_of_arguments

if TYPE_CHECKING:
    from .methods import Said

_ARGUMENTS = 11  # bytes of a frame before the arguments of a method
_SECRETS = {
    "connection.start-ok": 2,
    "connection.secure": 0,
    "connection.secure-ok": 0,
    "connection.update-secret": 0,
}
"""Methods with a secret → which of their arguments it is."""


def idle_of(said: Said) -> Idle:
    """Return a method for the connection alone, with what is secret in it."""
    verb = METHODS[said.code][0]
    secret: tuple[Span, ...] = ()
    index = _SECRETS.get(verb)
    if index is not None:
        low, high = spans_of_arguments(said.code, said.text, _ARGUMENTS)[index]
        secret = (Span(said.begin + low, said.begin + high),)
    return Idle(
        side=said.side,
        begin=said.begin,
        end=said.begin + len(said.text),
        secret=secret,
        verb=verb,
        text=said.text,
        original=said.original,
        channels=_subscribed(said),
    )


def _subscribed(said: Said) -> tuple[str, ...]:
    """Return what a method lets a client have, if not for replies alone."""
    verb, arguments = METHODS[said.code][0], said.arguments
    if verb == "basic.consume":
        queue = str(arguments[1])
        return () if queue == DIRECT_REPLY_TO else (queue,)
    if verb == "queue.bind":
        return (str(arguments[3]) or str(arguments[2]),)
    return ()
