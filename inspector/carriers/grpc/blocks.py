"""Header blocks over HEADERS and CONTINUATION: the block, and what of it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .concealing import shown_block
from .frames import content
from .side import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.carriers.base import Concealment

    from .frames import Frame
    from .headers import Field


def block_of(frames: Sequence[Frame]) -> bytes:
    """Return the header block that some frames hold.

    Raises:
        FlawError: One is padded by more than there is.
    """
    if len(frames) == 1:
        begin, end = content(frames[0])
        return frames[0].data[begin:end]
    blocks = []
    for frame in frames:
        begin, end = content(frame)
        blocks.append(frame.data[begin:end])
    return b"".join(blocks)


def block_part(
    frames: Sequence[Frame],
    block: bytes,
    fields: Sequence[Field],
    conceal: Concealment | None,
) -> Part:
    """Return the bytes of a header block, and what of them may be written."""
    if conceal is None and len(frames) == 1:
        return Part(frames[0].begin, frames[0].data, b"")
    sent = b"".join(frame.data for frame in frames)
    if conceal is None:
        return Part(frames[0].begin, sent, b"")
    shown, done = shown_block(block, fields, conceal), 0
    said = []
    for frame in frames:
        begin, end = content(frame)
        own = shown[done : done + end - begin]
        said += [frame.data[:begin], own, b"\0" * (len(frame.data) - end)]
        done += end - begin
    return Part(frames[0].begin, sent, b"".join(said))
