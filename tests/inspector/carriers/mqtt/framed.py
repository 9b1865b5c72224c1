"""Control packets over WebSocket, as clients and brokers frame them.

Each turn is what one side says at once. Clients of Nest write a packet in several
frames, brokers in one; others put several packets into one, or compress.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from inspector.carriers.testing import Turn
from tests.inspector.carriers.mqtt.written import BROKER, CLIENT
from tests.inspector.carriers.websocket.written import BINARY, PING, frame, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

PROTOCOL = "Sec-WebSocket-Protocol: mqtt"
COMPRESSED = BINARY | 0x40
_RAW = -15
_SWITCHING = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n"
    f"Connection: Upgrade\r\n{PROTOCOL}\r\n\r\n"
).encode()


def handshake(target: str = "/mqtt") -> list[Turn]:
    """Return what a WebSocket begins with."""
    return [
        Turn(CLIENT, upgrade(target, PROTOCOL)),
        Turn(BROKER, _SWITCHING),
    ]


def framed(side: int, data: bytes, first: int = BINARY) -> bytes:
    """Return a frame as a side writes it: with a mask, if it is the client."""
    return frame(data, first, masked=side == CLIENT)


def whole(side: int, data: bytes) -> bytes:
    """Return a packet in one frame."""
    return framed(side, data)


def split(side: int, data: bytes) -> bytes:
    """Return a packet as mqtt.js writes it: its head in frames of their own."""
    parts = data[:1], data[1:2], data[2:6], data[6:]
    return b"".join(framed(side, each) for each in parts if each)


def fragmented(side: int, data: bytes) -> bytes:
    """Return a packet in fragments of one message, with a ping between them."""
    first, rest = data[:3], data[3:]
    if not rest:
        return framed(side, data)
    parts = (
        framed(side, first, 0x02),
        framed(side, b"?", PING),
        framed(side, rest, 0x80),
    )
    return b"".join(parts)


def interrupted(side: int, data: bytes) -> bytes:
    """Return a packet in two messages, with a ping between them."""
    first, rest = data[:3], data[3:]
    if not rest:
        return framed(side, data)
    return framed(side, first) + framed(side, b"?", PING) + framed(side, rest)


def compressed(side: int, data: bytes) -> bytes:
    """Return a packet in one message that is compressed by itself."""
    return framed(side, deflated(data), COMPRESSED)


def deflated(data: bytes) -> bytes:
    """Return what a message is compressed to, by itself."""
    packer = zlib.compressobj(wbits=_RAW)
    text = packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)
    return text.removesuffix(b"\0\0\xff\xff")


WAYS: tuple[Callable[[int, bytes], bytes], ...] = (
    whole,
    split,
    fragmented,
    interrupted,
    compressed,
)


def over(way: Callable[[int, bytes], bytes], turns: Iterable[Turn]) -> list[Turn]:
    """Return turns of plain MQTT over WebSocket, with its handshake."""
    return [*handshake(), *(Turn(side, way(side, data)) for side, data in turns)]


def together(turns: Iterable[Turn]) -> Iterator[Turn]:
    """Yield turns with what a side says twice in a row as one."""
    held: Turn | None = None
    for turn in turns:
        if held is not None and held.side == turn.side:
            held = Turn(held.side, held.data + turn.data)
            continue
        if held is not None:
            yield held
        held = turn
    if held is not None:
        yield held
