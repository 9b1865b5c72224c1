"""Which two connections are one peer's: it publishes on one, and listens on the other.

Nothing that passes says so. A caller listens where the replies to its requests go, and
a handler where the requests came from that it answers. Of several who do, it is one
that is not known to be another's: at the same address, and opened at about that time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.streams.connections import Connection

MAX_PAIRS = 16_384
"""Pairs that are remembered; the oldest are forgotten."""


class Pairs:
    """Who publishes on one connection, and listens on which other."""

    def __init__(self, most: int = MAX_PAIRS) -> None:
        self._listens: dict[Connection, Connection] = {}  # who publishes → where
        self._publishes: dict[Connection, Connection] = {}
        self._most = most

    def find(
        self, publisher: Connection, listeners: Iterable[Connection]
    ) -> Connection | None:
        """Return where who publishes listens: one of some; None where there is none."""
        known = self._listens.get(publisher)
        candidates = list(listeners)
        if publisher in candidates:
            return publisher
        if known is not None and known in candidates:
            return known
        if not candidates:
            return None
        return self._pair(publisher, self._likeliest(publisher, candidates))

    def known(self, publisher: Connection) -> Connection | None:
        """Return where who publishes listens, if that is known already."""
        return self._listens.get(publisher)

    def forget(self, connection: Connection) -> None:
        """Let go of a connection that is over."""
        listener = self._listens.pop(connection, None)
        if listener is not None:
            self._publishes.pop(listener, None)
        publisher = self._publishes.pop(connection, None)
        if publisher is not None:
            self._listens.pop(publisher, None)

    def _likeliest(
        self, publisher: Connection, candidates: list[Connection]
    ) -> Connection:
        """Return which of some listens for who publishes."""
        host = publisher.client_endpoint.address
        return min(
            candidates,
            key=lambda each: (
                self._publishes.get(each, publisher) is not publisher,
                each.client_endpoint.address != host,
                _apart(publisher, each),
            ),
        )

    def _pair(self, publisher: Connection, listener: Connection) -> Connection:
        self.forget(publisher)
        if self._publishes.get(listener) is None:
            self._listens[publisher] = listener
            self._publishes[listener] = publisher
        if len(self._listens) > self._most:
            self.forget(next(iter(self._listens)))
        return listener


def call_by(connection: Connection, principal: Connection) -> None:
    """Let the peer of a connection be known by another of its connections."""
    if principal.twin is None and connection is not principal:
        connection.twin = principal


def _apart(publisher: Connection, listener: Connection) -> tuple[bool, int]:
    """Return how far apart two were opened; by their ports where that is not known."""
    known = all(
        direction.from_start
        for each in (publisher, listener)
        for direction in each.directions
    )
    if known:
        return False, abs(publisher.opened_ns - listener.opened_ns)
    return True, abs(publisher.client_endpoint.port - listener.client_endpoint.port)
