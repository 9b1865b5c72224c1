"""What a broker says of a message besides its body."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 — msgspec reads the fields

import msgspec

from .errors import UsageError


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """A message as a broker delivered it; each broker adds what it says besides.

    Attributes:
        channel: Where it was sent to: a subject, a topic, a channel, a queue.
        headers: What the caller sent beside the payload.
    """

    channel: str
    headers: Mapping[str, str] = {}

    def ack(self) -> None:
        """Be done with the message, over a broker that waits for that.

        Raises:
            UsageError: This one does not.
        """
        raise UsageError(_NOT_AWAITED)

    def nack(self, *, requeue: bool = False) -> None:
        """Refuse the message, over a broker that waits for that.

        Args:
            requeue: Whether it is delivered again.

        Raises:
            UsageError: This one does not.
        """
        del requeue  # of brokers that wait
        raise UsageError(_NOT_AWAITED)


_NOT_AWAITED = "what brought this message waits for no acknowledgement"
