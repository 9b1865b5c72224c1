"""What MQTT says of a message besides its body, and payloads with more beside them.

Source: ``packages/microservices/ctx-host/mqtt.context.ts``;
``record-builders/mqtt.record-builder.ts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from servers.deliveries import Delivery
from servers.records import Record

from .options import QoS  # noqa: TC001 — msgspec reads the fields
from .packets import read_properties

if TYPE_CHECKING:
    from .packets import Arrived


class MqttMessage(Delivery, frozen=True):
    """A message as it was delivered: the ``carrier`` of a context.

    Attributes:
        channel: The topic that it was sent to, also where a wildcard matched it.
        headers: The user properties that the caller sent; of several of one name the
            last.
        qos: How surely it was delivered.
        retain: Whether it was published before the service subscribed.
        dup: Whether it may have been delivered before.
        content_type: Of the body, if the caller said it.
    """

    qos: int = 0
    retain: bool = False
    dup: bool = False
    content_type: str | None = None

    @property
    def topic(self) -> str:
        """The topic that it was sent to."""
        return self.channel


def message_of(message: Arrived) -> MqttMessage:
    """Return what is said of a message that was delivered."""
    headers, content_type = read_properties(message.properties)
    _, _, qos, retain, dup, _, _ = message
    return MqttMessage(message.topic, headers, qos, retain, dup, content_type)


class MqttRecord(Record, frozen=True):
    """A payload to be sent over MQTT; None sets nothing.

    Attributes:
        data: The payload.
        headers: User properties, in place of the client's own of the same names.
        qos: Instead of what the client does.
        retain: Whether the broker keeps it for whoever subscribes later.
        expiry: Seconds after which the broker gives it up.
        content_type: Of the body, which is JSON.
    """

    qos: QoS | None = None
    retain: bool = False
    expiry: int | None = None
    content_type: str | None = None
