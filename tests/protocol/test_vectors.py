"""What the JsonSocket of Nest 12.1.1 did with some streams, and what we do.

``data/nest-12.1.1.jsonl`` was recorded from the real one: chunks as hexadecimal
digits (or as a piece that is repeated), the messages that it emitted, the error that
closed the connection and after which chunk, and what was left in its buffer.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from protocol import (
    BufferLimitError,
    CorruptedLengthError,
    FrameDecoder,
    FramingError,
    SplitCharacterError,
    loads,
    truthy,
)

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "nest-12.1.1.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
_ERRORS: dict[str, tuple[type[ValueError | FramingError], ...]] = {
    "Corrupted length value": (CorruptedLengthError,),
    "Could not parse JSON": (ValueError, SplitCharacterError),
    "The packet length": (BufferLimitError,),
}


class Reader:
    """A decoder and a JSON parser, put together as Nest does it."""

    def __init__(self, vector: dict[str, Any]) -> None:
        limit = {"max_units": vector["max_units"]} if "max_units" in vector else {}
        self.decoder = FrameDecoder(**limit)
        self.messages: list[Any] = []
        self.error: Exception | None = None
        self.closed_after: int | None = None

    def read(self, place: int, chunk: bytes) -> None:
        self.decoder.receive_data(chunk)
        try:
            while frame := self.decoder.next_frame():
                message = loads(frame.text.encode())
                self.messages.append(message if truthy(message) else {})
        except (FramingError, ValueError) as error:
            self.decoder.reset()
            self.error, self.closed_after = error, place


def _bytes_of(chunk: str | dict[str, Any]) -> bytes:
    if isinstance(chunk, str):
        return bytes.fromhex(chunk)
    return bytes.fromhex(chunk["hex"]) * int(chunk["times"])


def _as_doubles(value: object) -> object:
    """Return a value with its integers rounded, as JavaScript holds them."""
    return json.loads(json.dumps(value), parse_int=float)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_stream_is_read_as_nest_read_it(vector: dict[str, Any]) -> None:
    reader = Reader(vector)
    for place, chunk in enumerate(vector["chunks"]):
        reader.read(place, _bytes_of(chunk))

    if "messages" in vector:
        assert _as_doubles(reader.messages) == _as_doubles(vector["messages"])
    assert len(reader.messages) == vector["count"]
    assert reader.closed_after == vector["closed_after_chunk"]
    _check_error(reader.error, vector["error"])
    assert reader.decoder.buffered_units == vector["left_units"]
    assert _capped(reader.decoder.awaited_units) == _capped(vector["left_length"])


def _check_error(error: Exception | None, told: str | None) -> None:
    if told is None:
        assert error is None
        return
    kinds = next(kinds for start, kinds in _ERRORS.items() if told.startswith(start))
    assert isinstance(error, kinds)
    if isinstance(error, CorruptedLengthError):
        header = re.findall(r'value "(.*)" supplied', told, re.DOTALL)
        assert error.reason == f"corrupted length {header[0]!r}"


def _capped(length: float | str | None) -> float | None:
    """Return a length, or the longest that any reader tells from longer ones."""
    return None if length is None else min(float(length), 1e18)


def test_there_are_vectors_of_every_kind() -> None:
    told = {str(vector["error"]).partition(" ")[0] for vector in VECTORS}

    assert told == {"None", "Corrupted", "Could", "The"}
    assert len(VECTORS) > 60
