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


def blank(size: int) -> bytes:
    """Return a compressed message of so many bytes that holds nothing but ``x``.

    A block with fixed codes, in which an ``x`` takes eight bits, so that it can be
    inflated whatever came before. Source: RFC 1951, section 3.2.6.
    """
    if size < len(_SMALL):
        return _SMALL[size]
    return b"\xaa" + b"\xa8" * (size - len(_SMALL)) + b"\x00\x00"


_SMALL = (b"", b"\x00", b"\x02\x00")  # with no ``x`` in them
