"""Replies as records, and records as replies.

=====================  =============================================================
reply                  record
=====================  =============================================================
a value                the value; ``kafka_correlationId``
the last one           … and ``kafka_nest-is-disposed``
the end without one    no value, likewise
an error               no value; ``kafka_nest-err`` besides
=====================  =============================================================

Nest's end without a value and its null as the last one are the same bytes.

Source: ``packages/microservices/server/server-kafka.ts``, ``sendMessage``;
``deserializers/kafka-response.deserializer.ts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from protocol import UNDEFINED, Response, dumps, parse_body

from .messages import CORRELATION, DISPOSED, ERROR
from .values import read, written

if TYPE_CHECKING:
    from protocol import JsonText

    from .messages import Consumed
    from .options import Options

_DISPOSED = (DISPOSED, b"\0")


class Outgoing(NamedTuple):
    """What is sent to a topic.

    Attributes:
        topic: Where to.
        value: The value; None for no value.
        headers: Beside it.
        key: The key; None for no key.
        partition: Where in the topic; None where it does not matter.
    """

    topic: str
    value: bytes | None
    headers: list[tuple[str, bytes]]
    key: bytes | None = None
    partition: int | None = None


class Incoming(NamedTuple):
    """A reply.

    Attributes:
        identity: The id of the request.
        body: As over TCP; UNDEFINED is a value that is not there.
        last: Whether it ends the call.
    """

    identity: str
    body: bytes
    last: bool


def reply_record(
    body: bytes, correlation: bytes, topic: str, partition: int | None
) -> Outgoing:
    """Return the record of a reply.

    Args:
        body: As over TCP.
        correlation: What the request had.
        topic: Where the caller listens.
        partition: Where in the topic; None where it does not matter.
    """
    packet = parse_body(body)
    assert isinstance(packet, Response)
    headers = [(CORRELATION, correlation)]
    if packet.failed and packet.err is not UNDEFINED:
        headers.append((ERROR, written(bytes(packet.err)) or b""))
    if packet.is_disposed:
        headers.append(_DISPOSED)
    response = packet.response
    value = None if response is UNDEFINED else written(bytes(response))
    return Outgoing(topic, value, headers, None, partition)


def reply_in(record: Consumed, begun: object, options: Options) -> Incoming | None:
    """Return the reply in a record; None if it is not one.

    Args:
        record: The record.
        begun: The ids, in something that has ``in``, of calls that had a value.
        options: How values are read.
    """
    headers = dict(record.headers)
    if CORRELATION not in headers:
        return None
    identity = headers[CORRELATION].decode(errors="replace")
    end = dumps(identity)
    if ERROR in headers:
        err = read(headers[ERROR], options)
        body = b'{"err":%b,"isDisposed":true,"id":%b}' % (err, end)
        return Incoming(identity, body, last=True)
    last = DISPOSED in headers
    # Where a value came before, no value is the end of a stream.
    ended = last and record.value is None and identity in begun  # type: ignore[operator]
    value = None if ended else read(record.value, options)
    return Incoming(identity, _body(value, end, last=last), last)


def _body(value: JsonText | None, end: bytes, *, last: bool) -> bytes:
    response = b"" if value is None else b'"response":%b,' % value
    return b'{%b%b"id":%b}' % (response, b'"isDisposed":true,' if last else b"", end)
