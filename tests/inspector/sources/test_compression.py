from __future__ import annotations

import bz2
import gzip
import lzma
import os
import tracemalloc
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from inspector.sources.blocks import BlockReader
from inspector.sources.compression import (
    CompressedStreamError,
    Decompressor,
    decompressor,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_SKIPPABLE = b"\x5a\x2a\x4d\x18\x04\x00\x00\x00abcd"


def _zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(data)


_NAMES: dict[Callable[[bytes], bytes], str] = {
    gzip.compress: "gzip",
    _zstd: "zstd",
    lzma.compress: "xz",
    bz2.compress: "bzip2",
}
each_format = pytest.mark.parametrize("compress", _NAMES)


def _open(compressed: bytes) -> Decompressor:
    found = decompressor(BlockReader(BytesIO(compressed), "file"))
    assert found is not None
    return found


def _read_all(compressed: bytes) -> tuple[bytes, str]:
    """Return all that can be read, and why it ends there."""
    reader, data = _open(compressed), b""
    try:
        while piece := reader.read1(1000):
            data += piece
    except CompressedStreamError as error:
        return data, str(error)
    return data, ""


@each_format
@given(pieces=st.lists(st.binary(max_size=3000), min_size=1, max_size=4))
def test_streams_one_behind_the_other_are_one_file(
    compress: Callable[[bytes], bytes], pieces: list[bytes]
) -> None:
    compressed = b"".join(map(compress, pieces))

    assert _read_all(compressed) == (b"".join(pieces), "")


def test_frames_that_hold_nothing_are_passed_over() -> None:
    assert _read_all(_SKIPPABLE + _zstd(b"data") + _SKIPPABLE) == (b"data", "")


def test_zeros_behind_a_gzip_stream_are_padding() -> None:
    assert _read_all(gzip.compress(b"data") + bytes(512)) == (b"data", "")


@pytest.mark.parametrize(
    "data", [b"", b"\x1f", b"\xd4\xc3\xb2\xa1", b"\x00\x2a\x4d\x18"]
)
def test_what_is_not_compressed_is_left_alone(data: bytes) -> None:
    blocks = BlockReader(BytesIO(data), "file")

    assert decompressor(blocks) is None
    assert blocks.take(10) == data


@each_format
def test_a_stream_cut_anywhere_gives_what_stands_before_the_cut(
    compress: Callable[[bytes], bytes],
) -> None:
    whole = os.urandom(3000)
    compressed = compress(whole)
    name = _NAMES[compress]
    for size in range(4, len(compressed), 7):
        data, problem = _read_all(compressed[:size])
        assert whole.startswith(data)
        assert problem == f"its {name} data is truncated"


@pytest.mark.parametrize("compress", [gzip.compress, _zstd, lzma.compress])
def test_damage_gives_what_stands_before_it(
    compress: Callable[[bytes], bytes],
) -> None:
    whole = os.urandom(400_000)
    compressed = bytearray(compress(whole))
    compressed[300_000] ^= 0xFF
    data, problem = _read_all(bytes(compressed))

    # Only zstd holds all of a block back until it is sure of it.
    assert len(data) > 100_000
    assert whole[:100_000] == data[:100_000]
    assert problem.endswith(" data is damaged")


def test_an_error_stays() -> None:
    reader = _open(gzip.compress(b"data")[:-1])

    assert reader.read1(100) == b"data"
    for _ in range(2):
        with pytest.raises(CompressedStreamError):
            reader.read1(100)


def test_why_the_file_cannot_be_read_is_told() -> None:
    class Broken(BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            piece = super().read1(size)
            if not piece:
                raise OSError(5, "Input/output error")
            return piece

    broken = decompressor(BlockReader(Broken(gzip.compress(b"data")[:-2]), "file"))
    assert broken is not None

    assert broken.read1(10) == b"data"
    with pytest.raises(CompressedStreamError, match="input/output error"):
        broken.read1(10)


def test_a_pipe_is_not_waited_for_while_there_is_something_to_return() -> None:
    readable, writable = os.pipe()
    with os.fdopen(readable, "rb") as file:
        try:
            os.write(writable, gzip.compress(b"first"))
            reader = decompressor(BlockReader(file, "pipe"))
            assert reader is not None
            assert reader.read1(1 << 18) == b"first"
        finally:
            os.close(writable)


@each_format
def test_a_bomb_is_read_in_bounded_memory(compress: Callable[[bytes], bytes]) -> None:
    bomb = compress(bytes(200 << 20))
    reader, size = _open(bomb), 0
    tracemalloc.start()
    try:
        while piece := reader.read1(1 << 18):
            size += len(piece)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert size == 200 << 20
    assert peak < 100 << 20
