"""What a client has subscribed to, and which of that a delivery is for.

A delivery does not name the subscription: it is one whose filter covers the topic. What
is kept is bounded, and topics that come again are not compared again.
"""

from __future__ import annotations

import msgspec

from .topics import Filter, covers, filter_of, has_wildcard

MOST = 16_384
"""Subscriptions of a connection: the oldest are forgotten."""
MOST_WILDCARDS = 128
"""Those of them with wildcards, with all of which a topic has to be compared.

The same of groups to one topic.
"""
_MOST_TOPICS = 1_024


class Subscription(msgspec.Struct, frozen=True, gc=False):
    """What a client has subscribed to.

    Attributes:
        text: The filter as the client says it, with the name of a group.
        filter: What that says.
        since_ns: When it was made, in nanoseconds since 1970.
        wildcard: Whether it covers several topics.
    """

    text: str
    filter: Filter
    since_ns: int = 0
    wildcard: bool = False


class Subscriptions:
    """The subscriptions of one connection, by their filters."""

    def __init__(self) -> None:
        self._plain: dict[str, dict[str, Subscription]] = {}  # topic → by filter
        self._wildcards: dict[str, Subscription] = {}
        self._known: dict[str, Subscription | None] = {}  # by topic

    def add(self, text: str, since_ns: int) -> None:
        """Learn of a subscription; one that is made again has been there before."""
        parsed = filter_of(text)
        if has_wildcard(parsed.topic):
            made = Subscription(text, parsed, since_ns, wildcard=True)
            self._wildcards.setdefault(text, made)
            if len(self._wildcards) > MOST_WILDCARDS:
                del self._wildcards[next(iter(self._wildcards))]
            self._known.clear()
            return
        some = self._plain.setdefault(parsed.topic, {})
        if len(some) < MOST_WILDCARDS:
            some.setdefault(text, Subscription(text, parsed, since_ns))
        if len(self._plain) > MOST:
            self._known.pop(next(iter(self._plain)), None)
            del self._plain[next(iter(self._plain))]
        self._known.pop(parsed.topic, None)

    def remove(self, text: str) -> None:
        """Learn that a subscription is over."""
        parsed = filter_of(text)
        if has_wildcard(parsed.topic):
            self._wildcards.pop(text, None)
            self._known.clear()
            return
        some = self._plain.get(parsed.topic, {})
        some.pop(text, None)
        if not some:
            self._plain.pop(parsed.topic, None)
        self._known.pop(parsed.topic, None)

    def get(self, topic: str) -> Subscription | None:
        """Return what a delivery is for: the topic itself rather than a wildcard.

        None where no subscription that is known covers the topic.
        """
        known = self._known
        if topic in known:
            return known[topic]
        if len(known) >= _MOST_TOPICS:
            known.clear()
        found = known[topic] = self._find(topic)
        return found

    def _find(self, topic: str) -> Subscription | None:
        for each in self._plain.get(topic, {}).values():
            return each
        for each in self._wildcards.values():
            if covers(each.filter.topic, topic):
                return each
        return None
