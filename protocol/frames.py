"""Frames: one JSON text each, after its length in UTF-16 code units.

::

    33#{"pattern":"log","data":"求和1111"}
    ── ───────────────────────────────────
    │  └ body: JSON text in UTF-8
    └ length of the body, decimal, in UTF-16 code units

There is no terminator, no separator, no version and no handshake.

Source: ``packages/microservices/helpers/json-socket.ts``, ``formatMessageData``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from .units import count_units

if TYPE_CHECKING:
    from collections.abc import Sequence

DELIMITER = b"#"
"""What ends the length. Source: ``json-socket.ts``, ``JsonSocket.delimiter``."""


class Frame(msgspec.Struct, frozen=True, gc=False):
    """One frame as it was read from a stream.

    Attributes:
        body: The JSON text as it travelled, which may be invalid UTF-8.
        offset: Bytes from the start of the stream to the frame's first byte.
        size: Bytes of the whole frame, its length and delimiter included.
    """

    body: bytes
    offset: int
    size: int

    @property
    def text(self) -> str:
        """The string that Nest would parse: invalid UTF-8 replaced by U+FFFD."""
        return self.body.decode("utf-8", "replace")


# The lengths of most frames: formatting a number takes longer than looking it up.
_SHORT = 1_000  # bytes
_HEADERS = [b"%d#" % length for length in range(_SHORT)]


def encode_frame(body: bytes) -> bytes:
    """Return a JSON text as a frame, ready to be written at once."""
    size = len(body)
    if size < _SHORT and body.isascii():
        return _HEADERS[size] + body
    return b"%d#%b" % (count_units(body), body)


def encode_frames(bodies: Sequence[bytes]) -> bytes:
    """Return JSON texts as frames, one after the other, ready to be written at once.

    It is quick if all of them are short and ASCII, as most are: a function call for
    each would cost more than the frame.
    """
    try:
        frames = b"".join([_HEADERS[len(body)] + body for body in bodies])
    except IndexError:  # one is long
        frames = b""
    if frames and frames.isascii():
        return frames
    return b"".join(map(encode_frame, bodies))
