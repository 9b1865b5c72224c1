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

import re

from .errors import (
    BufferLimitError,
    CorruptedLengthError,
    FrameTooLongError,
    FramingError,
    SplitCharacterError,
    TruncatedFrameError,
)
from .frames import DELIMITER, Frame
from .units import MAX_UNIT_SIZE, count_units, incomplete_tail, size_of_units

NEST_MAX_UNITS = 512 * 1024 * 1024 // 4
"""UTF-16 code units that Nest 11 and later buffer before they give up.

Source: ``json-socket.ts``, ``DEFAULT_MAX_BUFFER_SIZE``.
"""

# What parseInt reads: white space (ECMA-262, 12.2 and 12.3), a sign, digits; the
# rest is ignored.
_INTEGER = re.compile(
    "[\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]*"
    "([+-]?)0*([0-9]+)"
)
# Longer than any buffer: such a frame is waited for, whatever its digits.
_MAX_DIGITS = 18
_EXCERPT = 40  # characters of a corrupted length that an error shows


class FrameDecoder:
    """Cut one direction of a connection into frames.

    Push bytes with :meth:`receive_data`, pull frames with :meth:`next_frame` until
    it returns None, and say that the stream is over with :meth:`receive_eof`. To be
    exact to Nest, pull after every push: Nest tests its limit, and loses what it
    loses in an error, once for each piece that it reads.

    Args:
        max_units: Code units to buffer, whole frames behind the first included;
            Nest's option ``maxBufferSize``.
        max_length: Longest body to accept, in code units, refused as soon as its
            length is read; None accepts any, as Nest does.
    """

    def __init__(
        self, *, max_units: int = NEST_MAX_UNITS, max_length: int | None = None
    ) -> None:
        self.max_units = max_units
        self.max_length = max_length
        self._buffer: bytes | bytearray = b""  # … of whole characters
        self._position = 0  # in the buffer: what stands before it is consumed
        self._searched = 0  # in the buffer: no delimiter stands before it
        self._units = 0  # behind the position
        self._held = b""  # the start of a character
        self._offset = 0  # of the position, in bytes of the stream
        self._frame_offset = 0  # … of the frame being read
        self._length: int | None = None  # of its body, once its header is read
        self._error: FramingError | None = None
        self._eof = False

    @property
    def buffered(self) -> int:
        """Bytes received that belong to no frame returned so far."""
        consumed = self._offset - self._frame_offset if self._length is not None else 0
        return consumed + len(self._buffer) - self._position + len(self._held)

    def receive_data(self, data: bytes | bytearray) -> None:
        """Take the next bytes of the stream, in any pieces."""
        if self._held or not data.isascii():
            data = self._whole_characters(data)
        if self._position == len(self._buffer):
            self._buffer = bytes(data)
        else:
            if not isinstance(self._buffer, bytearray):
                self._buffer = bytearray(self._buffer)
            del self._buffer[: self._position]
            self._buffer += data
        self._searched = max(self._searched - self._position, 0)
        self._position = 0
        self._units += len(data) if data.isascii() else count_units(bytes(data))

    def receive_eof(self) -> None:
        """Learn that no more bytes will come."""
        self._eof = True

    def next_frame(self) -> Frame | None:
        """Return the next whole frame, or None when it has not all arrived.

        Raises:
            CorruptedLengthError: No number stands before the delimiter.
            SplitCharacterError: The length ends inside a character.
            BufferLimitError: More than ``max_units`` are buffered.
            FrameTooLongError: The length is above ``max_length``.
            TruncatedFrameError: The stream ended inside a frame.

        After an error every call raises the same, until :meth:`reset`.
        """
        if self._error is not None:
            raise self._error
        try:
            if self._units > self.max_units:
                self._refuse_buffer()
            if (self._length is None and not self._read_header()) or (
                self._units < self._length  # type: ignore[operator]  # read above
            ):
                return self._check_end() if self._eof else None
            return self._take_body()
        except FramingError as error:
            self._error = error
            raise

    def reset(self) -> None:
        """Drop what is buffered and start afresh, as Nest does after an error.

        Nest forgets its buffer and no more: the first bytes of a character whose
        rest has not come stay, and so does a length that was read before its limit
        was passed (the bytes that follow then count as that body).
        """
        if not isinstance(self._error, BufferLimitError):
            self._length = None
        self._offset += len(self._buffer) - self._position
        self._buffer, self._position, self._searched, self._units = b"", 0, 0, 0
        self._error = None

    def _whole_characters(self, data: bytes | bytearray) -> bytes:
        """Return the held bytes and ``data`` up to the last whole character."""
        data = self._held + bytes(data)
        end = len(data) - incomplete_tail(data)
        self._held = data[end:]
        return data[:end]

    def _read_header(self) -> bool:
        """Consume a length and its delimiter, if both have come."""
        end = self._buffer.find(DELIMITER, self._searched)
        if end < 0:
            self._searched = len(self._buffer)
            return False
        header = bytes(self._buffer[self._position : end])
        self._frame_offset = self._offset
        if header.isdigit() and len(header) <= _MAX_DIGITS:
            self._length = int(header)
            self._consume(len(header) + 1, len(header) + 1)
        else:
            self._length = self._parse_length(header)
            self._consume(len(header) + 1, count_units(header) + 1)
        if self.max_length is not None and self._length > self.max_length:
            raise FrameTooLongError(
                f"a body of {self._length:,} units, above the limit of "
                f"{self.max_length:,}",
                offset=self._frame_offset,
            )
        return True

    def _parse_length(self, header: bytes) -> int:
        """Return what parseInt makes of a header; a negative length is 0.

        ``substring(0, -5)`` is the empty string: to Nest both are an empty body.
        """
        text = header.decode("utf-8", "replace")
        number = _INTEGER.match(text)
        if number is None:
            excerpt = text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"
            raise CorruptedLengthError(
                f"corrupted length {excerpt!r}", offset=self._frame_offset
            )
        sign, digits = number.groups()
        return 0 if sign == "-" else int(digits[: _MAX_DIGITS + 1])

    def _take_body(self) -> Frame:
        """Consume the body, all of which has come."""
        length, start = self._length or 0, self._position
        end = start + length
        body = bytes(self._buffer[start:end])
        # As many units as bytes are buffered: it is all ASCII.
        if self._units != len(self._buffer) - start and not body.isascii():
            body = self._counted_body(start, length)
        self._consume(len(body), length)
        self._length = None
        return Frame(body, self._frame_offset, self._offset - self._frame_offset)

    def _counted_body(self, start: int, length: int) -> bytes:
        window = bytes(self._buffer[start : start + MAX_UNIT_SIZE * length + 1])
        try:
            return window[: size_of_units(window, length)]
        except ValueError as error:
            raise SplitCharacterError(
                f"length {length:,} ends inside a character", offset=self._frame_offset
            ) from error

    def _consume(self, size: int, units: int) -> None:
        self._position += size
        self._searched = self._position
        self._offset += size
        self._units -= units

    def _refuse_buffer(self) -> None:
        offset = self._offset if self._length is None else self._frame_offset
        raise BufferLimitError(
            f"{self._units:,} units buffered, above the limit of {self.max_units:,}",
            offset=offset,
        )

    def _check_end(self) -> None:
        """Raise unless nothing but white space is left of the stream."""
        left = bytes(self._buffer[self._position :]) + self._held
        if self._length is not None or left.decode("utf-8", "replace").strip():
            offset = self._offset if self._length is None else self._frame_offset
            raise TruncatedFrameError("the stream ends inside a frame", offset=offset)
