"""Bytes of one direction to frames, exactly as Nest's reader cuts them.

::

    receive_data(bytes) ─► [ held │ buffer ] ─► next_frame() ─► Frame | None
                             │        └ whole characters, counted in UTF-16 units
                             └ the start of a character whose rest has not come

Nest decodes the stream to a string as it comes, buffers it, reads everything before
the first ``#`` with ``parseInt``, and takes that many code units for the body. All of
that is repeated here on bytes: while every byte is a code unit (ASCII), a frame is
cut by its length at once; only other text is counted.

Source: ``packages/microservices/helpers/json-socket.ts``, ``JsonSocket.handleData``
and ``processBuffer``; ECMA-262, 19.2.5 (parseInt).
"""

from __future__ import annotations

from .cutting import LONGEST_SHORT, LONGEST_SHORT_FRAME, ShortFrames
from .errors import (
    BufferLimitError,
    CorruptedLengthError,
    FrameTooLongError,
    FramingError,
    SplitCharacterError,
    TruncatedFrameError,
)
from .frames import DELIMITER, Frame
from .lazy_regex import lazy_regex
from .units import MAX_UNIT_SIZE, LengthUnit, incomplete_tail
from .versions import NEWEST

# What parseInt reads: white space (ECMA-262, 12.2 and 12.3), a sign, digits; the
# rest is ignored.
_INTEGER = lazy_regex(
    "[\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*"
    "([+-]?)0*([0-9]+)"
)
# Longer than any buffer: such a frame is waited for, whatever its digits.
_MAX_DIGITS = 18
_EXCERPT = 40  # characters of a corrupted length that an error shows


