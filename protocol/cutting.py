"""Short frames out of what is buffered, which is what most of a stream is.

::

    ┌ header ┐┌ body ┐┌ header ┐┌ body ┐┌ header ┐┌ bo…
    3 or 4 characters: looked up in a table of all headers that are plain numbers

ASCII is cut in place. Other text is decoded as a whole and cut as a string, or as
UTF-16 where some characters are two code units: to count the units of each frame costs
far more.

A cut ends before the first frame that is long, has an unusual header, holds
invalid UTF-8 or has not all come; :class:`~protocol.decoder.FrameDecoder` knows how to
read that.

Where ``_cut.c`` was compiled, it replaces :class:`ShortFrames` and :func:`whole_body`,
and does what they do.

Source: ``packages/microservices/helpers/json-socket.ts``, ``handleData``.
"""

from __future__ import annotations

from codecs import utf_8_decode
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING

from .native import cut
from .units import MAX_UNIT_SIZE, LengthUnit

if TYPE_CHECKING:
    from collections.abc import Callable

    from .frames import Frame

LONGEST_SHORT = 999
"""Code units of the longest body that counts as short."""
LONGEST_SHORT_FRAME = LONGEST_SHORT + 4
"""… with its header."""

# Looking a header up costs a third of reading it. Of one digit and bodies that small
# there is no traffic; their headers would make the keys of three lengths.
_HEADERS = {b"%d#" % length: length for length in range(10, LONGEST_SHORT + 1)}
_find_header = _HEADERS.get

_WINDOW = 96  # bytes of other text to look at for each frame that is wanted


@cache  # needed for other text than ASCII, where nothing was compiled
def _headers_in_text() -> dict[str, int]:
    return {header.decode(): length for header, length in _HEADERS.items()}


@cache
def _headers_in_utf16() -> dict[bytes, int]:
    headers = _headers_in_text().items()
    return {header.encode("utf-16-le"): length for header, length in headers}


def whole_body(data: bytes) -> bytes | None:
    """Return the body of bytes that are exactly one frame, short and ASCII.

    Most frames travel in a segment of their own. None for anything else.
    """
    size, length = 4, _find_header(data[:4])  # three digits are the most likely
    if length is None:
        size, length = 3, _find_header(data[:3])
    if length == len(data) - size and data.isascii():
        return data[size:]
    return None


def cut_ascii(
    buffer: bytes | bytearray, start: int, limit: int
) -> tuple[list[bytes], int]:
    """Cut the short frames at a place, where every byte is a code unit.

    Args:
        buffer: What was received.
        start: Where a frame begins in it.
        limit: How many to cut at most.

    Returns:
        The bodies, and the place after them.
    """
    bodies: list[bytes] = []
    size, take, find = len(buffer), bodies.append, _find_header
    width = 4  # of a header; the next has mostly as many digits as the last
    for _ in repeat(None, limit):
        body = start + width
        length = find(buffer[start:body])  # type: ignore[arg-type]
        if length is None:
            width = 7 - width
            body = start + width
            length = find(buffer[start:body])  # type: ignore[arg-type]
        if length is None or (end := body + length) > size:
            break
        take(buffer[body:end])  # type: ignore[arg-type]
        start = end
    return bodies, start


def cut_text(
    buffer: bytes | bytearray, start: int, limit: int
) -> tuple[list[bytes], int, int]:
    """Cut the short frames at a place, whatever characters are in them.

    Args:
        buffer: What was received.
        start: Where a frame begins in it.
        limit: How many to cut at most.

    Returns:
        The bodies, the place after them, and the code units of all the frames.
    """
    try:
        window = buffer[start : start + _WINDOW * limit]
        text, size = utf_8_decode(window, "strict", False)  # noqa: FBT003 — it goes on
    except UnicodeDecodeError:
        return [], start, 0
    utf16 = text.encode("utf-16-le")
    if len(utf16) == 2 * len(text):  # every character is a code unit
        bodies, units = _cut_characters(text, limit)
        left = text[units:]
    else:
        bodies, units = _cut_utf16(utf16, limit)
        left = utf16[2 * units :].decode("utf-16-le")
    return bodies, start + size - len(left.encode()), units


def _cut_characters(text: str, limit: int) -> tuple[list[bytes], int]:
    """Return the bodies at the beginning of a text, and how long their frames are."""
    bodies: list[bytes] = []
    place, size, take, find = 0, len(text), bodies.append, _headers_in_text().get
    width = 4
    for _ in repeat(None, limit):
        body = place + width
        length = find(text[place:body])
        if length is None:
            width = 7 - width
            body = place + width
            length = find(text[place:body])
        if length is None or (end := body + length) > size:
            break
        take(text[body:end].encode())
        place = end
    return bodies, place


