"""The bytes of one side, cut: heads and bodies of HTTP, then frames of WebSocket.

::

    GET … Upgrade: websocket ─► Head      then frames, once the server agrees
    POST … Content-Length: 7 ─► Head, Body
    0x81 0x85 …              ─► Frame

Which of them comes next only both sides together show: whoever reads them says so.
"""

from __future__ import annotations

import zlib
from enum import Enum, auto
from typing import TypeAlias

from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

from .frames import LONGEST, FrameHead, MalformedFrameError, read_frame_head, unmasked
from .heads import END, Head, read_head
from .heads import LONGEST as LONGEST_HEAD

_WORDS = tuple(b"GET |HEAD |POST |PUT |PATCH |DELETE |OPTIONS |HTTP/1.".split(b"|"))
_LONGEST_WORD = max(map(len, _WORDS))
_CHUNK = lazy_regex(rb"([0-9A-Fa-f]{1,8})(?:;[^\r\n]*)?\r\n")
_LONGEST_LINE = 1_024  # bytes of the line before a chunk
_AUTOMATIC = 47  # what zlib calls gzip or zlib, whichever it is


class Mode(Enum):
    """What comes next of a side."""

    OPEN = auto()  # a head or a frame, whichever it is
    BODY = auto()
    CHUNKS = auto()
    FRAMES = auto()
    REST = auto()  # nothing that is read


class Body(NamedTuple):
    """The body of an HTTP message.

    Attributes:
        begin: Place of its first byte …
        end: … and the one after the last.
        data: What it says, without chunks.
        chunked: Whether it came in such.
    """

    begin: int
    end: int
    data: bytes
    chunked: bool


class Frame(NamedTuple):
    """A frame of WebSocket.

    Attributes:
        begin: Place of its first byte …
        end: … and the one after the last.
        head: What its first bytes say.
        start: Those bytes.
        payload: What follows, without its mask.
    """

    begin: int
    end: int
    head: FrameHead
    start: bytes
    payload: bytes

    def rewritten(self, payload: bytes) -> bytes:
        """Return its bytes with another payload of the same length."""
        return self.start + unmasked(payload, self.head.mask)


class Flaw(NamedTuple):
    """Bytes that are none of this: nothing after them is read."""

    begin: int
    end: int
    detail: str


class Rest(NamedTuple):
    """Bytes that nothing is read of."""

    begin: int
    end: int


Piece: TypeAlias = Head | Body | Frame | Flaw | Rest


class Cutter:
    """Cut the bytes of one side.

    Attributes:
        received: How many it was given.
    """

    def __init__(self) -> None:
        self.received = 0
        self._kept = bytearray()
        self._mode = Mode.OPEN
        self._wanted = 0  # bytes of the body, or of the piece that is not complete
        self._searched = 0  # kept bytes without the end of a head
        self._chunks = bytearray()
        self._chunked_from = 0
        self._scanned = 0  # kept bytes of a chunked body that were read

    @property
    def buffered(self) -> int:
        """How many bytes it keeps."""
        return len(self._kept)

    @property
    def begin(self) -> int:
        """The place of the first byte that it keeps."""
        return self.received - len(self._kept)

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self._kept += data
        self.received += len(data)

    def lose(self) -> int:
        """Forget what is kept, and expect anything; return how much that was."""
        lost = len(self._kept)
        self._kept.clear()
        self.expect(Mode.OPEN)
        return lost

    def expect(self, mode: Mode, size: int = 0) -> None:
        """Say what comes next; ``size`` is that of a body."""
        self._mode, self._wanted = mode, size
        self._searched = self._scanned = 0
        self._chunks.clear()

    def cut(self) -> Piece | None:
        """Return the next piece; None while it is not complete."""
        if self._mode is Mode.BODY:
            return self._body()
        if not self._kept or len(self._kept) < self._wanted:
            return None
        if self._mode is Mode.REST:
            return Rest(*self._take(len(self._kept))[:2])
        if self._mode is Mode.CHUNKS:
            return self._chunked()
        if self._mode is Mode.OPEN and _may_be_head(self._kept):
            return self._head()
        return self._frame()

    def _take(self, size: int) -> tuple[int, int, bytes]:
        """Return the place and the bytes of the next piece, which are gone then."""
        begin = self.begin
        data = bytes(self._kept[:size])
        del self._kept[:size]
        self._searched = self._wanted = 0
        return begin, begin + size, data

    def _flaw(self, detail: str) -> Flaw:
        self._mode = Mode.REST
        begin, end, _ = self._take(len(self._kept))
        return Flaw(begin, end, detail)

    def _head(self) -> Piece | None:
        place = self._kept.find(END, max(self._searched - len(END), 0))
        if place < 0:
            self._searched = len(self._kept)
            if len(self._kept) > LONGEST_HEAD:
                return self._flaw("the head of an HTTP message does not end")
            return None
        begin, _, data = self._take(place + len(END))
        head = read_head(data, begin)
        if head is not None:
            return head
        self._mode = Mode.REST
        return Flaw(begin, begin + len(data), "it is no HTTP/1.1 message")

    def _body(self) -> Body | None:
        if len(self._kept) < self._wanted:
            return None
        self._mode, size = Mode.OPEN, self._wanted
        return Body(*self._take(size), chunked=False)

    def _chunked(self) -> Body | Flaw | None:
        kept = self._kept
        while line := _CHUNK.match(kept, self._scanned):
            size = int(line[1], 16)
            end = line.end() + size + 2  # and the CRLF after it
            if end > LONGEST:
                return self._flaw("the chunks of an HTTP message are too long")
            if len(kept) < end:
                return None
            self._chunks += kept[line.end() : line.end() + size]
            self._scanned = end
            if not size:
                self._mode, data = Mode.OPEN, bytes(self._chunks)
                begin, end, _ = self._take(end)
                return Body(begin, end, data, chunked=True)
        if len(kept) - self._scanned > _LONGEST_LINE or len(kept) > LONGEST:
            return self._flaw("a chunk of an HTTP message has no length")
        return None

    def _frame(self) -> Frame | Flaw | None:
        try:
            head = read_frame_head(self._kept)
        except MalformedFrameError as error:
            return self._flaw(f"{error}")
        if head is None:
            return None
        self._wanted = head.size + head.length
        if len(self._kept) < self._wanted:
            return None
        self._mode = Mode.FRAMES
        begin, end, data = self._take(self._wanted)
        payload = unmasked(data[head.size :], head.mask)
        return Frame(begin, end, head, data[: head.size], payload)


def _may_be_head(kept: bytearray) -> bool:
    """Whether bytes begin as a head of HTTP does, as far as they go."""
    beginning = bytes(kept[:_LONGEST_WORD])
    return any(word.startswith(beginning[: len(word)]) for word in _WORDS)


def inflated_body(data: bytes, coding: str, most: int) -> bytes | None:
    """Return a body without its content coding; None where it cannot be read.

    Args:
        data: The body.
        coding: ``content-encoding``; empty for none.
        most: How long it may be.
    """
    if coding in {"", "identity"}:
        return data
    if coding not in {"gzip", "deflate"}:
        return None
    try:
        reader = zlib.decompressobj(_AUTOMATIC)
        text = reader.decompress(data, most)
    except zlib.error:
        return None
    return text if reader.eof else None
