"""What RabbitMQ says of a message besides its body, and payloads with properties.

Source: ``packages/microservices/ctx-host/rmq.context.ts``;
``record-builders/rmq.record-builder.ts``.
"""

from __future__ import annotations

from collections.abc import (
    Callable,  # noqa: TC003 — msgspec reads the fields
    Mapping,  # noqa: TC003
    Sequence,  # noqa: TC003
)
from typing import TYPE_CHECKING, Any

from servers.deliveries import Delivery
from servers.errors import UsageError
from servers.records import Record

from .properties import PERSISTENT, TRANSIENT, Properties, decode, has_headers

if TYPE_CHECKING:
    from .frames import Delivered


_SHOWN = ("channel", "headers", "exchange", "redelivered", "delivery_tag")


class RabbitMessage(Delivery, frozen=True):
    """A message as RabbitMQ delivered it: the ``carrier`` of a context.

    Attributes:
        channel: The routing key: with the default exchange the name of the queue.
        headers: Those of its headers whose values are text; all are in `properties`.
        exchange: What it was published to; empty for the default exchange.
        redelivered: Whether it was delivered before, and not acknowledged.
        delivery_tag: Its number on the channel.
    """

    exchange: str = ""
    redelivered: bool = False
    delivery_tag: int = 0
    written: bytes = b""
    settle: Callable[[str], bool] | None = None

    def __repr__(self) -> str:
        """Return what the broker says of the message, not how that is kept here."""
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in _SHOWN)
        return f"{type(self).__name__}({said})"

    @property
    def routing_key(self) -> str:
        """The routing key."""
        return self.channel

    @property
    def properties(self) -> Properties:
        """What it says of itself."""
        return decode(self.written)

    def ack(self) -> None:
        """Be done with the message: the broker forgets it.

        Raises:
            UsageError: The service does not acknowledge by hand, or has done so.
        """
        self._settle("ack")

    def nack(self, *, requeue: bool = False) -> None:
        """Refuse the message.

        Args:
            requeue: Whether the broker delivers it again; or else it becomes a dead
                letter, if its queue has a place for those, or is dropped.

        Raises:
            UsageError: The service does not acknowledge by hand, or has done so.
        """
        self._settle("requeue" if requeue else "reject")

    def _settle(self, verdict: str) -> None:
        if self.settle is None:
            raise UsageError('messages are acknowledged by hand with ack="manual"')
        if not self.settle(verdict):
            raise UsageError("this message was acknowledged already")


def message_of(
    delivered: Delivered, settle: Callable[[str], bool] | None
) -> RabbitMessage:
    """Return what is said of a message that was delivered.

    Args:
        delivered: The message.
        settle: Acknowledges it, where handlers do so.
    """
    written = delivered.properties
    headers: dict[str, str] = {}
    if has_headers(written):
        listed = decode(written).headers or {}
        headers = {
            name: value for name, value in listed.items() if isinstance(value, str)
        }
    return RabbitMessage(
        delivered.routing_key,
        headers,
        delivered.exchange,
        delivered.redelivered,
        delivered.tag,
        written,
        settle,
    )


class RabbitRecord(Record, frozen=True):
    """A payload with properties, to be sent over RabbitMQ; None sets nothing.

    Attributes:
        data: The payload.
        headers: Names and values, in place of the client's own of the same names.
        persistent: Whether it is kept on disk, instead of what the client does.
        priority: From 0 to 255; for queues with ``x-max-priority``.
        expiration: Milliseconds after which a queue gives it up.
        message_id: Of the application's choice.
        content_type: Of the body, which is JSON.
        content_encoding: Of the body.
        timestamp: Seconds since 1970.
        type: Of the application's choice.
        user_id: Who sends it: the user of the connection, or the broker refuses it.
        app_id: Of the application's choice.
        cc: More routing keys, which receivers see …
        bcc: … and more that they do not see.
    """

    headers: Mapping[str, Any] = {}
    persistent: bool | None = None
    priority: int | None = None
    expiration: int | str | None = None
    message_id: str | None = None
    content_type: str | None = None
    content_encoding: str | None = None
    timestamp: int | None = None
    type: str | None = None
    user_id: str | None = None
    app_id: str | None = None
    cc: Sequence[str] = ()
    bcc: Sequence[str] = ()


def properties_of(
    record: Record | None,
    headers: Mapping[str, Any],
    reply_to: str | None,
    *,
    persistent: bool,
) -> Properties:
    """Return the properties of a message that is sent, without its correlation id.

    Args:
        record: What the caller has put around the data.
        headers: Of every message of the client.
        reply_to: The queue for replies; None for an event.
        persistent: Whether the client's messages are kept on disk.
    """
    all_headers = {**headers, **(record.headers if record is not None else {})}
    if not isinstance(record, RabbitRecord):
        return Properties(
            headers=all_headers or None,
            delivery_mode=_mode(persistent),
            reply_to=reply_to,
        )
    for name, keys in (("CC", record.cc), ("BCC", record.bcc)):
        if keys:
            all_headers[name] = list(keys)
    chosen = persistent if record.persistent is None else record.persistent
    expiration = record.expiration
    return Properties(
        headers=all_headers or None,
        delivery_mode=_mode(chosen),
        reply_to=reply_to,
        expiration=None if expiration is None else str(expiration),
        **{name: getattr(record, name) for name in _SAME},
    )


_SAME = (
    "priority",
    "message_id",
    "content_type",
    "content_encoding",
    "timestamp",
    "type",
    "user_id",
    "app_id",
)


def _mode(persistent: bool) -> int:  # noqa: FBT001 — one value to another
    return PERSISTENT if persistent else TRANSIENT
