"""Frames of WebSocket: what their first bytes say, masks, and what closes mean.

Source: RFC 6455, sections 5.2 (frames), 5.3 (masks), 5.5 (control frames), 7.4 (codes).
"""

from __future__ import annotations

from protocol.named_tuple import NamedTuple

CONTINUATION, TEXT, BINARY = 0x0, 0x1, 0x2
CLOSE, PING, PONG = 0x8, 0x9, 0xA
LONGEST = 1 << 27
"""Bytes of a message that are read; ``ws`` takes 100 MiB unless it is told otherwise.

Source: ``maxPayload`` of ``ws``; ``maxHttpBufferSize`` of Engine.IO is 1 MB.
"""
NAMES = {
    CONTINUATION: "continuation",
    TEXT: "text",
    BINARY: "binary",
    CLOSE: "close",
    PING: "ping",
    PONG: "pong",
}
_FIN, _COMPRESSED, _RESERVED, _OPCODE = 0x80, 0x40, 0x30, 0x0F
_MASKED, _LENGTH = 0x80, 0x7F
_TWO_BYTES, _EIGHT_BYTES = 126, 127
_SHORT = 2  # bytes of the shortest head
_MASK = 4
_MOST_OF_CONTROL = 125
_CONTROL = 0x8


class MalformedFrameError(ValueError):
    """The first bytes of a frame cannot be those of one; it says why."""


class FrameHead(NamedTuple):
    """The first bytes of a frame.

    Attributes:
        size: How many they are.
        opcode: What it is.
        final: Whether its message ends with it.
        compressed: Whether its message is (RSV1, of permessage-deflate).
        mask: What its payload is masked with; nothing if it is not.
        length: Bytes of its payload.
    """

    size: int
    opcode: int
    final: bool
    compressed: bool
    mask: bytes
    length: int

    @property
    def control(self) -> bool:
        """Whether it may come between the frames of a message."""
        return self.opcode >= _CONTROL


def read_frame_head(data: bytes | bytearray, place: int = 0) -> FrameHead | None:
    """Read the first bytes of a frame; None while there are too few.

    Raises:
        MalformedFrameError: They are not those of a frame.
    """
    if len(data) < place + _SHORT:
        return None
    first, second = data[place], data[place + 1]
    opcode, length = first & _OPCODE, second & _LENGTH
    if opcode not in NAMES:
        raise MalformedFrameError(f"its opcode is {opcode}")
    if first & _RESERVED:
        raise MalformedFrameError("it has reserved bits")
    more = {_TWO_BYTES: 2, _EIGHT_BYTES: 8}.get(length, 0)
    masked = bool(second & _MASKED)
    size = _SHORT + more + _MASK * masked
    if opcode >= _CONTROL and (length > _MOST_OF_CONTROL or not first & _FIN):
        raise MalformedFrameError(f"a {NAMES[opcode]} is in fragments, or too long")
    if len(data) < place + size:
        return None
    if more:
        length = int.from_bytes(data[place + _SHORT : place + _SHORT + more], "big")
    if length > LONGEST:
        raise MalformedFrameError(f"its length is {length:,}")
    mask = bytes(data[place + size - _MASK : place + size]) if masked else b""
    final, compressed = bool(first & _FIN), bool(first & _COMPRESSED)
    return FrameHead(size, opcode, final, compressed, mask, length)


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """Return a payload without its mask, or with it: that is the same."""
    if not mask or not payload:
        return payload
    size = len(payload)
    pad = (mask * (size // _MASK + 1))[:size]
    value = int.from_bytes(payload, "little") ^ int.from_bytes(pad, "little")
    return value.to_bytes(size, "little")


def read_close(payload: bytes) -> tuple[int, str]:
    """Return the code and the reason of a close; 1005 where it has none."""
    if len(payload) < _SHORT:
        return NO_STATUS, ""
    code = int.from_bytes(payload[:_SHORT], "big")
    return code, payload[_SHORT:].decode("utf-8", "replace")


NO_STATUS = 1005
"""What a close without a code means. Source: RFC 6455, section 7.4.1."""
