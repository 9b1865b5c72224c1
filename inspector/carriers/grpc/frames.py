"""Frames of HTTP/2: a header of nine bytes, and a payload.

::

    length 24 | type 8 | flags 8 | reserved 1 | stream 31 | payload

Source: RFC 9113, sections 4.1 and 6.
"""

from __future__ import annotations

from enum import IntEnum
from struct import Struct
from typing import NamedTuple

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
"""What a client begins with (RFC 9113, section 3.4)."""
HEAD = 9
"""Bytes before the payload of a frame."""
LONGEST = (1 << 24) - 1
"""Bytes of the longest payload."""
END_STREAM, END_HEADERS, PADDED, WITH_PRIORITY, ACK = 0x1, 0x4, 0x8, 0x20, 0x1
_PRIORITY_SIZE = 5
_PROMISED_SIZE = 4
_STREAM = 0x7FFF_FFFF
_HEAD = Struct(">BHBBI")


class Type(IntEnum):
    """What a frame is (RFC 9113, section 6)."""

    DATA = 0
    HEADERS = 1
    PRIORITY = 2
    RST_STREAM = 3
    SETTINGS = 4
    PUSH_PROMISE = 5
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8
    CONTINUATION = 9


_NAMES = {int(each): each.name for each in Type}
_OF_STREAMS = {
    Type.DATA,
    Type.HEADERS,
    Type.PRIORITY,
    Type.RST_STREAM,
    Type.PUSH_PROMISE,
    Type.CONTINUATION,
}
_OF_CONNECTIONS = {Type.SETTINGS, Type.PING, Type.GOAWAY}
_SIZES = {Type.PRIORITY: 5, Type.RST_STREAM: 4, Type.PING: 8, Type.WINDOW_UPDATE: 4}
_SETTING, _GOAWAY = 6, 8


class Head(NamedTuple):
    """The header of a frame.

    Attributes:
        size: Bytes of the payload.
        type: A number of :class:`Type`, or one that receivers ignore.
        flags: Bits.
        stream: Which stream it belongs to; 0 for the connection.
    """

    size: int
    type: int
    flags: int
    stream: int


class Frame(NamedTuple):
    """A whole frame.

    Attributes:
        head: Its header.
        begin: Its place.
        data: All its bytes.
    """

    head: Head
    begin: int
    data: bytes

    @property
    def end(self) -> int:
        """The place after it."""
        return self.begin + len(self.data)

    @property
    def ends_stream(self) -> bool:
        """Whether its sender sends no more on its stream."""
        of_messages = self.head.type in {Type.DATA, Type.HEADERS}
        return of_messages and bool(self.head.flags & END_STREAM)


class FlawError(ValueError):
    """Bytes that no sender of HTTP/2 writes; the message says why."""


def read_head(data: bytes | bytearray, place: int = 0) -> Head:
    """Return the header of a frame, of which all nine bytes are there."""
    high, low, kind, flags, stream = _HEAD.unpack_from(data, place)
    return Head(high << 16 | low, kind, flags, stream & _STREAM)


def name_of(kind: int) -> str:
    """Return what a type of frames is called."""
    return _NAMES.get(kind) or f"frame of type {kind}"


def check(head: Head) -> None:
    """Check a header by what its type allows.

    Raises:
        FlawError: No frame has such a header.
    """
    kind, size = head.type, head.size
    if kind <= Type.HEADERS and head.stream:  # nearly all of them
        return
    if kind in _OF_STREAMS and head.stream == 0:
        raise FlawError(f"{name_of(kind)} on stream 0")
    if kind in _OF_CONNECTIONS and head.stream != 0:
        raise FlawError(f"{name_of(kind)} on stream {head.stream:,}")
    wanted = _SIZES.get(Type(kind)) if kind in _NAMES else None
    if wanted is not None and size != wanted:
        raise FlawError(f"{name_of(kind)} of {size:,} bytes instead of {wanted}")
    if kind == Type.SETTINGS and size % _SETTING:
        raise FlawError(f"SETTINGS of {size:,} bytes, which is no number of settings")
    if kind == Type.GOAWAY and size < _GOAWAY:
        raise FlawError(f"GOAWAY of {size} bytes")


def content(frame: Frame) -> tuple[int, int]:
    """Return where in a frame its data, or its header block, begins and ends.

    Raises:
        FlawError: It is padded by more than there is.
    """
    head, begin, end = frame.head, HEAD, len(frame.data)
    padded = {Type.DATA, Type.HEADERS, Type.PUSH_PROMISE}
    if head.type in padded and head.flags & PADDED:
        end -= frame.data[begin] if begin < end else 0
        begin += 1
    if head.type == Type.HEADERS and head.flags & WITH_PRIORITY:
        begin += _PRIORITY_SIZE
    if head.type == Type.PUSH_PROMISE:
        begin += _PROMISED_SIZE
    if begin > end:
        raise FlawError(f"{name_of(head.type)} with more padding than bytes")
    return begin, end
