"""Control packets, written as clients and brokers write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from inspector.carriers.mqtt.carrier import carrier

if TYPE_CHECKING:
    from inspector.carriers.base import Unit

REQUEST = b'{"pattern":"sum","data":[1,2,3],"id":"5d0c"}'
REPLY = b'{"response":6,"isDisposed":true,"id":"5d0c"}'
EVENT = b'{"pattern":"log","data":1}'
CLIENT, BROKER = 0, 1


class Level(NamedTuple):
    """A level of MQTT.

    Attributes:
        number: What CONNECT says of it.
    """

    number: int

    @property
    def five(self) -> bool:
        """Whether packets have properties."""
        return self.number == 5


FOUR, FIVE = Level(4), Level(5)


def length(value: int) -> bytes:
    """Return a length, seven bits in each byte."""
    written = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        written.append(low | 0x80 * bool(value))
        if not value:
            return bytes(written)


def binary(data: bytes | str) -> bytes:
    """Return data after its length."""
    raw = data if isinstance(data, bytes) else data.encode()
    return len(raw).to_bytes(2) + raw


def number(value: int) -> bytes:
    """Return a number of two bytes."""
    return value.to_bytes(2)


def packet(first: int, content: bytes = b"") -> bytes:
    """Return a control packet by its first byte."""
    return bytes([first]) + length(len(content)) + content


def properties(level: Level, content: bytes = b"") -> bytes:
    """Return properties, if the level has any."""
    return length(len(content)) + content if level.five else b""


def user(**words: str) -> bytes:
    """Return user properties."""
    return b"".join(
        b"\x26" + binary(name) + binary(value) for name, value in words.items()
    )


def connect(  # noqa: PLR0913 — the fields of the packet
    level: Level = FIVE,
    client: str = "caller",
    *,
    name: str | None = None,
    passed: str | None = None,
    will: tuple[str, bytes] | None = None,
    said: bytes = b"",
) -> bytes:
    """Return a CONNECT."""
    flags = 2 | 4 * (will is not None)
    flags |= 0x80 * (name is not None) | 0x40 * (passed is not None)
    content = binary("MQTT") + bytes([level.number, flags]) + number(60)
    content += properties(level, said) + binary(client)
    if will is not None:
        content += properties(level) + binary(will[0]) + binary(will[1])
    for each in (name, passed):
        content += b"" if each is None else binary(each)
    return packet(0x10, content)


def connack(level: Level = FIVE, code: int = 0, said: bytes = b"") -> bytes:
    """Return a CONNACK."""
    return packet(0x20, bytes([0, code]) + properties(level, said))


def publish(  # noqa: PLR0913 — the fields of the packet
    topic: str,
    payload: bytes,
    level: Level = FIVE,
    *,
    qos: int = 0,
    tag: int = 7,
    flags: int = 0,
    said: bytes = b"",
) -> bytes:
    """Return a PUBLISH."""
    content = binary(topic) + (number(tag) if qos else b"")
    return packet(0x30 | qos << 1 | flags, content + properties(level, said) + payload)


def subscribe(*topics: str, level: Level = FIVE, tag: int = 1) -> bytes:
    """Return a SUBSCRIBE."""
    wanted = b"".join(binary(each) + b"\0" for each in topics)
    return packet(0x82, number(tag) + properties(level) + wanted)


def unsubscribe(*topics: str, level: Level = FIVE, tag: int = 2) -> bytes:
    """Return an UNSUBSCRIBE."""
    left = b"".join(map(binary, topics))
    return packet(0xA2, number(tag) + properties(level) + left)


def suback(*codes: int, level: Level = FIVE, tag: int = 1) -> bytes:
    """Return a SUBACK."""
    return packet(0x90, number(tag) + properties(level) + bytes(codes))


def unsuback(level: Level = FIVE, tag: int = 2) -> bytes:
    """Return an UNSUBACK of one topic."""
    return packet(0xB0, number(tag) + properties(level) + b"\0" * level.five)


def acknowledge(first: int, tag: int = 7, code: int = 0) -> bytes:
    """Return a PUBACK, PUBREC, PUBREL or PUBCOMP, by its first byte."""
    return packet(first, number(tag) + bytes([code] if code else []))


PUBACK, PUBREC, PUBREL, PUBCOMP = 0x40, 0x50, 0x62, 0x70


def read(*turns: tuple[int, bytes], whole: bool = True) -> list[Unit]:
    """Return the units of some turns."""
    talk = carrier.talk(None, whole=whole)
    return [unit for side, data in turns for unit in talk.receive(side, data, 0)]
