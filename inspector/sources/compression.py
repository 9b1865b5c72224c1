"""Compressed captures: gzip, zstd, xz and bzip2 streams to the bytes in them.

A damaged or truncated stream gives what precedes the damage, and then an error.

Source: RFC 1952, section 2.2 (members follow each other); RFC 8878, section 3.1.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from .blocks import BlockReader

_GZIP = b"\x1f\x8b"
_XZ = b"\xfd7zX"
_BZIP2 = b"BZh"
_XZ_MEMORY = 1 << 28  # bytes; level 9 of xz takes 65 MiB
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE = b"\x2a\x4d\x18"  # after a first byte from 0x50 to 0x5f
_WITH_GZIP_HEADER = 16 + zlib.MAX_WBITS
_MOST = 1 << 20
"""Bytes that are decoded at once where the decoder can be held."""
_BITE = 512
"""Compressed bytes decoded at once: what a bomb can make of them is some MiB, and what
damage takes with it is what stands in them."""


class _Member(Protocol):
    """One of the compressed streams that follow each other in a file."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class _Gradual(Protocol):
    """A decoder that returns as much as it is asked for, and keeps the rest."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Bounded:
    """A stream of which a few bytes may hold hundreds of megabytes.

    Args:
        decoder: Reads it.
    """

    def __init__(self, decoder: _Gradual) -> None:
        self._decoder = decoder

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data

    @property
    def pending(self) -> bool:
        """Whether there is more before more bytes are taken."""
        return not (self._decoder.needs_input or self._decoder.eof)

    def decompress(self, data: bytes) -> bytes:
        return self._decoder.decompress(data, _MOST)


class CompressedStreamError(OSError):
    """A compressed stream is damaged, or ends too early."""


class Decompressor:
    """The bytes in a compressed file, to be read like a file.

    Args:
        name: Of the format, for an error.
        blocks: The compressed bytes.
        new_member: Makes a decoder for the next stream of the file.
    """

    def __init__(
        self, name: str, blocks: BlockReader, new_member: Callable[[], _Member]
    ) -> None:
        self._name = name
        self._blocks = blocks
        self._new_member = new_member
        self._member = new_member()
        self._inside = False  # … a member, so that the file may not end here
        self._damage = ""

    def read1(self, size: int) -> bytes:
        """Read some bytes, about ``size`` at most; none at the end.

        A pipe is not waited for while there is something to return.

        Raises:
            CompressedStreamError: The stream is damaged or truncated here; all bytes
                before were read.
        """
        blocks, length = self._blocks, 0
        pieces: list[bytes] = []
        while length < size and not self._damage:
            if isinstance(self._member, _Bounded) and self._member.pending:
                pieces.append(self._go_on())
                length += len(pieces[-1])
                continue
            if not blocks.left and (pieces or not blocks.fill(1)):
                break
            piece = self._decompress(blocks.take(min(_BITE, blocks.left)))
            if piece:
                pieces.append(piece)
                length += len(piece)
        if not pieces:
            self._check_end()
        return b"".join(pieces)

    read = read1

    def _check_end(self) -> None:
        if not self._damage and self._inside:
            self._damage = self._blocks.problem or f"its {self._name} data is truncated"
        if self._damage:
            raise CompressedStreamError(self._damage)

    def _go_on(self) -> bytes:
        """Return more of what the bytes that were taken before hold."""
        try:
            data = self._member.decompress(b"")
        except Exception:  # noqa: BLE001 — each library has its own
            self._damage = f"its {self._name} data is damaged"
            return b""
        self._inside = not self._member.eof
        return (
            data if self._inside else data + self._decompress(self._member.unused_data)
        )

    def _decompress(self, compressed: bytes) -> bytes:
        data = b""
        while compressed := self._without_padding(compressed):
            if self._member.eof:
                self._member = self._new_member()
            self._inside = True
            try:
                data += self._member.decompress(compressed)
            except Exception:  # noqa: BLE001 — each library has its own
                self._damage = f"its {self._name} data is damaged"
                break
            if not self._member.eof:
                break
            self._inside = False
            compressed = self._member.unused_data
        return data

    def _without_padding(self, compressed: bytes) -> bytes:
        """Drop the zeros that a tape leaves after a stream."""
        return compressed if self._inside else compressed.lstrip(b"\0")


def decompressor(blocks: BlockReader) -> Decompressor | None:
    """Return what reads a compressed file; None when its first bytes show none."""
    magic = blocks.peek(4)
    if magic.startswith(_GZIP):
        return Decompressor("gzip", blocks, _gzip_member)
    if magic == _ZSTD or (magic[1:] == _ZSTD_SKIPPABLE and magic[0] >> 4 == 5):  # noqa: PLR2004
        return Decompressor("zstd", blocks, _zstd_member)
    if magic == _XZ:
        return Decompressor("xz", blocks, _xz_member)
    if magic.startswith(_BZIP2):
        return Decompressor("bzip2", blocks, _bzip2_member)
    return None


def _gzip_member() -> _Member:
    return zlib.decompressobj(_WITH_GZIP_HEADER)


def _zstd_member() -> _Member:
    # Few captures are compressed so; the others need not wait for the library.
    import zstandard  # noqa: PLC0415

    return zstandard.ZstdDecompressor().decompressobj()


def _xz_member() -> _Member:
    import lzma  # noqa: PLC0415 — not in every Python

    return _Bounded(lzma.LZMADecompressor(lzma.FORMAT_XZ, _XZ_MEMORY))


def _bzip2_member() -> _Member:
    import bz2  # noqa: PLC0415 — not in every Python

    return _Bounded(bz2.BZ2Decompressor())
