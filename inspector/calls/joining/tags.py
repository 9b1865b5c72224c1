"""What confirms and acknowledgements refer to: transfers of a connection, by tags.

What is known by the same on all connections to a broker, has its tag there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.named_tuple import NamedTuple

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
        requests: Whether it is the request of that, or its event.
        destination: Who took it from a queue; None for what is in none.
        awaited: Whether it is known that who took it will refer to it.
        owed: How often something will refer to it; 0 where that is not known.
        taker: On which connection it was handed on, where its peer may refer to it on
            another one; None where several had it.
    """

    joined: Joined
    requests: bool = True
    destination: Hashable | None = None
    awaited: bool = False
    owed: int = 1
    taker: Connection | None = None


class Tags:
    """Transfers by connection and tag.

    An exchange is not over while something is owed to one of its transfers that is kept
    here.
    """

    def __init__(self, most: int = MAX_TAGS) -> None:
        self._known: dict[Hashable, dict[Hashable, Tagged]] = {}  # by where
        self._most = most

    def keep(
        self, where: Hashable, tag: Hashable, tagged: Tagged, *, adds: bool = False
    ) -> None:
        """Learn what a tag of a connection, or of a broker, refers to.

        Args:
            where: The connection on which that passed, or its broker.
            tag: The tag.
            tagged: What it refers to.
            adds: Whether what was owed to the same before is still owed.
        """
        known = self._known.setdefault(where, {})
        before = known.pop(tag, None)  # a new one is not the oldest
        if before is not None:
            _release(before)
            if adds and before.joined is tagged.joined:
                owed = tagged.owed + before.owed
                tagged = tagged._replace(owed=owed, taker=None)
        known[tag] = tagged
        tagged.joined.unconfirmed += tagged.owed
        if len(known) > self._most:
            _release(known.pop(next(iter(known))))

    def take(
        self, where: Hashable, tag: Hashable, *, more: bool = False
    ) -> Tagged | None:
        """Return what something refers to; None where that is not known.

        Args:
            where: The connection on which it passed, or its broker.
            tag: What it refers to there.
            more: Whether it does not count as one of those that are owed.
        """
        known = self._known.get(where)
        if not known:
            return None
        if more:
            return known.get(tag)
        tagged = known.pop(tag, None)
        if tagged is None:
            return None
        _release(tagged)
        if tagged.owed > 1:
            left = tagged._replace(destination=None, owed=tagged.owed - 1)
            self.keep(where, tag, left)
        return tagged

    def get(self, where: Hashable, tag: Hashable) -> Tagged | None:
        """Return what a tag refers to somewhere; None where that is not known."""
        known = self._known.get(where)
        return None if known is None else known.get(tag)

    def close(self, where: Hashable) -> list[Tagged]:
        """Forget a connection; return what its peer had, and was not done with."""
        known = self._known.pop(where, {})
        for each in known.values():
            _release(each)
        return [each for each in known.values() if each.destination is not None]


def _release(tagged: Tagged) -> None:
    tagged.joined.unconfirmed -= tagged.owed
