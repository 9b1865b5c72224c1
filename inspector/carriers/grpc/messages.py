"""Messages of one side of a call: each with its length before it.

::

    compressed 1 | length 4 | message        in one DATA frame, several, or with others

Source: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md,
"Length-Prefixed-Message", "Message-Encoding".
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

from .frames import FlawError

PREFIX = 5
"""Bytes before a message."""
LONGEST = 1 << 26
"""Bytes of a message after which it is taken for something else: grpc allows 4 MiB."""
_MOST_UNPACKED = 1 << 24
"""Bytes that a compressed message may become."""
_GZIP = b"\x1f\x8b\x08"
_WINDOWS = {"gzip": 31, "deflate": 15}  # zlib's words for these formats


class Message(NamedTuple):
    """A message.

    Attributes:
        end: Where in the bytes that completed it it ends.
        data: The message, as it was sent.
        compressed: Whether it is.
    """

    end: int
    data: bytes
    compressed: bool


class Held:
    """How many bytes of incomplete messages all calls of one side keep.

    Attributes:
        size: The bytes.
    """

    __slots__ = ("size",)

    def __init__(self) -> None:
        self.size = 0


class Assembler:
    """The bytes of one side of a call until they make a message.

    Attributes:
        synced: Whether the next byte begins a message, or goes on with the one that is
            kept. Where bytes are missing, that is not known.
        over: Whether nothing that follows is read.
        held: What all calls of its side keep, of which its own is a part.
    """

    __slots__ = ("_kept", "_size", "held", "over", "synced")

    def __init__(self, *, synced: bool = True) -> None:
        self.synced = synced
        self.over = False
        self.held = Held()
        self._kept = bytearray()
        self._size = -1  # of the message that is awaited; -1 before its prefix is there

    @property
    def kept(self) -> int:
        """How many bytes of a message it keeps that is not complete."""
        return len(self._kept)

    @property
    def prefix(self) -> bytes:
        """What has come of the prefix of that message."""
        return bytes(self._kept[:PREFIX])

    @property
    def expected(self) -> int:
        """How long the message is to be that is not complete; -1 if unknown."""
        return self._size

    def lose(self) -> None:
        """Forget a message whose next bytes are missing."""
        self._count(-len(self._kept))
        self._kept.clear()
        self._size, self.synced = -1, False

    def feed(self, data: bytes) -> list[Message]:
        """Return the messages that the content of a DATA frame completes.

        Raises:
            FlawError: They are no messages of gRPC.
        """
        if self.over or (not self.synced and not _fits(data)):
            return []
        self.synced = True
        before = len(self._kept)
        self._kept += data
        try:
            return self._take(before)
        finally:
            self._count(len(self._kept) - before)

    def _take(self, before: int) -> list[Message]:
        """Return the messages that are whole, of which so many bytes were there."""
        done, found = 0, []
        while (message := self._next(done)) is not None:
            found.append(message._replace(end=message.end - before))
            done = message.end
        del self._kept[:done]
        return found

    def _count(self, more: int) -> None:
        self.held.size += more

    def _next(self, begin: int) -> Message | None:
        kept = self._kept
        if len(kept) - begin < PREFIX:
            self._size = -1
            return None
        flag = kept[begin]
        size = int.from_bytes(kept[begin + 1 : begin + PREFIX], "big")
        if flag > 1 or size > LONGEST:
            self.over = True
            kept.clear()
            raise FlawError(f"a message that begins with {flag}, of {size:,} bytes")
        end = begin + PREFIX + size
        self._size = size
        if len(kept) < end:
            return None
        return Message(end, bytes(kept[begin + PREFIX : end]), bool(flag))


def _fits(data: bytes) -> bool:
    """Whether the content of a frame is one or several whole messages."""
    place = 0
    while place + PREFIX <= len(data) and data[place] <= 1:
        place += PREFIX + int.from_bytes(data[place + 1 : place + PREFIX], "big")
    return 0 < place == len(data)


def unpacked(data: bytes, encoding: str) -> bytes | None:
    """Return a compressed message as it was before; None where that is not known."""
    if not encoding and data.startswith(_GZIP):  # said by a header that is missing
        encoding = "gzip"
    window = _WINDOWS.get(encoding)
    if window is None:
        return None
    reader = zlib.decompressobj(window)
    try:
        found = reader.decompress(data, _MOST_UNPACKED)
    except zlib.error:
        return None
    return found if reader.eof else None
