"""What NATS says of a message besides its body, and payloads with headers.

Source: ``packages/microservices/ctx-host/nats.context.ts``;
``record-builders/nats.record-builder.ts``.
"""

from __future__ import annotations

from servers.deliveries import Delivery
from servers.records import Record


class NatsMessage(Delivery, frozen=True):
    """A message as NATS delivered it: the ``carrier`` of a context.

    Attributes:
        channel: The subject that it was sent to, also where a wildcard matched it.
        headers: What the caller sent beside the payload.
        reply: The inbox where the caller waits for replies; empty for an event.
    """

    reply: str = ""

    @property
    def subject(self) -> str:
        """The subject that it was sent to."""
        return self.channel


class NatsRecord(Record, frozen=True):
    """A payload with headers, to be sent over NATS.

    Attributes:
        data: The payload.
        headers: Names and values, in place of the client's own of the same names.
    """
