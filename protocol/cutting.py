"""Many short frames out of a buffer in one step, which is what most of a stream is.

::

    ┌ header ┐┌ body ┐┌ header ┐┌ body ┐┌ header ┐┌ bo…
    3 or 4 characters: looked up in a table of all headers that are plain numbers

ASCII is cut in place. Other text is turned into UTF-16 as a whole, where a code
unit is two bytes, and cut there: to count the units of each frame costs far more.

A cut ends before the first frame that is long, has an unusual header, holds
invalid UTF-8 or has not all come; :class:`~protocol.decoder.FrameDecoder` knows how to
read that.

Source: ``packages/microservices/helpers/json-socket.ts``, ``handleData``.
"""

from __future__ import annotations

from codecs import utf_8_decode
from itertools import repeat

LONGEST_SHORT = 999
"""Code units of the longest body that counts as short."""
LONGEST_SHORT_FRAME = LONGEST_SHORT + 4
"""… with its header."""

# Looking a header up costs a third of reading it. Of one digit and bodies that small
# there is no traffic; their headers would make the keys of three lengths.
_HEADERS = {b"%d#" % length: length for length in range(10, LONGEST_SHORT + 1)}
_HEADERS_IN_UTF16 = {
    header.decode().encode("utf-16-le"): length for header, length in _HEADERS.items()
}
find_short_header = _HEADERS.get
"""Three or four bytes → the length, if they are a header."""

_WINDOW = 256  # bytes of other text to look at for each frame that is wanted


def whole_body(data: bytes) -> bytes | None:
    """Return the body of bytes that are exactly one frame, short and ASCII.

    Most frames travel in a segment of their own. None for anything else.
    """
    size, length = 4, find_short_header(data[:4])  # three digits are the most likely
    if length is None:
        size, length = 3, find_short_header(data[:3])
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
    size, take, find = len(buffer), bodies.append, find_short_header
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
    bodies: list[bytes] = []
    try:
        window = buffer[start : start + _WINDOW * limit]
        text, _ = utf_8_decode(window, "strict", False)  # noqa: FBT003 — it may go on
    except UnicodeDecodeError:
        return bodies, start, 0
    utf16, place = text.encode("utf-16-le"), 0
    size, take, find = len(utf16), bodies.append, _HEADERS_IN_UTF16.get
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
        start += (body - place) // 2 + len(bodies[-1])
        place = end
    return bodies, start, place // 2
