r"""Records to packets: their headers say what they are, their topic what they are for.

====================================  ==============================================
``kafka_replyTopic``, an id           a Request
``kafka_correlationId`` alone         a Response
neither                               an Event
====================================  ==============================================

Of a value Nest reads objects and lists; anything else is text::

    {"a":1}    an object        42    the text "42"        (null)    null

What begins with a zero byte is of a schema registry, and no text.

Source: ``packages/microservices/client/client-kafka.ts``, ``publish``;
``server/server-kafka.ts``, ``handleMessage``; ``helpers/kafka-parser.ts``;
``deserializers/kafka-response.deserializer.ts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol import (
    UNDEFINED,
    Event,
    JsonText,
    Packet,
    ProtocolError,
    Request,
    Response,
    dumps,
    loads,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol import UndefinedType

CORRELATION, REPLY_TOPIC = "kafka_correlationId", "kafka_replyTopic"
REPLY_PARTITION = "kafka_replyPartition"
ERROR, DISPOSED = "kafka_nest-err", "kafka_nest-is-disposed"
OF_NEST = frozenset({CORRELATION, REPLY_TOPIC, REPLY_PARTITION, ERROR, DISPOSED})
"""Headers that Nest reads and writes; source: ``enums/kafka-headers.enum.ts``."""
NULL = JsonText(b"null")
_SCHEMA = b"\x00"
_MARKS = b"{["


def text_of(value: bytes | None) -> JsonText | None:
    """Return a value as Nest reads it; None for what is not text."""
    if value is None:
        return NULL
    if value[:1] in (b"{", b"["):
        try:
            loads(value)
        except (ProtocolError, ValueError):
            pass
        else:
            return JsonText(value)
    if value[:1] == _SCHEMA:
        return None
    try:
        return JsonText(dumps(value.decode()))
    except UnicodeDecodeError:
        return None


def read_record(topic: str, value: JsonText, headers: Mapping[str, bytes]) -> Packet:
    """Return the packet that a record is.

    Args:
        topic: Where it was sent to.
        value: What it holds.
        headers: Name → value of its headers.
    """
    correlation = headers.get(CORRELATION)
    if not correlation:
        return Event(topic, value)
    identity = correlation.decode("utf-8", "replace")
    if headers.get(REPLY_TOPIC):
        return Request(topic, identity, value)
    if ERROR in headers:
        err: JsonText | UndefinedType = text_of(headers[ERROR]) or UNDEFINED
        return Response(identity, value, err, is_disposed=True)
    return Response(identity, value, is_disposed=DISPOSED in headers)
