"""Properties of messages: a word of flags, then the values of those that are there.

===  ================  ===  ==============  ===  ============
bit  property          bit  property        bit  property
===  ================  ===  ==============  ===  ============
 15  content_type       10  correlation_id    5  type
 14  content_encoding    9  reply_to          4  user_id
 13  headers             8  expiration        3  app_id
 12  delivery_mode       7  message_id        2  cluster_id
 11  priority            6  timestamp
===  ================  ===  ==============  ===  ============

Source: https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, 4.2.6.1, and 1.8.1 (the
properties of class basic, in this order).
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 — msgspec reads the fields
from typing import Any

import msgspec

from .frames import short_string

_HEADERS, _DELIVERY_MODE, _PRIORITY = 1 << 13, 1 << 12, 1 << 11
_CORRELATION, _REPLY_TO, _TIMESTAMP = 1 << 10, 1 << 9, 1 << 6
_NAMES = (
    "content_type",
    "content_encoding",
    "headers",
    "delivery_mode",
    "priority",
    "correlation_id",
    "reply_to",
    "expiration",
    "message_id",
    "timestamp",
    "type",
    "user_id",
    "app_id",
    "cluster_id",
)
_BITS = {name: 1 << (15 - number) for number, name in enumerate(_NAMES)}
_LONGEST_NAME = 128  # bytes; 4.2.5.5, and pamqp would cut it off
PERSISTENT, TRANSIENT = 2, 1
"""What ``delivery_mode`` may be."""


class Properties(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a message says of itself besides its body; None where it does not.

    Attributes:
        content_type: Of the body.
        content_encoding: Of the body.
        headers: Names and values; values are whatever AMQP's tables hold.
        delivery_mode: 2 where the broker is to keep it on disk, 1 where not.
        priority: From 0 to 255; a queue with ``x-max-priority`` heeds it.
        correlation_id: What replies repeat.
        reply_to: The queue for replies.
        expiration: Milliseconds, as text, after which a queue gives it up.
        message_id: Of the application's choice.
        timestamp: Seconds since 1970.
        type: Of the application's choice.
        user_id: Who sends it; the broker refuses another one.
        app_id: Of the application's choice.
        cluster_id: Not used any more.
    """

    content_type: str | None = None
    content_encoding: str | None = None
    headers: Mapping[str, Any] | None = None
    delivery_mode: int | None = None
    priority: int | None = None
    correlation_id: str | None = None
    reply_to: str | None = None
    expiration: str | None = None
    message_id: str | None = None
    timestamp: int | None = None
    type: str | None = None
    user_id: str | None = None
    app_id: str | None = None
    cluster_id: str | None = None


def encode(properties: Properties) -> bytes:
    """Return flags and values.

    Raises:
        ValueError: A text has more than 255 bytes, a number is too large, or a header
            has a name or a value that AMQP has no room for.
    """
    flags, values = 0, []
    for name, bit in _BITS.items():
        value = getattr(properties, name)
        if value is not None:
            flags |= bit
            values.append(_encoded(name, value))
    return flags.to_bytes(2, "big") + b"".join(values)


def _encoded(name: str, value: Any) -> bytes:  # noqa: ANN401 — of any property
    if name == "headers":
        return _table(value)
    try:
        if name == "timestamp":
            return int(value).to_bytes(8, "big")
        if name in ("delivery_mode", "priority"):
            return int(value).to_bytes(1, "big")
    except OverflowError:
        raise ValueError(f"{name} cannot be {value}") from None
    return short_string(str(value))


def _table(headers: Mapping[str, Any]) -> bytes:
    from pamqp.encode import field_table  # noqa: PLC0415 — an extra

    for name in headers:
        if len(name.encode()) > _LONGEST_NAME:
            raise ValueError(f"headers cannot be sent: {name[:40]}… is too long a name")
    try:
        return field_table(dict(headers))
    except (TypeError, ValueError) as error:
        raise ValueError(f"headers cannot be sent: {error}") from error


def decode(properties: bytes) -> Properties:
    """Return what flags and values say; what is cut off is absent."""
    found: dict[str, Any] = {}
    flags, at = int.from_bytes(properties[:2], "big"), 2
    for name, bit in _BITS.items():
        if flags & bit:
            found[name], at = _decoded(name, properties, at)
    return Properties(**found)


def _decoded(name: str, properties: bytes, at: int) -> tuple[Any, int]:
    """Return the value of a property, and where it ends."""
    if name == "headers":
        return _read_table(properties, at)
    if name == "timestamp":
        return int.from_bytes(properties[at : at + 8], "big"), at + 8
    if name in ("delivery_mode", "priority"):
        return int.from_bytes(properties[at : at + 1], "big"), at + 1
    end = at + 1 + int.from_bytes(properties[at : at + 1], "big")
    return properties[at + 1 : end].decode("utf-8", "surrogateescape"), end


def _read_table(properties: bytes, at: int) -> tuple[dict[str, Any], int]:
    size = int.from_bytes(properties[at : at + 4], "big")
    end = at + 4 + size
    if not size:  # which amqplib sends with every message
        return {}, end
    from pamqp.decode import field_table  # noqa: PLC0415 — an extra

    try:
        return dict(field_table(properties[at:end])[1]), end
    except (ValueError, TypeError):  # of a kind that pamqp does not know
        return {}, end


def addresses(properties: bytes) -> tuple[str | None, str | None]:
    """Return the correlation id and the queue for replies, and read nothing else."""
    flags, at = int.from_bytes(properties[:2], "big"), 2
    for bit in (1 << 15, 1 << 14):
        if flags & bit:
            at += 1 + properties[at]
    if flags & _HEADERS:
        at += 4 + int.from_bytes(properties[at : at + 4], "big")
    at += bool(flags & _DELIVERY_MODE) + bool(flags & _PRIORITY)
    correlation = reply_to = None
    if flags & _CORRELATION:
        end = at + 1 + properties[at]
        correlation, at = (
            properties[at + 1 : end].decode("utf-8", "surrogateescape"),
            end,
        )
    if flags & _REPLY_TO:
        end = at + 1 + properties[at]
        reply_to = properties[at + 1 : end].decode("utf-8", "surrogateescape")
    return correlation, reply_to


def has_headers(properties: bytes) -> bool:
    """Whether there are headers, of which there may be none in them."""
    return bool(int.from_bytes(properties[:2], "big") & _HEADERS)


class Stamp:
    """Properties that differ from message to message by the correlation id alone.

    Args:
        properties: All others.

    Raises:
        ValueError: They cannot be written.
    """

    def __init__(self, properties: Properties) -> None:
        before = {name: getattr(properties, name) for name in _NAMES[:5]}
        after = {name: getattr(properties, name) for name in _NAMES[6:]}
        start, end = encode(Properties(**before)), encode(Properties(**after))
        flags = int.from_bytes(start[:2], "big") | int.from_bytes(end[:2], "big")
        self._plain = encode(properties)
        self._before = (flags | _CORRELATION).to_bytes(2, "big") + start[2:]
        self._after = end[2:]

    def on(self, correlation_id: str | None) -> bytes:
        """Return flags and values with a correlation id, or with none.

        Raises:
            ValueError: It has more than 255 bytes.
        """
        if correlation_id is None:
            return self._plain
        return b"".join((self._before, short_string(correlation_id), self._after))
