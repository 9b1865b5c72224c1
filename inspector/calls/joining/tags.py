"""What confirms and acknowledgements refer to: transfers of a connection, by tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable

    from inspector.streams.connections import Connection

    from .joined import Joined

MAX_TAGS = 4_096
"""Transfers of a connection that may wait for what refers to them: the oldest go."""


class Tagged(NamedTuple):
    """A transfer that something is to refer to.

    Attributes:
        joined: The exchange that it is of.
        destination: Who had it; None for what the broker was handed.
        awaited: Whether it is known that something will refer to it …
        owed: … and how often that will be.
    """

    joined: Joined
    destination: Hashable | None
    awaited: bool
    owed: int = 1


class Tags:
    """Transfers by their tags."""

    def __init__(self, most: int = MAX_TAGS) -> None:
        self._known: dict[Connection, dict[Hashable, Tagged]] = {}
        self._most = most

    def keep(self, connection: Connection, tag: Hashable, tagged: Tagged) -> None:
        """Learn what a tag of a connection refers to."""
        known = self._known.setdefault(connection, {})
        known.pop(tag, None)  # a new one is not the oldest
        known[tag] = tagged
        if len(known) > self._most:
            del known[next(iter(known))]

    def find(self, connection: Connection, tag: Hashable) -> Tagged | None:
        """Return what a tag refers to; None where that is not known."""
        known = self._known.get(connection)
        return None if known is None else known.get(tag)

    def settle(self, connection: Connection, tag: Hashable, tagged: Tagged) -> None:
        """Learn that something refers to a transfer, which may have been the last."""
        known = self._known[connection]
        if tagged.owed > 1:
            known[tag] = tagged._replace(destination=None, owed=tagged.owed - 1)
        else:
            del known[tag]

    def close(self, connection: Connection) -> list[Tagged]:
        """Forget a connection; return what its peer had, and was not done with."""
        known = self._known.pop(connection, {})
        return [each for each in known.values() if each.destination is not None]
