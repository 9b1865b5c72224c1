"""Which publishes and deliveries a confirm or an acknowledgement is about.

::

    confirm.select   publish (1)   publish (2)   publish (3)
                                        ◄─ ack 2, multiple: of 1 and 2
    deliver 7 ─►  ◄─ ack 7: of this     one channel numbers what it delivers itself

A broker counts what is published on a channel, and confirms those numbers, which the
client does not send. Where the capture lacks their beginning they are learnt again: the
first confirm is that of the oldest publish that waits.

Source: ``rabbitmq.com/docs/confirms``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import UNDEFINED
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable

    from inspector.carriers.detours import Room
    from protocol import Json

    from .prefetching import Allowance

MOST = 4_096
"""Publishes, or deliveries, of a channel that may wait: the oldest are forgotten."""
_DOUBTED = 3
"""Publishes without a confirm after which none is expected, where it is not known."""


class Published(NamedTuple):
    """A publish.

    Attributes:
        tag: What its transfer is known by; None for what is not a packet of Nest's.
        content: What tells it from others, if the broker is to return it when it has
            no queue for it; else None.
    """

    tag: Hashable | None
    content: Content | None = None


class Content(NamedTuple):
    """What tells a message from others.

    Attributes:
        exchange: Where it was published to …
        key: … with which routing key.
        body: The hash of its body.
    """

    exchange: str
    key: str
    body: int


class Publishes:
    """The publishes of one channel that the broker has not confirmed.

    Args:
        confirmed: Whether it confirms them; None where that is not known.

    Attributes:
        confirmed: The same, as far as it is known by now.
    """

    def __init__(self, confirmed: bool | None) -> None:  # noqa: FBT001 — one of three
        self.confirmed = confirmed
        self._next: int | None = None
        self._numbered: dict[int, Published] = {}
        self._others: list[Published] = []
        self._mandatory: list[Published] = []
        self._in_vain = 0

    def select(self) -> None:
        """Learn that the channel is confirmed, from the next publish on."""
        self.confirmed, self._next = True, 1
        self._numbered.clear()
        self._others.clear()

    def add(self, published: Published) -> None:
        """Take in the next publish."""
        if published.content is not None:
            self._mandatory.append(published)
            del self._mandatory[:-MOST]
        if self.confirmed is None:
            self._in_vain += 1
            if self._in_vain > _DOUBTED:
                self.confirmed = False
        if self.confirmed is False:
            self._others = [*self._others[-_DOUBTED:], published]
        elif self._next is None:
            self._others.append(published)
            del self._others[:-MOST]
        else:
            self._numbered[self._next] = published
            self._next += 1
            if len(self._numbered) > MOST:
                del self._numbered[next(iter(self._numbered))]

    def confirm(self, number: int, *, multiple: bool) -> list[Published]:
        """Return what the broker confirms, in order."""
        self.confirmed, self._in_vain = True, 0
        if number not in self._numbered and not (multiple and self._numbered):
            self._learn(number, multiple=multiple)
        if not multiple:
            found = self._numbered.pop(number, None)
            done = [] if found is None else [found]
        else:
            done = []
            up_to = [each for each in self._numbered if each <= number or not number]
            done = [self._numbered.pop(each) for each in up_to]
        for each in done:
            if each.content is not None and each in self._mandatory:
                self._mandatory.remove(each)
        return done

    def waiting(self, number: int) -> Published | None:
        """Return what a confirm of one number is about, if that is known for sure."""
        return self._numbered.get(number) if self.confirmed else None

    def give_back(self, content: Content) -> Published | None:
        """Return what the broker returns now: the oldest with such a content.

        If there is none, the oldest that was sent there: bodies may be concealed.
        """
        contents = [each.content for each in self._mandatory]
        if content in contents:
            return self._mandatory.pop(contents.index(content))
        places = [each and each[:2] for each in contents]
        if content[:2] in places:
            return self._mandatory.pop(places.index(content[:2]))
        return None

    def lose(self) -> None:
        """Learn that publishes may be missing: the next ones have other numbers."""
        if self.confirmed is not False:
            self._next = None

    def _learn(self, number: int, *, multiple: bool) -> None:
        """Learn by a confirm which numbers those have that wait."""
        waiting = self._others
        if self._next is not None:
            if number < self._next or not self._numbered:
                return
            waiting = list(self._numbered.values())  # some are missing before them
            self._numbered.clear()
            multiple = True
        if not waiting:
            return
        first = number - (len(waiting) - 1) * multiple
        self._numbered |= dict(enumerate(waiting, first))
        self._next = first + len(waiting)
        self._others = []


class Delivered(NamedTuple):
    """A delivery.

    Attributes:
        tag: What its transfer is known by; None for what is not a packet of Nest's.
        pattern: That of the packet; UNDEFINED for what has none.
        allowance: What it counts for; None where that is not known.
    """

    tag: Hashable | None
    pattern: Json = UNDEFINED
    allowance: Allowance | None = None

    def settle(self) -> Hashable | None:
        """Make room for the next one; return what its transfer is known by."""
        if self.allowance is not None:
            self.allowance.settle(self.pattern)
        return self.tag


class Deliveries:
    """The deliveries of one channel that are not acknowledged."""

    def __init__(self) -> None:
        self._waiting: dict[int, Delivered] = {}

    def add(self, number: int, delivered: Delivered, now_ns: int) -> Room | None:
        """Take in a delivery; return what had to make room for it."""
        self._waiting[number] = delivered
        if len(self._waiting) > MOST:
            del self._waiting[next(iter(self._waiting))]
        allowance = delivered.allowance
        return None if allowance is None else allowance.take(now_ns)

    def settle(self, number: int, *, multiple: bool) -> list[Hashable | None] | None:
        """Return what an acknowledgement is about; None where that is not known."""
        if not multiple:
            if number not in self._waiting:
                return None
            return [self._waiting.pop(number).settle()]
        known = [each for each in self._waiting if each <= number or not number]
        return [self._waiting.pop(each).settle() for each in known] or None
