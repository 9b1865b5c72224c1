"""MQTT's packets that carry messages, as bytes: what paho-mqtt is too slow for.

::

    kind, flags   length     topic       number   properties   body
    [ 3   dqqr ][ 1 to 4 ][ 0 n … ][ 0 n ][ n … ][ … ]     PUBLISH
    [ 4   0000 ][ 2 … ][ 0 n ][ reason ]                    PUBACK; so are PUBREC (5),
                                                            PUBREL (6), PUBCOMP (7)

The number is that of QoS 1 and 2, properties and reasons are those of version 5. All
other packets are left to whoever reads the rest.

Source: https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html, 2.1 (fixed header),
2.2.2 (properties), 3.3 to 3.7 (PUBLISH to PUBCOMP).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

_PUBLISH = 3
PUBACK, PUBREC, PUBREL, PUBCOMP = 4, 5, 6, 7
_RETAIN, _DUP, _QOS = 1, 8, 6  # flags
_MORE = 0x80  # in a byte of a length: another one follows
_LENGTHS = 4  # bytes of a length, at most
_LONGEST = 65_535  # bytes of a string
_NUMBER = 2  # bytes

EXPIRY, CONTENT_TYPE, USER_PROPERTY = 0x02, 0x03, 0x26
_SUBSCRIPTION = 0x0B
_FIXED = {0x01: 1, EXPIRY: 4, 0x23: 2}  # bytes of a value
_SIZED = {CONTENT_TYPE, 0x08, 0x09}  # strings and bytes


class MalformedPacketError(Exception):
    """A broker has sent what is not MQTT."""


class Arrived(NamedTuple):
    """A message for a subscription.

    Attributes:
        topic: What it was sent to.
        body: The body.
        qos: How surely it is delivered.
        retain: Whether it was published before the subscription.
        dup: Whether it may have been delivered before.
        number: What it is acknowledged by, with QoS 1 and 2.
        properties: As :func:`read_properties` reads them.
    """

    topic: str
    body: bytes
    qos: int
    retain: bool
    dup: bool
    number: int
    properties: bytes


class Answer(NamedTuple):
    """A step of the delivery of a message.

    Attributes:
        kind: PUBACK, PUBREC, PUBREL or PUBCOMP.
        number: Of the message.
        reason: What the receiver says; 0 if all is well, or in version 3.1.1.
    """

    kind: int
    number: int
    reason: int


Taken: TypeAlias = Arrived | Answer


class PacketReader:
    """Take messages, and the steps of their delivery, out of what a broker sends.

    Args:
        newest: Whether it speaks version 5.
    """

    def __init__(self, *, newest: bool) -> None:
        self._newest = newest
        self._buffer = bytearray()
        self._wanted = 0  # bytes, before which no packet is whole

    def receive(self, data: bytes) -> tuple[list[Taken], bytes]:
        """Return the messages and steps that are whole now, and all other packets.

        Raises:
            MalformedPacketError: The bytes are not MQTT.
        """
        if self._buffer:
            self._buffer += data
            if len(self._buffer) < self._wanted:
                return [], b""
            data, self._buffer = bytes(self._buffer), bytearray()
        try:
            return self._divide(data)
        except IndexError:
            raise MalformedPacketError("a packet ends amid its fields") from None

    def _divide(self, data: bytes) -> tuple[list[Taken], bytes]:
        taken: list[Taken] = []
        rest: list[bytes] = []
        at, size = 0, len(data)
        self._wanted = 0
        while size - at > 1:
            length, start = _length(data, at + 1)
            end = start + length
            if length < 0 or end > size:
                self._wanted = end - at
                break
            kind = data[at] >> 4
            if kind == _PUBLISH:
                taken.append(_arrived(data[at:end], start - at, newest=self._newest))
            elif PUBACK <= kind <= PUBCOMP:
                taken.append(_answer(kind, data[start:end]))
            else:
                rest.append(data[at:end])
            at = end
        self._buffer += data[at:]
        return taken, b"".join(rest)


def _length(data: bytes, at: int) -> tuple[int, int]:
    """Return a length, -1 where it is not whole, and where it ends.

    Raises:
        MalformedPacketError: It has too many bytes.
    """
    value = shift = 0
    for place in range(at, min(at + _LENGTHS, len(data))):
        byte = data[place]
        value |= (byte & ~_MORE) << shift
        if byte < _MORE:
            return value, place + 1
        shift += 7
    if len(data) >= at + _LENGTHS:
        raise MalformedPacketError("a length has more than 4 bytes")
    return -1, len(data)


def _arrived(packet: bytes, at: int, *, newest: bool) -> Arrived:
    """Read a PUBLISH.

    Args:
        packet: The packet.
        at: Where its topic begins.
        newest: Whether it has properties.

    Raises:
        IndexError: It ends amid its fields.
        MalformedPacketError: Its properties are longer than it is.
    """
    first = packet[0]
    end = at + 2 + (packet[at] << 8 | packet[at + 1])
    topic = str(packet[at + 2 : end], "utf-8", "backslashreplace")
    qos, number = (first & _QOS) >> 1, 0
    if qos:
        number = packet[end] << 8 | packet[end + 1]
        end += _NUMBER
    properties = b""
    if newest:
        length, begin = _length(packet, end)
        end = begin + length
        properties = packet[begin:end]
    if end > len(packet) or (newest and length < 0):
        raise MalformedPacketError("a message ends amid its properties")
    retain, dup = bool(first & _RETAIN), bool(first & _DUP)
    return Arrived(topic, packet[end:], qos, retain, dup, number, properties)


def _answer(kind: int, content: bytes) -> Answer:
    """Read a step of a delivery.

    Raises:
        IndexError: It has no number.
    """
    number = content[0] << 8 | content[1]
    return Answer(kind, number, content[_NUMBER] if len(content) > _NUMBER else 0)


class Envelope(NamedTuple):
    """What is around the body of a message that is sent.

    Attributes:
        topic: Where it goes to, as :func:`string_field` writes it.
        qos: How surely it is delivered.
        retain: Whether the broker keeps it for whoever subscribes later.
        properties: As :func:`properties_field` writes them; none in version 3.1.1.
    """

    topic: bytes
    qos: int
    retain: bool
    properties: bytes


def published(envelope: Envelope, number: int, body: bytes) -> bytes:
    """Return a PUBLISH.

    Args:
        envelope: What is around the body.
        number: What it is acknowledged by, from 1, with QoS 1 and 2.
        body: The body.
    """
    topic, qos, retain, properties = envelope
    counted = number.to_bytes(_NUMBER, "big") if qos else b""
    length = len(topic) + len(counted) + len(properties) + len(body)
    first = _PUBLISH << 4 | qos << 1 | retain
    head = bytes((first, length)) if length < _MORE else _header(first, length)
    return b"".join((head, topic, counted, properties, body))


def answered(kind: int, number: int) -> bytes:
    """Return a step of a delivery: all is well."""
    flags = 2 if kind == PUBREL else 0  # by 3.6.1
    return bytes((kind << 4 | flags, _NUMBER, number >> 8, number & 0xFF))


def _header(first: int, length: int) -> bytes:
    return bytes((first,)) + _length_field(length)


def _length_field(length: int) -> bytes:
    """Return a length, of 1 to 4 bytes.

    Raises:
        ValueError: It needs more.
    """
    if length >> 7 * _LENGTHS:
        raise ValueError(f"a message of {length:,} bytes is too long for MQTT")
    field = bytearray()
    while length >= _MORE:
        field.append(length & ~_MORE & 0xFF | _MORE)
        length >>= 7
    field.append(length)
    return bytes(field)


@lru_cache(maxsize=4_096)  # peers choose topics
def string_field(text: str) -> bytes:
    """Return a string, its length before it.

    Raises:
        ValueError: It has more than 65,535 bytes.
    """
    encoded = text.encode()
    if len(encoded) > _LONGEST:
        raise ValueError(f"{text[:40]!r}… has more than {_LONGEST:,} bytes")
    return len(encoded).to_bytes(2, "big") + encoded


def properties_field(
    headers: Mapping[str, str],
    expiry: int | None = None,
    content_type: str | None = None,
) -> bytes:
    """Return the properties of a message, their length before them.

    Args:
        headers: User properties.
        expiry: Seconds after which the broker gives the message up.
        content_type: Of the body.

    Raises:
        ValueError: One of them is too long, or no such number.
    """
    fields: list[bytes] = []
    if expiry is not None:
        if not 0 <= expiry < 1 << 32:
            raise ValueError("expiry is from 0 to 4294967295 seconds")
        fields.append(bytes((EXPIRY,)) + expiry.to_bytes(4, "big"))
    if content_type is not None:
        fields.append(bytes((CONTENT_TYPE,)) + string_field(content_type))
    for name, value in headers.items():
        pair = string_field(name) + string_field(value)
        fields.append(bytes((USER_PROPERTY,)) + pair)
    joined = b"".join(fields)
    return _length_field(len(joined)) + joined


def read_properties(properties: bytes) -> tuple[dict[str, str], str | None]:
    """Return the user properties of a message, and the content type of its body.

    Of several user properties of one name the last counts. What cannot be read, and all
    after it, is passed over.
    """
    headers: dict[str, str] = {}
    kind: str | None = None
    at = 0
    while at < len(properties):
        identifier, at = properties[at], at + 1
        if identifier == USER_PROPERTY:
            name, at = _string(properties, at)
            headers[name], at = _string(properties, at)
        elif identifier in _SIZED:
            value, at = _string(properties, at)
            kind = value if identifier == CONTENT_TYPE else kind
        elif identifier == _SUBSCRIPTION:
            while at < len(properties) and properties[at] >= _MORE:
                at += 1
            at += 1
        elif identifier in _FIXED:
            at += _FIXED[identifier]
        else:
            break
    return headers, kind


def _string(data: bytes, at: int) -> tuple[str, int]:
    """Return a string, as far as it is there, and where it ends."""
    begin = at + 2
    end = begin + int.from_bytes(data[at:begin], "big")
    return str(data[begin:end], "utf-8", "backslashreplace"), end
