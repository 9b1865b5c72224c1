"""What brokers and handlers have still to say of transfers, by the tags of those."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable

    from inspector.streams.connections import Connection

    from .joined import Joined

MAX_TAGS = 4_096
"""Transfers of one connection that may wait to be confirmed; of more, the last."""


class Confirmed(NamedTuple):
    """A transfer that is confirmed.

    Attributes:
        joined: The exchange that it is of.
        requests: Whether it is the request of that.
    """

    joined: Joined
    requests: bool


class Confirms:
    """Transfers that are to be confirmed, by connection and tag."""

    def __init__(self, most: int = MAX_TAGS) -> None:
        self._waiting: dict[Connection, dict[Hashable, Confirmed]] = {}
        self._most = most

    def expect(
        self, connection: Connection, tag: Hashable, joined: Joined, *, requests: bool
    ) -> None:
        """Learn of a transfer that is to be confirmed."""
        waiting = self._waiting.setdefault(connection, {})
        if len(waiting) >= self._most:
            _release(waiting.pop(next(iter(waiting))))
        waiting[tag] = Confirmed(joined, requests)
        joined.unconfirmed += 1

    def take(
        self, connection: Connection, tag: Hashable, *, more: bool = False
    ) -> Confirmed | None:
        """Return what a confirmation is of; None where that is not known.

        Args:
            connection: Where it passed.
            tag: What it says of that.
            more: Whether another confirmation of the same is to come.
        """
        waiting = self._waiting.get(connection)
        if not waiting:
            return None
        if more:
            return waiting.get(tag)
        confirmed = waiting.pop(tag, None)
        if confirmed is not None:
            _release(confirmed)
        return confirmed

    def forget(self, connection: Connection) -> None:
        """Learn that a connection is over, and confirms nothing more."""
        for confirmed in self._waiting.pop(connection, {}).values():
            _release(confirmed)


def _release(confirmed: Confirmed) -> None:
    confirmed.joined.unconfirmed -= 1
