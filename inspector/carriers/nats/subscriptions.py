"""What a subscription number stands for, and which inboxes requests have named.

Both are bounded: who subscribes without end would otherwise fill the memory.
"""

from __future__ import annotations

import msgspec

MOST = 16_384
"""Subscriptions, or inboxes, of a connection: the oldest are forgotten."""


class Subscription(msgspec.Struct, gc=False):
    """What a client has subscribed to.

    Attributes:
        subject: The subject, perhaps with wildcards.
        queue: The queue group, of whose members one gets each message; or None.
        messages: Messages that were delivered …
        most: … and after how many it ends; 0 for none.
        since_ns: When it was made, in nanoseconds since 1970; 0 where that is not kept.
        wildcard: Whether it covers several subjects.
    """

    subject: str
    queue: str | None = None
    messages: int = 0
    most: int = 0
    since_ns: int = 0
    wildcard: bool = False

    @property
    def awaited(self) -> int:
        """How many messages are to come before it ends; 0 where none is counted."""
        return max(self.most - self.messages, 0)


class Subscriptions:
    """The subscriptions of one connection, by their numbers.

    Attributes:
        get: Returns what a number stands for; None where that is not known.
    """

    def __init__(self) -> None:
        self._by_number: dict[str, Subscription] = {}
        self.get = self._by_number.get  # which costs less than to call it

    def add(self, number: str, subscription: Subscription) -> None:
        """Learn what a number stands for."""
        self._by_number.pop(number, None)  # a new one is not the oldest
        self._by_number[number] = subscription
        if len(self._by_number) > MOST:
            del self._by_number[next(iter(self._by_number))]

    def deliver(self, number: str) -> Subscription | None:
        """Return what a message is for, and count it."""
        subscription = self._by_number.get(number)
        if subscription is not None:
            subscription.messages += 1
            if subscription.most:
                self._end(number, subscription)
        return subscription

    def end_after(self, number: str, count: int) -> None:
        """Learn after how many messages, from its beginning on, a subscription ends."""
        subscription = self._by_number.get(number)
        if subscription is not None:
            subscription.most = count
            self._end(number, subscription)

    def remove(self, number: str) -> None:
        """Forget what a number stands for."""
        self._by_number.pop(number, None)

    def _end(self, number: str, subscription: Subscription) -> None:
        if 0 < subscription.most <= subscription.messages:
            self.remove(number)


class Inboxes:
    """Where replies go, as the requests on one connection have it.

    Attributes:
        named_by_nest: Returns whether a request of Nest's names a subject; None if none
            does.
    """

    def __init__(self) -> None:
        self._named: dict[str, bool] = {}
        self.named_by_nest = self._named.get  # which costs less than to call it

    def name(self, subject: str, *, by_nest: bool) -> None:
        """Learn that a request names a subject, and whether it is one of Nest's."""
        self._named[subject] = by_nest
        if len(self._named) > MOST:
            del self._named[next(iter(self._named))]
