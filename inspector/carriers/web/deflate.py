"""permessage-deflate: messages inflated, as far as the capture has what they refer to.

A message may refer to those before it (context takeover). Where the capture lacks one
of these, zlib says so, as a distance too far back: nothing is guessed. Then each
message is tried by itself, and with those right before it.

Source: RFC 7692, section 7.
"""

from __future__ import annotations

import zlib

MOST = 1 << 23
"""Bytes that a message may inflate to."""
_TAIL = b"\x00\x00\xff\xff"
"""What a sender leaves off. Source: RFC 7692, section 7.2.1."""
_RAW = -15


class TooLongError(ValueError):
    """A message inflates to more than :data:`MOST` bytes."""


class Inflater:
    """Inflate the messages of one side, in their order."""

    __slots__ = ("_context",)

    def __init__(self) -> None:
        self._context: zlib._Decompress | None = None

    def lose(self) -> None:
        """Learn that messages are missing: later ones may refer to them."""
        self._context = None

    def inflate(self, payload: bytes) -> bytes | None:
        """Return a message; None where it refers to what is not known.

        Raises:
            TooLongError: It is longer than is read.
        """
        context = self._context or zlib.decompressobj(_RAW)
        self._context = None
        try:
            text = context.decompress(payload + _TAIL, MOST + 1)
        except zlib.error:
            return None
        if len(text) > MOST or context.unconsumed_tail:
            raise TooLongError
        if not context.eof:  # a final block ends the stream, and what it knew
            self._context = context
        return text


class Rewriter:
    """Write the messages of one side again, in as many bytes as they had.

    As long as nothing of them was hidden they stay as they were. From then on what a
    message refers to is gone: each is compressed by itself, if it fits.
    """

    __slots__ = ("_whole",)

    def __init__(self) -> None:
        self._whole = True

    def lose(self) -> None:
        """Learn that a message could not be read: it is not written either."""
        self._whole = False

    def rewritten(self, sent: bytes, text: bytes, shown: bytes) -> bytes:
        """Return what is written of a message.

        Args:
            sent: The message as it travelled.
            text: What it says.
            shown: What it may say; as long as that.
        """
        if self._whole and text == shown:
            return sent
        self._whole = False
        again = packed(shown, len(sent))
        return blank(len(sent)) if again is None else again


def packed(text: bytes, size: int) -> bytes | None:
    """Return a text compressed by itself, with blanks up to a size; None if too long.

    Blanks after JSON say nothing.
    """
    for more in range(_TRIES):
        packer = zlib.compressobj(9, wbits=_RAW)
        data = packer.compress(text + b" " * more) + packer.flush(zlib.Z_SYNC_FLUSH)
        lacking = size - len(data)
        if lacking == -len(_TAIL):
            return data[:lacking]
        if lacking > 0:
            return data + _literals(lacking, _BLANK)
    return None


def blank(size: int) -> bytes:
    """Return a compressed message of so many bytes that holds nothing but ``x``."""
    return _literals(size, _X)


def _literals(size: int, code: int) -> bytes:
    """Return a block with fixed codes, and of one character, that takes so many bytes.

    Three bits say what it is, each character takes eight and the end seven; then three
    more begin an empty block, whose tail is left off.

    Source: RFC 1951, sections 3.2.3 and 3.2.6.
    """
    if size < _LEAST:
        return bytes(size)
    characters = int.from_bytes(bytes([code]) * (size - _LEAST), "little")
    return (characters << 3 | 0b010).to_bytes(size, "little")


_TRIES = 12  # to make a message fit exactly
_LEAST = 2  # bytes of such a block without characters
_X, _BLANK = 0x15, 0x0A  # their fixed codes, the first bit lowest
