"""Methods for the connection alone: what they subscribe to, and what is secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Idle

from .channels import DIRECT_REPLY_TO
from .concealing import secrets_in_method
from .methods import METHODS

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment

    from .methods import Said


def idle_of(said: Said, conceal: Concealment | None) -> Idle:
    """Return a method for the connection alone, with what is secret in it."""
    return Idle(
        side=said.side,
        begin=said.begin,
        end=said.begin + len(said.text),
        secret=secrets_in_method(said, conceal),
        verb=METHODS[said.code][0],
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
