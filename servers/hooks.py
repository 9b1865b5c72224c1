"""Callbacks by which servers and clients can be measured.

Subclass :class:`Hooks` and override the callbacks of interest; ``servers.prometheus``
is one such subclass. Callbacks run on the event loop, in the middle of the traffic:
they must not block. What a hook raises is logged, and the traffic goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from .logs import logger_of

if TYPE_CHECKING:
    from collections.abc import Callable

Side: TypeAlias = Literal["server", "client"]
Kind: TypeAlias = Literal["message", "event", "stream"]
Outcome: TypeAlias = Literal[
    "completed", "error", "no_handler", "timeout", "lost", "cancelled"
]


class Hooks:
    """Callbacks for connections, bytes and calls; those of this class do nothing."""

    def connection_opened(self, side: Side, peer: str) -> None:
        """Optional callback for each new connection.

        Args:
            side: The side that reports.
            peer: ``host:port`` of the other side.
        """

    def connection_closed(self, side: Side, peer: str) -> None:
        """Optional callback for each connection that has closed."""

    def reading_held(self, side: Side, peer: str, seconds: float) -> None:
        """Optional callback for a connection that has not been read for long.

        Args:
            side: The side that reports: a server.
            peer: ``host:port`` of the other side.
            seconds: For how long as many calls, or streams, as its limits allow have
                been in flight.
        """

    def bytes_received(self, side: Side, count: int) -> None:
        """Optional callback for bytes read, those of TLS not counted."""

    def bytes_sent(self, side: Side, count: int) -> None:
        """Optional callback for bytes written, those of TLS not counted."""

    def packets_received(self, side: Side, count: int) -> None:
        """Optional callback for complete packets that were handled."""

    def packets_sent(self, side: Side, count: int) -> None:
        """Optional callback for packets written."""

    def call_started(self, side: Side, route: str) -> None:
        """Optional callback for each new call; a server names no unknown route."""

    def call_retried(
        self, side: Side, route: str, attempts: int, seconds: float, error: Exception
    ) -> None:
        """Optional callback for each call that is about to be made again.

        Every attempt is a call by itself to the other callbacks.

        Args:
            side: The side that reports: a client.
            route: The route of the call.
            attempts: How often the call was made.
            seconds: How long the next attempt waits.
            error: Why the last one failed.
        """

    def call_finished(
        self, side: Side, route: str, kind: Kind, outcome: Outcome, seconds: float
    ) -> None:
        """Optional callback for each call that has ended.

        Args:
            side: The side that reports: the server of the call, or its client.
            route: The route of the handler. A server passes ``""`` where it has no
                handler, so that peers cannot invent routes.
            kind: The kind of call; for a server a stream is a message.
            outcome: How the call ended.
            seconds: From the request to the end of the reply.
        """

    def metrics(self) -> tuple[str, bytes] | None:
        """Return what ``/metrics`` answers, for hooks that keep metrics.

        It is called in a thread, for a service that answers probes.

        Returns:
            The media type and the text; None if there is nothing to read.
        """
        return None


def guarded(hooks: Hooks | None) -> Hooks | None:
    """Return hooks that raise nothing but KeyboardInterrupt and SystemExit."""
    return None if hooks is None else _Guarded(hooks)


# decision 102: Neither hooks nor log handlers end a connection
class _Guarded(Hooks):
    """The callbacks of other hooks, whose errors are logged: the 1st, 2nd, 4th, 8th."""

    def __init__(self, hooks: Hooks) -> None:
        self._failures = 0
        for name in _CALLBACKS:
            setattr(self, name, self._guard(getattr(hooks, name)))

    def _guard(self, callback: Callable[..., None]) -> Callable[..., None]:
        def call(side: Side, *arguments: object) -> None:
            try:
                callback(side, *arguments)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException:  # noqa: BLE001 — whatever a hook raises
                self._failed(side, callback)

        return call

    def _failed(self, side: Side, callback: Callable[..., None]) -> None:
        self._failures += 1
        if self._failures & (self._failures - 1) == 0:
            logger_of(side).exception(
                "hook %s failed (%d failures so far)", callback, self._failures
            )


_CALLBACKS = [
    name for name in vars(Hooks) if not name.startswith("_") and name != "metrics"
]
