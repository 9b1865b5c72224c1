"""Messages: frames put together, unmasked and inflated.

A message may come in fragments, and control frames between those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .deflate import Inflater, Rewriter, TooLongError
from .frames import CONTINUATION, LONGEST, TEXT

if TYPE_CHECKING:
    from .cutting import Frame


_TOO_MANY = "it comes in too many frames"
_MOST_FRAMES = 4_096
_LEAST_SHARE = 64
"""Frames of one message that are kept, and one more for so many bytes that they carry.

What is kept of an empty frame takes two hundred times its memory.
"""


class Envelope(msgspec.Struct, gc=False):
    """Where a message stands in the bytes of a side, and what it says.

    Attributes:
        begin: Place of its first byte …
        end: … and the one after the last.
        payload: What it says.
        frames: Its frames, and those between them; none where it comes in the body of
            an HTTP message.
        prefix: What comes before the payload there.
        attached: The attachments that follow it, in order and with nothing between.
        binary: Whether it is binary.
        rewriter: What writes the compressed messages of its side again, if it is one.
        opaque: Whether its bytes are neither frames nor the payload.
        time_ns: When it was complete, in nanoseconds since 1970.
    """

    begin: int
    end: int
    payload: bytes
    frames: tuple[Frame, ...] = ()
    prefix: bytes = b""
    attached: tuple[Envelope, ...] = ()
    binary: bool = False
    rewriter: Rewriter | None = None
    opaque: bool = False
    time_ns: int = 0

    @property
    def sent(self) -> bytes:
        """Its bytes as they travelled; nothing where they are not known."""
        if self.opaque:
            return b""
        own = self.prefix + self.payload
        if self.frames:
            own = b"".join(each.rewritten(each.payload) for each in self.frames)
        return own + b"".join(each.sent for each in self.attached)

    def rewritten(self, payload: bytes) -> bytes:
        """Return its bytes with another payload, of the same length as its own.

        What control frames between carry becomes ``x``, and so does what is attached,
        and what was compressed and does not fit in its place again.
        """
        attached = [each.rewritten(b"x" * len(each.payload)) for each in self.attached]
        if not self.frames:
            return b"".join([self.prefix, payload, *attached])
        if self.rewriter is not None:
            own = [each.payload for each in self.frames if not each.head.control]
            sent = own[0] if len(own) == 1 else b"".join(own)
            payload = self.rewriter.rewritten(sent, self.payload, payload)
        done, parts = 0, []
        for frame in self.frames:
            size = len(frame.payload)
            if frame.head.control:
                parts.append(frame.rewritten(b"x" * size))
                continue
            parts.append(frame.rewritten(payload[done : done + size]))
            done += size
        return b"".join([*parts, *attached])


class Unread(msgspec.Struct, gc=False):
    """A message that could not be read, and why.

    Attributes:
        begin: Place of its first byte …
        end: … and the one after the last.
        detail: Why, in words; empty where it refers to what the capture lacks.
    """

    begin: int
    end: int
    detail: str = ""


class Assembler:
    """Put the messages of one side together."""

    def __init__(self) -> None:
        self._frames: list[Frame] = []
        self._size = 0
        self._inflater: Inflater | None = None
        self._rewriter: Rewriter | None = None

    @property
    def begin(self) -> int | None:
        """The place where a message begins that is not complete."""
        return self._frames[0].begin if self._frames else None

    def lose(self) -> None:
        """Forget a message that is not complete, and what others refer to."""
        self._frames, self._size = [], 0
        if self._inflater is not None and self._rewriter is not None:
            self._inflater.lose()
            self._rewriter.lose()

    def add_control(self, frame: Frame) -> Unread | bool:
        """Learn of a control frame; return whether it is between fragments.

        With too many between them, their message is not read.
        """
        if not self._frames:
            return False
        self._frames.append(frame)
        return self._give_up(frame.end, _TOO_MANY) if self._crowded else True

    @property
    def _crowded(self) -> bool:
        """Whether there are more frames than a message has that anybody means."""
        return len(self._frames) > _MOST_FRAMES + self._size // _LEAST_SHARE

    def add(self, frame: Frame, time_ns: int) -> Envelope | Unread | None:
        """Return the message that a frame completes; None while more are to come."""
        continues = frame.head.opcode == CONTINUATION
        if continues != bool(self._frames):
            return self._misplaced(frame)
        self._frames.append(frame)
        self._size += len(frame.payload)
        if self._size > LONGEST:
            return self._give_up(frame.end, "it is too long")
        if self._crowded:
            return self._give_up(frame.end, _TOO_MANY)
        return self._complete(time_ns) if frame.head.final else None

    def _misplaced(self, frame: Frame) -> Unread:
        """Return a frame that continues nothing, or does not continue a message."""
        if frame.head.opcode == CONTINUATION:
            self.lose()
            return Unread(frame.begin, frame.end)  # of what the capture lacks
        return self._give_up(frame.end, "a message begins inside another one")

    def _give_up(self, end: int, detail: str) -> Unread:
        begin = self._frames[0].begin if self._frames else end
        self.lose()
        return Unread(begin, end, detail)

    def _complete(self, time_ns: int) -> Envelope | Unread:
        frames, self._frames, self._size = tuple(self._frames), [], 0
        own = [each for each in frames if not each.head.control]
        first, end = own[0], own[-1].end
        payload = first.payload
        if len(own) > 1:
            payload = b"".join(each.payload for each in own)
        compressed = first.head.compressed
        if compressed:
            try:
                inflated = self._inflate(payload)
            except TooLongError:
                return Unread(first.begin, end, "it inflates to too much")
            if inflated is None:
                return Unread(first.begin, end)
            payload = inflated
        return Envelope(
            first.begin,
            end,
            payload,
            frames,
            binary=first.head.opcode != TEXT,
            rewriter=self._rewriter if compressed else None,
            time_ns=time_ns,
        )

    def _inflate(self, payload: bytes) -> bytes | None:
        if self._inflater is None or self._rewriter is None:
            self._inflater, self._rewriter = Inflater(), Rewriter()
        return self._inflater.inflate(payload)