def _cut_utf16(utf16: bytes, limit: int) -> tuple[list[bytes], int]:
    """Do the same with a text in UTF-16; the length is in code units."""
    bodies: list[bytes] = []
    place, size, take, find = 0, len(utf16), bodies.append, _headers_in_utf16().get
    width = 8
    for _ in repeat(None, limit):
        body = place + width
        length = find(utf16[place:body])
        if length is None:
            width = 14 - width
            body = place + width
            length = find(utf16[place:body])
        if length is None or (end := body + 2 * length) > size:
            break
        try:
            take(utf16[body:end].decode("utf-16-le").encode())
        except UnicodeDecodeError:  # it ends inside a character
            break
        place = end
    return bodies, place // 2


class ShortFrames:
    """What is buffered of one direction, and the short frames at its beginning.

    The state of a :class:`~protocol.decoder.FrameDecoder`, which sets it; the names
    are private to the two, and to ``_cut.c``:

    ============  =====================================================================
    ``_buffer``   whole characters that were received, in bytes; in ``bytes`` while what
                  comes is at least as much as what is left, else in a ``bytearray``
    ``_base``     where the buffer begins, in bytes of the stream
    ``_position``  where the next frame begins, in the buffer
    ``_surplus``  bytes after the position, less their code units
    ``_direct``   whether a short frame may be cut without more ado
    ``_utf16``    whether lengths count UTF-16 code units
    ``_frame``    what makes a frame: of its body, its offset and its size
    ============  =====================================================================
    """

    unit: LengthUnit
    _buffer: bytes | bytearray
    _base: int
    _position: int
    _surplus: int
    _direct: bool
    _utf16: bool
    _frame: Callable[[bytes, int, int], Frame]

    def next_frame(self) -> Frame | None:
        """Return the next whole frame, or None when it has not all arrived.

        Raises:
            CorruptedLengthError: There is no number before the delimiter.
            SplitCharacterError: The length ends inside a character.
            BufferLimitError: More than ``max_units`` are buffered.
            FrameTooLongError: The length is above ``max_length``.
            TruncatedFrameError: The stream ended inside a frame.

        After an error every call raises the same, until it is reset.
        """
        # The hot path: a short frame of ASCII, where a byte is a code unit.
        if self._direct:
            buffer, start = self._buffer, self._position
            body = start + 3
            length = _find_header(buffer[start:body])  # type: ignore[arg-type]
            if length is None:
                body += 1
                length = _find_header(buffer[start:body])  # type: ignore[arg-type]
            if length is not None and (end := body + length) <= len(buffer):
                text = buffer[body:end]
                if text.isascii():
                    self._position = end
                    return self._frame(text, self._base + start, end - start)  # type: ignore[arg-type]
                if frame := self._short_frame(body, length):
                    return frame
        return self._next_frame()

    # decision 6: Many frames at a time, beside one by one
    def next_bodies(self, limit: int = 256) -> list[bytes]:
        """Return the bodies of the next whole frames that can be cut quickly.

        Those are short frames, as most are. Where a longer one comes next, and where
        all have been read, nothing is returned: then ask :meth:`next_frame`.

        Args:
            limit: How many at most; it may be fewer.
        """
        if not self._direct or not self._utf16:
            return []
        # Without surplus every byte is a unit of its own, valid or not.
        if not self._surplus:
            bodies, self._position = cut_ascii(self._buffer, self._position, limit)
            return bodies
        start = self._position
        bodies, self._position, units = cut_text(self._buffer, start, limit)
        self._surplus -= self._position - start - units
        return bodies

    def _next_frame(self) -> Frame | None:
        """Do what :meth:`next_frame` says for any frame."""
        raise NotImplementedError

    def _short_frame(self, body: int, length: int) -> Frame | None:
        """Take a frame of any text, if it has all come and is cut where it may be.

        Args:
            body: Where the body begins in the buffer, right after its header.
            length: Units of the body.
        """
        start = self._position
        if len(self._buffer) - body - self._surplus < length:
            return None
        window = bytes(self._buffer[body : body + MAX_UNIT_SIZE * length + 1])
        try:
            size = self.unit.size_of(window, length)
        except ValueError:
            return None
        self._surplus -= size - length
        self._position = body + size
        return self._frame(window[:size], self._base + start, body + size - start)


if cut is not None:
    whole_body = cut.whole_body
    ShortFrames = cut.ShortFrames  # type: ignore[misc]
