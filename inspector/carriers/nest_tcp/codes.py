"""Errors of the format as trouble, and the codes of the findings that they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Trouble
from protocol import (
    BufferLimitError,
    DecodeError,
    FramingError,
    InvalidJsonError,
    PacketError,
    SplitCharacterError,
)

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Side, Span


def trouble_of(
    error: DecodeError, span: Span, side: Side, lost: int, conceal: Concealment | None
) -> Trouble:
    """Return what is to be said of bytes that cannot be read.

    Args:
        error: Why not.
        span: Where they are.
        side: Whose they are.
        lost: Bytes after them that the receiver drops with them.
        conceal: What hides secrets in words; None where nothing is hidden.
    """
    reason = error.reason
    return Trouble(
        side=side,
        begin=span.begin,
        end=span.end,
        code=code_of(error),
        detail=reason if conceal is None else conceal.words(reason),
        lost=lost,
        framed=isinstance(error, PacketError),
    )


def code_of(error: DecodeError) -> str:
    """Return the code of the finding that an error is; see ``docs/findings.md``."""
    if isinstance(error, BufferLimitError):
        return "buffer-limit"
    if isinstance(error, SplitCharacterError | InvalidJsonError):
        return "invalid-json"
    return "corrupted-length" if isinstance(error, FramingError) else "unknown-packet"
