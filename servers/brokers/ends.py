"""The ends of the handlers of one message, for brokers that are told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from servers.hooks import Hooks

if TYPE_CHECKING:
    from servers.hooks import Kind, Outcome, Side


class Watched(Protocol):
    """A message that learns how its handlers end."""

    def begun(self) -> None:
        """Note a handler that begins."""

    def ended(self, outcome: Outcome) -> None:
        """Note that a handler has ended, or that all of them have begun."""


class Ends(Hooks):
    """Tell a message of the ends of its handlers, and other hooks as before.

    Args:
        watched: The message.
        hooks: The others; None for none.
    """

    def __init__(self, watched: Watched, hooks: Hooks | None) -> None:
        self._watched = watched
        self._others = hooks

    def call_started(self, side: Side, route: str) -> None:
        """Note a handler that begins."""
        self._watched.begun()
        if self._others is not None:
            self._others.call_started(side, route)

    def call_finished(
        self, side: Side, route: str, kind: Kind, outcome: Outcome, seconds: float
    ) -> None:
        """Note a handler that has ended."""
        if self._others is not None:
            self._others.call_finished(side, route, kind, outcome, seconds)
        self._watched.ended(outcome)
