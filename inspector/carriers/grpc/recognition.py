"""Whether a stream is gRPC, and where in one a frame begins.

A client begins with HTTP/2's preface, a server with SETTINGS; whether what they speak
is gRPC shows in the first header block of either, whose content type is written out
there. In the middle of a stream a DATA frame shows it, whose content is a message with
its length before it, and a header block with a name of gRPC's in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from inspector.carriers.base import Recognition, Verdict

from .frames import (
    END_HEADERS,
    HEAD,
    PREFACE,
    FlawError,
    Frame,
    Head,
    Type,
    check,
    content,
    read_head,
)
from .headers import lines_of
from .messages import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = (
    b"application/grpc",
    b"\x1d\x75\xd0\x62\x0d\x26\x3d\x4c\x4d\x65\x64",  # the same in Huffman's code
    b"grpc-status",
    b"\x9a\xca\xc8\xb2\x12\x34\xda\x8f",
)
_BEGINNING = re.compile(
    rb"\x00[\x00-\x40].(?:\x00[\x00\x01\x08\x09]"
    rb"|\x01[\x04\x05\x0c\x0d\x24\x25\x2c\x2d])[\x00-\x7f]",
    re.DOTALL,
)
"""DATA, or HEADERS that are whole, on any stream."""
_ENOUGH = 3
"""Frames that follow each other and show gRPC, however many bytes follow."""
_LONGEST_SETTINGS = 1_024
_LONGEST = 1 << 20
_METHOD, _PATH, _STATUS = range(2, 4), range(4, 6), range(8, 15)
"""Indices of pseudo-header fields (RFC 7541, appendix A)."""


def recognise(beginning: bytes) -> Recognition | Verdict:
    """Judge a stream by the bytes that one side begins with."""
    if not beginning:
        return Verdict.UNDECIDED
    asks = PREFACE.startswith(beginning[: len(PREFACE)])
    place = len(PREFACE) if asks else 0
    if not asks and not _may_be_settings(beginning):
        return Verdict.OTHER
    while place + HEAD <= len(beginning):
        head = read_head(beginning, place)
        if not _is_valid(head):
            return Verdict.OTHER
        place += HEAD
        if head.type == Type.HEADERS:
            block = beginning[place : place + head.size]
            if any(word in block for word in _WORDS):
                return Recognition(asks=asks)
            whole = len(block) == head.size and head.flags & END_HEADERS
            return Verdict.OTHER if whole else Verdict.UNDECIDED
        place += head.size
    return Verdict.UNDECIDED


def _may_be_settings(beginning: bytes) -> bool:
    """Whether a server may begin so: by SETTINGS, as far as they have come."""
    head = beginning[:HEAD]
    full = head + bytes([0, 0, 0, Type.SETTINGS, 0, 0, 0, 0, 0])[len(head) :]
    size, kind, flags, stream = read_head(full)
    return (kind, flags, stream) == (Type.SETTINGS, 0, 0) and size <= _LONGEST_SETTINGS


def _is_valid(head: Head) -> bool:
    try:
        check(head)
    except FlawError:
        return False
    return head.type <= Type.CONTINUATION and head.size <= _LONGEST


def find(middle: bytes, *, boundary: bool) -> Recognition | None:
    """Find the first frame in the middle of a stream; None where none shows."""
    for place in _places(middle, boundary=boundary):
        signs = _signs(middle, place)
        if signs.shows:
            return Recognition(place, asks=signs.asks)
    return None


def _places(middle: bytes, *, boundary: bool) -> Iterator[int]:
    """Yield where a frame may begin."""
    if boundary:
        yield 0
    place = 0
    while (found := _BEGINNING.search(middle, place)) is not None:
        place = found.start() + 1
        yield found.start()


class _Signs(NamedTuple):
    """What frames show that follow each other.

    Attributes:
        shows: Whether they are of gRPC.
        asks: Whether their sender asks, if that shows.
    """

    shows: bool = False
    asks: bool | None = None


def _signs(middle: bytes, begin: int) -> _Signs:
    place, count, shown, asks = begin, 0, False, None
    while place + HEAD <= len(middle):
        head = read_head(middle, place)
        if not _is_valid(head):
            return _Signs()
        end = place + HEAD + head.size
        frame = Frame(head, place, middle[place:end])
        shown = shown or _shows(frame, whole=end <= len(middle))
        if asks is None:
            asks = _asks(frame)
        place, count = end, count + 1
        if shown and (count >= _ENOUGH or end >= len(middle)):
            return _Signs(shows=True, asks=asks)
    return _Signs(shown, asks)


def _shows(frame: Frame, *, whole: bool) -> bool:
    """Whether a frame shows that it is of gRPC."""
    head, data = frame.head, frame.data
    if head.stream % 2 == 0:
        return False
    if head.type == Type.HEADERS:
        return any(word in data for word in _WORDS)
    if head.type != Type.DATA or head.size < PREFIX or len(data) < HEAD + PREFIX:
        return False
    try:
        begin, end = content(frame) if whole else (HEAD, HEAD + head.size)
    except FlawError:
        return False
    size = int.from_bytes(data[begin + 1 : begin + PREFIX], "big")
    return data[begin] <= 1 and begin + PREFIX + size == end


def _asks(frame: Frame) -> bool | None:
    """Return whether the sender of a frame asks, if a header block shows it."""
    if frame.head.type != Type.HEADERS:
        return None
    try:
        begin, end = content(frame)
        for line in lines_of(frame.data[begin:end]):
            if line.number in _METHOD or line.number in _PATH:
                return True
            if line.number in _STATUS:
                return False
    except FlawError:
        pass
    return None
