"""The codes of the findings that errors of the format are."""

from __future__ import annotations

from protocol import (
    BufferLimitError,
    DecodeError,
    FramingError,
    InvalidJsonError,
    SplitCharacterError,
)


def code_of(error: DecodeError) -> str:
    """Return the code of the finding that an error is; see ``docs/findings.md``."""
    if isinstance(error, BufferLimitError):
        return "buffer-limit"
    if isinstance(error, SplitCharacterError | InvalidJsonError):
        return "invalid-json"
    return "corrupted-length" if isinstance(error, FramingError) else "unknown-packet"
