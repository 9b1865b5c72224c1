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
    """The incomplete messages that all calls of one side keep.

    Attributes:
        size: Their bytes.
        losses: How often bytes of the side were missing.
    """

    __slots__ = ("_waiting", "losses", "size")

    def __init__(self) -> None:
        self.size = 0
        self.losses = 0
        self._waiting: dict[int, Assembler] = {}  # by what they are, those with bytes

    def count(self, assembler: Assembler, more: int) -> None:
        """Learn that one keeps more bytes, or fewer."""
        if not more:
            return
        self.size += more
        if assembler.kept:
            self._waiting[id(assembler)] = assembler
        else:
            self._waiting.pop(id(assembler), None)

    def lose(self) -> None:
        """Forget them all: bytes are missing, of whichever calls.

        Calls without such a message learn it when they go on, however many there are.
        """
        self.losses += 1
        for assembler in list(self._waiting.values()):
            assembler.lose()


class Assembler:
    """The bytes of one side of a call until they make a message.

    Args:
        synced: Whether the next byte begins a message. Where bytes are missing, that is
            not known.

    Attributes:
        over: Whether nothing that follows is read.
    """

    __slots__ = ("_held", "_kept", "_losses", "_size", "_synced", "over")

    def __init__(self, *, synced: bool = True) -> None:
        self._held = Held()
        self._losses = 0  # that it has learned of
        self._synced = synced
        self.over = False
        self._kept = bytearray()
        self._size = -1  # of the message that is awaited; -1 before its prefix is there

    @property
    def held(self) -> Held:
        """What all calls of its side keep."""
        return self._held

    @held.setter
    def held(self, held: Held) -> None:
        self._held, self._losses = held, held.losses

    @property
    def synced(self) -> bool:
        """Whether the next byte begins a message, or goes on with the one kept."""
        return self._synced and self._losses == self._held.losses

    @synced.setter
    def synced(self, synced: bool) -> None:
        self._synced, self._losses = synced, self._held.losses

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
        size = len(self._kept)
        self._kept.clear()
        self._held.count(self, -size)
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
            self._held.count(self, len(self._kept) - before)

    def _take(self, before: int) -> list[Message]:
        """Return the messages that are whole, of which so many bytes were there."""
        done, found = 0, []
        while (message := self._next(done)) is not None:
            found.append(message._replace(end=message.end - before))
            done = message.end
        del self._kept[:done]
        return found

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
