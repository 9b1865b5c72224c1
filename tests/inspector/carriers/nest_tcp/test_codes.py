from __future__ import annotations

import pytest

from inspector.carriers.nest_tcp.codes import code_of
from protocol import (
    BufferLimitError,
    CorruptedLengthError,
    DecodeError,
    InvalidJsonError,
    SplitCharacterError,
    UnknownPacketError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BufferLimitError("x"), "buffer-limit"),
        (SplitCharacterError("x"), "invalid-json"),
        (InvalidJsonError("x"), "invalid-json"),
        (CorruptedLengthError("x"), "corrupted-length"),
        (UnknownPacketError("x"), "unknown-packet"),
    ],
)
def test_each_error_is_a_finding(error: DecodeError, code: str) -> None:
    assert code_of(error) == code
