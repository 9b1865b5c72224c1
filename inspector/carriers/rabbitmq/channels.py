"""What is known of one channel: consumers, queues, transactions.

Source: AMQP 0-9-1, classes ``queue``, ``basic`` and ``tx``; an empty name of a queue is
that which the channel declared last.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from .prefetching import Allowance
from .settling import MOST, Deliveries, Publishes

if TYPE_CHECKING:
    from collections.abc import Hashable

DIRECT_REPLY_TO = "amq.rabbitmq.reply-to"
"""The pseudo-queue of replies; a broker adds who it is to the name in ``reply_to``.

Source: ``rabbitmq.com/docs/direct-reply-to``.
"""
MAX_CONSUMERS = 4_096
"""Consumers of a channel that are remembered."""


class Consumer(msgspec.Struct, gc=False):
    """Who takes messages from a queue.

    Attributes:
        queue: The queue; None where it is not known.
        acknowledges: Whether it acknowledges them; None where that is not known.
        allowance: How many it may have that it has not; None where it is not known.
    """

    queue: str | None = None
    acknowledges: bool | None = None
    allowance: Allowance | None = None


UNKNOWN = Consumer()


class Channel:
    """One channel of a connection.

    Args:
        whole: Whether the capture has its beginning.

    Attributes:
        publishes: What the broker was handed, and has not confirmed.
        deliveries: What it handed on, and what is not acknowledged of that.
        acknowledges: Whether an acknowledgement was seen.
        uncommitted: What was published in a transaction; None without one.
        ending: What of that the broker is about to commit, or to roll back.
    """

    def __init__(self, *, whole: bool) -> None:
        self.publishes = Publishes(False if whole else None)
        self.deliveries = Deliveries()
        self.acknowledges = False
        self.uncommitted: list[Hashable] | None = None
        self.ending: tuple[Hashable, ...] = ()
        self._consumers: dict[str, Consumer] = {}
        self._asked: deque[Consumer] = deque(maxlen=MOST)
        self._got: deque[Consumer] = deque(maxlen=MOST)
        self._declared = ""
        self._most: int | None = None  # that a consumer may have
        self._shared: Allowance | None = None

    def declare(self, queue: str) -> None:
        """Learn which queue was declared last, by the broker's answer or before it."""
        self._declared = queue or self._declared

    def limit(self, most: int, *, shared: bool) -> None:
        """Learn how many messages each consumer from now on, or all, may have; 0 any.

        Those that all may have together limit the consumers that are there as well.
        """
        if not shared:
            self._most = most or None
            return
        self._shared = Allowance(most or None)
        for consumer in self._consumers.values():
            consumer.allowance = self._shared

    def consume(self, queue: str, name: str, *, acknowledges: bool) -> str:
        """Learn of a consumer, whose name the broker may yet give; return its queue."""
        allowance = self._shared or Allowance(self._most)
        consumer = Consumer(queue or self._declared or None, acknowledges, allowance)
        if name:
            self._add(name, consumer)
        self._asked.append(consumer)
        return consumer.queue or ""

    def consuming(self, name: str) -> None:
        """Learn which name the broker gave to the consumer that was asked for first."""
        if self._asked:
            self._add(name, self._asked.popleft())

    def cancel(self, name: str) -> None:
        """Forget a consumer."""
        self._consumers.pop(name, None)

    def consumer(self, name: str) -> Consumer:
        """Return who a delivery is for."""
        return self._consumers.get(name, UNKNOWN)

    def ask(self, queue: str, *, acknowledges: bool) -> None:
        """Learn that one message of a queue is asked for."""
        self._got.append(Consumer(queue or self._declared or None, acknowledges))

    def answered(self) -> Consumer:
        """Return who asked for what is handed on now, or for nothing."""
        return self._got.popleft() if self._got else UNKNOWN

    def commit(self, tag: Hashable) -> None:
        """Learn of a publish, which a transaction may yet have to commit."""
        if self.uncommitted is not None and len(self.uncommitted) < MOST:
            self.uncommitted.append(tag)

    def end_transaction(self) -> tuple[Hashable, ...]:
        """Return what was published since the last one."""
        self.ending = tuple(self.uncommitted or ())
        self.uncommitted = []
        return self.ending

    def lose(self, *, by_client: bool) -> None:
        """Learn that bytes of a side are missing, which may have been of this."""
        self._asked.clear()
        self._got.clear()
        if by_client:
            self.publishes.lose()
            for consumer in self._consumers.values():
                if consumer.allowance is not None:
                    consumer.allowance.doubt()

    def _add(self, name: str, consumer: Consumer) -> None:
        self._consumers[name] = consumer
        if len(self._consumers) > MAX_CONSUMERS:
            del self._consumers[next(iter(self._consumers))]
