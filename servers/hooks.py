"""What a server or a client tells whoever measures it.

Subclass :class:`Hooks` and override what is of interest; ``servers.prometheus`` is one
such subclass. Hooks run on the event loop, in the middle of the traffic: they must
neither block nor raise.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

Side: TypeAlias = Literal["server", "client"]
Kind: TypeAlias = Literal["message", "event", "stream"]
Outcome: TypeAlias = Literal[
    "completed", "error", "no_handler", "timeout", "lost", "cancelled"
]


class Hooks:
    """Listen to connections, bytes and calls; this class ignores them all."""

    def connection_opened(self, side: Side, peer: str) -> None:
        """Learn that a connection is open; ``peer`` is its ``host:port``."""

    def connection_closed(self, side: Side, peer: str) -> None:
        """Learn that a connection is closed."""

    def bytes_received(self, side: Side, count: int) -> None:
        """Learn that bytes came, TLS not counted."""

    def bytes_sent(self, side: Side, count: int) -> None:
        """Learn that bytes were handed to the connection."""

    def packets_received(self, side: Side, count: int) -> None:
        """Learn that frames were whole, and handled."""

    def packets_sent(self, side: Side, count: int) -> None:
        """Learn that frames were handed to the connection."""

    def call_started(self, side: Side, route: str) -> None:
        """Learn that a call began."""

    def call_finished(
        self, side: Side, route: str, kind: Kind, outcome: Outcome, seconds: float
    ) -> None:
        """Learn how a call ended, and how long it took.

        Args:
            side: Who tells: who answered, or who asked.
            route: The route of the handler. A server gives ``""`` where it has no
                handler, so that peers cannot invent routes.
            kind: What was called; a server calls a stream a message.
            outcome: How it ended.
            seconds: From the request to the end of the reply.
        """
