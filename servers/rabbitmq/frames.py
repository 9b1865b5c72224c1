"""AMQP's frames that carry messages, as bytes: what aiormq is too slow for.

::

    type  channel   size        payload          end
    [ 1 ][  0  1 ][ 0 0 0 n ][ class, method … ][ 0xCE ]   a method
    [ 2 ][  0  1 ][ 0 0 0 n ][ 60, 0, size of the body, properties ][ 0xCE ]
    [ 3 ][  0  1 ][ 0 0 0 n ][ a part of the body ][ 0xCE ]

A delivery or a message that comes back is one method, one header and the parts of its
body; a confirm is one method. All other frames are left to whoever reads the rest.

Source: https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, 4.2.3 (frames), 4.2.6
(content); https://www.rabbitmq.com/docs/confirms (Basic.Ack, Basic.Nack).
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct, error
from typing import NamedTuple, TypeAlias

_FRAME = Struct(">BHI")
_METHOD = Struct(">HH")
_CONTENT = Struct(">HHQ")
_TAGGED = Struct(">HHQB")
_END = b"\xce"
_AROUND = 8  # bytes of a frame besides its payload
_METHODS, _HEADERS, _BODIES = 1, 2, 3
_BASIC = 60
_PUBLISH, _RETURN, _DELIVER, _ACK, _NACK = 40, 50, 60, 80, 120

HEARTBEAT = _FRAME.pack(8, 0, 0) + _END


class Delivered(NamedTuple):
    """A message for a consumer.

    Attributes:
        tag: What it is acknowledged by, on its channel.
        redelivered: Whether it was delivered before.
        exchange: What it was published to; empty for the default exchange.
        routing_key: … and with which key.
        properties: Flags and values, as :mod:`~servers.rabbitmq.properties` reads them.
        body: The body.
    """

    tag: int
    redelivered: bool
    exchange: str
    routing_key: str
    properties: bytes
    body: bytes


class Returned(NamedTuple):
    """A message that came back, since no queue takes it.

    Attributes:
        reason: Why, in the words of the broker.
        exchange: What it was published to …
        routing_key: … and with which key.
        properties: Flags and values.
        body: The body.
    """

    reason: str
    exchange: str
    routing_key: str
    properties: bytes
    body: bytes


class Confirmed(NamedTuple):
    """The broker has taken messages, or not.

    Attributes:
        tag: The number of the message on its channel, from 1.
        multiple: Whether all up to it are meant.
        accepted: Whether it has taken them.
    """

    tag: int
    multiple: bool
    accepted: bool


Taken: TypeAlias = Delivered | Returned | Confirmed


class FrameReader:
    """Take messages and confirms out of what a broker sends.

    Args:
        channel: The number of the channel whose messages are taken.
    """

    def __init__(self, channel: int) -> None:
        self._channel = channel
        self._buffer = bytearray()
        self._method: memoryview | None = None  # of the message that is being read
        self._properties = b""
        self._parts: list[bytes] = []
        self._missing = 0  # bytes of its body
        self._foreign = False

    def receive(self, data: bytes) -> tuple[list[Taken], bytes]:
        """Return what is complete now, and the frames that are not taken.

        Args:
            data: The next bytes. What is not made of frames is all left to the other
                reader, which says what is wrong with it.
        """
        if self._foreign:
            return [], data
        buffer = self._buffer
        buffer += data
        taken: list[Taken] = []
        rest = bytearray()
        at, size = 0, len(buffer)
        while size - at >= _AROUND:
            kind, channel, length = _FRAME.unpack_from(buffer, at)
            end = at + _AROUND + length
            if not (0 < kind < 9):  # noqa: PLR2004 — the types of frames
                self._foreign = True
                at, rest = size, rest + buffer[at:]
                break
            if end > size:
                break
            payload = bytes(buffer[at + 7 : end - 1])
            if channel != self._channel or not self._take(kind, payload, taken):
                rest += buffer[at:end]
            at = end
        del buffer[:at]
        return taken, bytes(rest)

    def _take(self, kind: int, payload: bytes, taken: list[Taken]) -> bool:
        """Read a frame; return whether it is of a message or a confirm."""
        if kind == _METHODS:
            return self._begin(payload, taken)
        if self._method is None:
            return False
        if kind == _HEADERS:
            self._missing = _CONTENT.unpack_from(payload)[2]
            self._properties = payload[_CONTENT.size :]
        elif kind == _BODIES:
            self._missing -= len(payload)
            self._parts.append(payload)
        else:
            return False
        if self._missing <= 0:
            taken.append(self._complete())
        return True

    def _begin(self, payload: bytes, taken: list[Taken]) -> bool:
        """Read a method; return whether it is of a message or a confirm."""
        family, method = _METHOD.unpack_from(payload)
        if family != _BASIC:
            return False
        if method in (_DELIVER, _RETURN):
            self._method = memoryview(payload)
            return True
        if method in (_ACK, _NACK):
            _, _, tag, bits = _TAGGED.unpack_from(payload)
            taken.append(Confirmed(tag, bool(bits & 1), method == _ACK))
            return True
        return False

    def _complete(self) -> Taken:
        """Return the message that has been read."""
        method, parts = self._method, self._parts
        assert method is not None
        body = parts[0] if len(parts) == 1 else b"".join(parts)
        properties = self._properties
        self._method, self._properties, self._parts = None, b"", []
        if method[3] == _RETURN:
            # class, method, reply code; then short strings
            reason, at = _text(method, 6)
            exchange, at = _text(method, at)
            key, _ = _text(method, at)
            return Returned(reason, exchange, key, properties, body)
        at = 5 + method[4]  # after the consumer's tag
        tag = int.from_bytes(method[at : at + 8], "big")
        exchange, after = _text(method, at + 9)
        key, _ = _text(method, after)
        return Delivered(tag, bool(method[at + 8]), exchange, key, properties, body)


def _text(method: memoryview, at: int) -> tuple[str, int]:
    """Return a short string, and where it ends."""
    end = at + 1 + method[at]
    return str(method[at + 1 : end], "utf-8", "surrogateescape"), end


def published(
    route: bytes, properties: bytes, body: bytes, channel: int, largest: int
) -> bytes:
    """Return the frames of a message.

    Args:
        route: Where it goes to, as :func:`route_to` writes it.
        properties: Flags and values.
        body: The body.
        channel: The number of the channel.
        largest: Bytes of the largest frame that the broker takes.
    """
    header = _FRAME.pack(_HEADERS, channel, _CONTENT.size + len(properties))
    size = len(body)
    head = route + header + _CONTENT.pack(_BASIC, 0, size) + properties + _END
    if not size:
        return head
    part = largest - _AROUND
    if size <= part:
        return b"".join((head, _FRAME.pack(_BODIES, channel, size), body, _END))
    pieces = [head]
    for at in range(0, size, part):
        piece = body[at : at + part]
        pieces += (_FRAME.pack(_BODIES, channel, len(piece)), piece, _END)
    return b"".join(pieces)


@lru_cache(maxsize=4_096)  # peers choose where replies go
def route_to(
    exchange: str, routing_key: str, channel: int, *, mandatory: bool
) -> bytes:
    """Return the frame that says where a message goes to.

    Args:
        exchange: The exchange; empty for the default one.
        routing_key: The key; with the default exchange the name of a queue.
        channel: The number of the channel.
        mandatory: Whether the message comes back if no queue takes it.

    Raises:
        ValueError: A name has more than 255 bytes.
    """
    payload = b"".join(
        (
            _METHOD.pack(_BASIC, _PUBLISH),
            b"\0\0",
            short_string(exchange),
            short_string(routing_key),
            b"\1" if mandatory else b"\0",
        )
    )
    return _FRAME.pack(_METHODS, channel, len(payload)) + payload + _END


def short_string(text: str) -> bytes:
    """Return a short string, its length before it.

    Raises:
        ValueError: It has more than 255 bytes.
    """
    encoded = text.encode(errors="surrogateescape")
    try:
        return _LENGTH.pack(len(encoded)) + encoded
    except error:
        raise ValueError(f"{text[:40]!r}… has more than 255 bytes") from None


_LENGTH = Struct("B")


def acknowledged(channel: int, tag: int) -> bytes:
    """Return the frame by which a message is done with."""
    return _tagged(channel, _ACK, tag, 0)


def rejected(channel: int, tag: int, *, requeue: bool) -> bytes:
    """Return the frame by which a message is refused.

    Args:
        channel: The number of the channel.
        tag: Of the message.
        requeue: Whether the broker delivers it again; or else it goes where dead
            letters go, or nowhere.
    """
    return _tagged(channel, _NACK, tag, 2 if requeue else 0)


def _tagged(channel: int, method: int, tag: int, bits: int) -> bytes:
    payload = _TAGGED.pack(_BASIC, method, tag, bits)
    return _FRAME.pack(_METHODS, channel, len(payload)) + payload + _END