class FrameDecoder(ShortFrames):
    """Cut one direction of a connection into frames.

    Push bytes with :meth:`receive_data`, pull frames with :meth:`next_frame` until
    it returns None, and say that the stream is over with :meth:`receive_eof`. To be
    exact to Nest, and to take time in proportion to the bytes, pull after every push:
    Nest tests its limit, and loses what it loses in an error, once for each piece
    that it reads.

    Args:
        max_units: Code units to buffer, whole frames after the first included;
            Nest's option ``maxBufferSize``, by default what the newest Nest has.
            None sets no limit, as in Nest 10: a NestVersion's ``max_units``.
        max_length: Longest body to accept, in code units, refused as soon as its
            length is read; None accepts any, as Nest does.
        unit: What the writer's lengths count. Nest counts UTF-16 code units; with
            another unit frames are read that Nest itself cannot read, and both
            limits count in it.
    """

    def __init__(
        self,
        *,
        max_units: int | None = NEWEST.max_units,
        max_length: int | None = None,
        unit: LengthUnit = LengthUnit.UTF16,
    ) -> None:
        self.max_units = max_units
        self.max_length = max_length
        self.unit = unit
        # Bytes while what comes is at least as much as what is left, else grown in
        # place, so that neither small frames nor small chunks are copied often.
        self._buffer = b""
        self._base = self._position = self._surplus = 0
        self._utf16 = unit is LengthUnit.UTF16
        self._frame = Frame
        self._searched = 0  # in the buffer: no delimiter precedes it
        self._held = b""  # the start of a character
        self._length: int | None = None  # of the body, once its header is read
        self._frame_offset = 0  # … in bytes of the stream
        self._error: FramingError | None = None
        self._eof = False
        self._look_for_short_frames()

    @property
    def buffered(self) -> int:
        """Bytes received that belong to no frame returned so far."""
        received = self._base + len(self._buffer) + len(self._held)
        return received - self._pending_offset

    @property
    def rest(self) -> bytes:
        """The bytes received after the last delimiter or body that was read."""
        return bytes(self._buffer[self._position :]) + self._held

    @property
    def buffered_units(self) -> int:
        """Code units buffered after what is consumed; whole characters only.

        Source: ``json-socket.ts``, the length of ``JsonSocket.buffer``.
        """
        return len(self._buffer) - self._position - self._surplus

    @property
    def consumed(self) -> int:
        """Bytes of the stream before those that are buffered: where a frame begins."""
        return self._pending_offset

    @property
    def awaited_units(self) -> int | None:
        """Length of the body that comes next; None until its header is read.

        Source: ``json-socket.ts``, ``JsonSocket.contentLength``.
        """
        return self._length

    def receive_data(self, data: bytes | bytearray) -> None:
        """Take the next bytes of the stream, in any pieces."""
        if self._held or not data.isascii():
            data = self._whole_characters(data)
            self._surplus += len(data) - self.unit.count(data)
        self._append(data)
        if (
            self.max_units is not None
            and self.buffered_units > self.max_units
            and self._error is None
        ):
            self._error = BufferLimitError(
                f"{self.buffered_units:,} units buffered, above the limit of "
                f"{self.max_units:,}",
                offset=self._pending_offset,
            )
        self._look_for_short_frames()

    @property
    def ready(self) -> bool:
        """Whether a frame begins with the next byte, and may be a short one.

        Then bytes that :func:`~protocol.cutting.whole_body` reads may be passed over.
        """
        return self._direct and self._position == len(self._buffer) and not self._held

    def pass_over(self, size: int) -> None:
        """Learn of bytes that were read elsewhere: whole frames, while it was ready.

        At any other time what is buffered would be misplaced by them.
        """
        self._base += size

    def receive_eof(self) -> None:
        """Learn that no more bytes will come."""
        self._eof = True

    def reset(self) -> None:
        """Drop what is buffered and start afresh, as Nest does after an error.

        Nest forgets its buffer and no more: the first bytes of a character whose
        rest has not come stay, and so does a length that was read before its limit
        was passed (the bytes that follow then count as that body).
        """
        if not isinstance(self._error, BufferLimitError):
            self._length = None
        self._base += len(self._buffer)
        self._buffer, self._position, self._searched, self._surplus = b"", 0, 0, 0
        self._error = None
        self._look_for_short_frames()

    @property
    def _pending_offset(self) -> int:
        """Where the frame begins that is not complete, in bytes of the stream."""
        if self._length is not None:
            return self._frame_offset
        return self._base + self._position

    def _whole_characters(self, data: bytes | bytearray) -> bytes:
        """Return the held bytes and ``data`` up to the last whole character."""
        data = self._held + bytes(data)
        end = len(data) - incomplete_tail(data)
        self._held = data[end:]
        return data[:end]

    def _append(self, data: bytes | bytearray) -> None:
        """Append ``data`` to what is left of the buffer."""
        if len(self._buffer) - self._position <= len(data):
            self._buffer = bytes(self._buffer[self._position :]) + data
        else:
            if isinstance(self._buffer, bytes):
                self._buffer = bytearray(self._buffer)
            del self._buffer[: self._position]
            self._buffer += data
        self._base += self._position
        self._searched = max(self._searched - self._position, 0)
        self._position = 0

    def _look_for_short_frames(self) -> None:
        self._direct = (
            self._length is None
            and self._error is None
            and isinstance(self._buffer, bytes)
            and (self.max_length is None or self.max_length >= LONGEST_SHORT)
            and (self.max_units is None or self.max_units >= LONGEST_SHORT_FRAME)
        )

    def _next_frame(self) -> Frame | None:
        """Do what :meth:`next_frame` says for any frame."""
        if self._error is not None:
            raise self._error
        try:
            if self._position == len(self._buffer):
                self._forget_consumed()
            if self._length is None:
                self._read_header()
            if self._length is not None and self.buffered_units >= self._length:
                return self._take_body(self._length)
            if self._eof:
                self._check_end()
        except FramingError as error:
            self._error = error
            raise
        finally:
            self._look_for_short_frames()
        return None

    def _forget_consumed(self) -> None:
        """Hold nothing of what was read: many a connection is idle for long."""
        self._base += self._position
        self._buffer, self._position, self._searched = b"", 0, 0

    def _read_header(self) -> None:
        """Consume a length and its delimiter, if both have come."""
        end = self._buffer.find(DELIMITER, max(self._searched, self._position))
        if end < 0:
            self._searched = len(self._buffer)
            return
        header = bytes(self._buffer[self._position : end])
        offset = self._base + self._position
        if header.isdigit() and len(header) <= _MAX_DIGITS:
            length = int(header)
        else:
            length = _read_length(header, offset)
            self._surplus -= len(header) - self.unit.count(header)
        self._position = end + 1
        self._length, self._frame_offset = length, offset
        if self.max_length is not None and length > self.max_length:
            raise FrameTooLongError(
                f"a body of {length:,} units, above the limit of {self.max_length:,}",
                offset=offset,
            )

    def _take_body(self, length: int) -> Frame:
        """Consume the body, all of which has come."""
        start = self._position
        body = bytes(self._buffer[start : start + length])
        if not body.isascii():
            body = self._counted_body(start, length)
            self._surplus -= len(body) - length
        self._position = start + len(body)
        self._length = None
        size = self._base + self._position - self._frame_offset
        return Frame(body, self._frame_offset, size)

    def _counted_body(self, start: int, length: int) -> bytes:
        window = bytes(self._buffer[start : start + MAX_UNIT_SIZE * length + 1])
        try:
            return window[: self.unit.size_of(window, length)]
        except ValueError as error:
            raise SplitCharacterError(
                f"length {length:,} ends inside a character", offset=self._frame_offset
            ) from error

    def _check_end(self) -> None:
        """Raise unless nothing but white space is left of the stream."""
        left = self.rest
        if self._length is not None or left.decode("utf-8", "replace").strip():
            raise TruncatedFrameError(
                "the stream ends inside a frame", offset=self._pending_offset
            )


def _read_length(header: bytes, offset: int) -> int:
    try:
        return parse_length(header.decode("utf-8", "replace"))
    except CorruptedLengthError as error:
        raise CorruptedLengthError(error.reason, offset=offset) from None


def parse_length(header: str) -> int:
    """Return what Nest reads before a ``#``; a negative length is 0.

    ``substring(0, -5)`` is the empty string: to Nest both are an empty body. A length
    of more than 18 digits is cut to 19: no buffer will ever hold so much.

    Raises:
        CorruptedLengthError: It does not begin with a number.

    Source: ECMA-262, 19.2.5 (parseInt).
    """
    number = _INTEGER.match(header)
    if number is None:
        excerpt = header if len(header) <= _EXCERPT else f"{header[:_EXCERPT]}…"
        raise CorruptedLengthError(f"corrupted length {excerpt!r}")
    sign, digits = number.groups()
    return 0 if sign == "-" else int(digits[: _MAX_DIGITS + 1])
