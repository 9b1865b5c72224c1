"""Records that a producer has compressed.

====  ======  =====================================================================
code  codec   read by
====  ======  =====================================================================
1     gzip    the standard library
2     snappy  ``cramjam``, raw or in the blocks of Java's ``SnappyOutputStream``
3     lz4     ``cramjam``, as frames
4     zstd    ``zstandard``
====  ======  =====================================================================

Source: https://kafka.apache.org/documentation, "Record Batch", ``attributes``; the
blocks: https://github.com/xerial/snappy-java, ``SnappyCodec``.
"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

from .fields import MalformedError

if TYPE_CHECKING:
    from collections.abc import Callable

CODECS = {1: "gzip", 2: "snappy", 3: "lz4", 4: "zstd"}
MAX_RECORDS = 32 << 20
"""Bytes that the records of a frame may take when they are not compressed any more."""
_GZIP = 16 + zlib.MAX_WBITS
_BLOCKS = b"\x82SNAPPY\x00"
_BLOCKS_HEAD = 16
_LZ4_MOST, _LZ4_HEAD = 255, 64
"""How many bytes one byte of lz4 may be at most, and what small ones need besides."""
_LZ4_TIMES = (8, 64)
_SIZE = struct.Struct(">i")


class LackingError(Exception):
    """What reads a codec is not installed, or not known; the message says which."""


def decompress(codec: int, data: bytes, most: int = MAX_RECORDS) -> bytes:
    """Return records as they were before a producer compressed them.

    Args:
        codec: How they are compressed.
        data: The compressed bytes.
        most: Bytes that they may take: a few may be compressed to many more.

    Raises:
        MalformedError: They are not of that codec, or too large.
        LackingError: What reads it is not installed, or not known.
    """
    reads = _READERS.get(codec)
    if reads is None:
        raise LackingError(f"nothing reads codec {codec}")
    try:
        return reads(data, most)
    except (LackingError, MalformedError):
        raise
    except Exception as error:  # each library has errors of its own
        raise MalformedError(f"its records are not {CODECS[codec]}") from error


def _gzip(data: bytes, most: int) -> bytes:
    reader = zlib.decompressobj(_GZIP)
    found = reader.decompress(data, most + 1)
    _check(len(found), most)
    if not reader.eof:
        raise MalformedError("its records are not one whole gzip")
    return found


def _snappy(data: bytes, most: int) -> bytes:
    if not data.startswith(_BLOCKS):
        return _block(data, most)
    parts, place, size = [], _BLOCKS_HEAD, 0
    while place < len(data):
        (length,) = _SIZE.unpack_from(data, place)
        place += _SIZE.size
        parts.append(_block(data[place : place + length], most - size))
        place, size = place + max(length, 0), size + len(parts[-1])
    return b"".join(parts)


def _block(data: bytes, most: int) -> bytes:
    """Return a raw block of snappy, which says how large it will be."""
    snappy = _cramjam().snappy
    _check(snappy.decompress_raw_len(data), most)
    return bytes(snappy.decompress_raw(data))


def _lz4(data: bytes, most: int) -> bytes:
    """Return what frames of lz4 hold, which need not say how much that is."""
    lz4, largest = _cramjam().lz4, min(most, _LZ4_MOST * len(data) + _LZ4_HEAD)
    for times in _LZ4_TIMES:
        room = bytearray(min(largest, times * len(data) + _LZ4_HEAD))
        try:
            return bytes(room[: lz4.decompress_into(data, room)])
        except Exception:  # noqa: BLE001, S112 — there was too little room, perhaps
            continue
    room = bytearray(largest)
    return bytes(room[: lz4.decompress_into(data, room)])


def _zstd(data: bytes, most: int) -> bytes:
    import zstandard  # noqa: PLC0415 — not where nothing is compressed

    with zstandard.ZstdDecompressor().stream_reader(BytesIO(data)) as reader:
        found = reader.read(most + 1)
    _check(len(found), most)
    return found


def _check(size: int, most: int) -> None:
    if size > most:
        raise MalformedError(f"its records take more than {MAX_RECORDS:,} bytes")


def _cramjam() -> Any:  # noqa: ANN401 — it has no types
    try:
        import cramjam  # noqa: PLC0415 — an extra
    except ImportError as error:
        raise LackingError("install protocol-inspect[kafka]") from error
    return cramjam


_READERS: dict[int, Callable[[bytes, int], bytes]] = {
    1: _gzip,
    2: _snappy,
    3: _lz4,
    4: _zstd,
}
