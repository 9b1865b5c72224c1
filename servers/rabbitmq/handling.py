"""One message of RabbitMQ: the way back of its replies, and when it is acknowledged.

=============  ====================================================================
``ack``        the message is acknowledged
=============  ====================================================================
``"none"``     as it is delivered, by the broker
``"after"``    once its handlers have ended: all well, or as ``failed`` says
``"manual"``   by a handler; what has no handler is rejected
=============  ====================================================================

Replies go first, on the same channel, so a broker that has an acknowledgement has the
replies, too. What is acknowledged counts for the connection alone that delivered it: on
another the message is delivered again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from protocol import UNDEFINED
from servers.brokers.ends import Ends
from servers.brokers.respondents import MessageRespondent, Source

from .frames import acknowledged, rejected
from .messages import message_of
from .passage import CHANNEL

if TYPE_CHECKING:
    from protocol import Event
    from servers.hooks import Hooks, Outcome

    from .connecting import Link
    from .frames import Delivered
    from .options import Options


class Acknowledgement(bytes):
    """The frame by which a message is acknowledged or rejected."""


class RabbitSource(Source, Protocol):
    """What receives messages, and acknowledges them."""

    @property
    def options(self) -> Options:
        """How the broker is used."""


class Handling(MessageRespondent):
    """A message that is handled.

    Args:
        source: What received it.
        link: The connection that delivered it.
        delivered: The message.
        correlation: What its replies repeat; None for nothing.
        reply_to: The queue for its replies; None for nowhere.

    Attributes:
        correlation: What its replies repeat.
        link: The connection that delivered it.
    """

    __slots__ = (
        "_failed",
        "_hooks",
        "_running",
        "_settled",
        "_tag",
        "correlation",
        "link",
    )
    _source: RabbitSource

    def __init__(
        self,
        source: RabbitSource,
        link: Link,
        delivered: Delivered,
        correlation: str | None,
        reply_to: str | None,
    ) -> None:
        ack = source.options.ack
        carrier = message_of(delivered, self.settle if ack == "manual" else None)
        super().__init__(source, UNDEFINED, reply_to, carrier)
        self.correlation = correlation
        self.link = link
        self._tag = delivered.tag
        self._settled = ack == "none"
        self._running = 1  # handlers, and whoever looks for them
        self._failed = False
        watched = None if self._settled else Ends(self, source.reception.hooks)
        self._hooks: Hooks | None = watched or source.reception.hooks

    @property
    def hooks(self) -> Hooks | None:
        """Callbacks for calls, by which their ends are learnt, too."""
        return self._hooks

    @property
    def outdated(self) -> bool:
        """Whether the message is delivered again, to be answered then."""
        return self._source.options.ack != "none" and not self.link.usable

    def unhandled(self, event: Event) -> None:
        """Report an event that has no handler, and reject it."""
        self.ended("no_handler")
        self._running += 1
        super().unhandled(event)

    def begun(self) -> None:
        """Note a handler that begins."""
        self._running += 1

    def ended(self, outcome: Outcome) -> None:
        """Note that a handler has ended, or that all of them have begun."""
        self._running -= 1
        if outcome == "cancelled":
            self._settled = True  # the broker delivers it to somebody else
        elif outcome == "no_handler" and self._source.options.ack == "manual":
            self.settle("reject")
        self._failed |= outcome != "completed"
        if not self._running and self._source.options.ack == "after":
            self.settle(self._source.options.failed if self._failed else "ack")

    def settle(self, verdict: str) -> bool:
        """Acknowledge the message, once; return whether it was to be.

        Args:
            verdict: ``ack``, ``reject`` or ``requeue``.
        """
        if self._settled:
            return False
        self._settled = True
        if verdict == "ack":
            frame = acknowledged(CHANNEL, self._tag)
        else:
            frame = rejected(CHANNEL, self._tag, requeue=verdict == "requeue")
        self._source.publisher.put((self, Acknowledgement(frame)), len(frame))
        return True
