"""Compressed captures: gzip and zstd streams to the bytes in them.

A stream that is damaged or cut off gives what stands before that, and a problem that
is told when the capture has been read so far.

Source: RFC 1952, section 2.2 (members follow each other); RFC 8878, section 3.1.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from .blocks import BlockReader

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_ZSTD_SKIPPABLE = b"\x2a\x4d\x18"  # behind a first byte from 0x50 to 0x5f
_WITH_GZIP_HEADER = 16 + zlib.MAX_WBITS
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


class Decompressor:
    """The bytes in a compressed file, to be read like a file.

    Args:
        name: Of the format, for a problem.
        blocks: The compressed bytes.
        member: Makes a decoder for the next stream of the file.

    Attributes:
        problem: Why the bytes end too early; empty when they do not.
    """

    def __init__(
        self, name: str, blocks: BlockReader, member: Callable[[], _Member]
    ) -> None:
        self.problem = ""
        self._name = name
        self._blocks = blocks
        self._new_member = member
        self._member = member()
        self._begun = True

    def read1(self, size: int) -> bytes:
        """Read some bytes, about ``size`` at most; none at the end.

        A pipe is not waited for when there is something to return.
        """
        pieces, length = [], 0
        while length < size and not self.problem:
            compressed = self._blocks.take_some(_BITE, wait=not pieces)
            if not compressed:
                if not pieces and self._begun:
                    self.problem = f"its {self._name} stream is cut off"
                break
            piece = self._decompress(compressed)
            if piece:
                pieces.append(piece)
                length += len(piece)
        return b"".join(pieces)

    read = read1

    def _decompress(self, compressed: bytes) -> bytes:
        data = b""
        while compressed:
            if self._member.eof:
                self._member = self._new_member()
            self._begun = True
            try:
                data += self._member.decompress(compressed)
            except Exception as error:  # noqa: BLE001 — each decoder has its own
                self.problem = f"its {self._name} stream is damaged ({error})"
                break
            if not self._member.eof:
                break
            self._begun = False
            compressed = self._member.unused_data.lstrip(b"\0")  # padding of tapes
        return data


def decompressor(magic: bytes, blocks: BlockReader) -> Decompressor | None:
    """Return what reads a compressed file; None when its first bytes tell of none."""
    if magic.startswith(_GZIP):
        return Decompressor("gzip", blocks, _gzip_member)
    if magic.startswith(_ZSTD) or magic[1:4] == _ZSTD_SKIPPABLE:
        return Decompressor("zstd", blocks, _zstd_member)
    return None


def _gzip_member() -> _Member:
    return zlib.decompressobj(_WITH_GZIP_HEADER)


def _zstd_member() -> _Member:
    # Few captures are compressed so; the others need not wait for the library.
    import zstandard  # noqa: PLC0415

    return zstandard.ZstdDecompressor().decompressobj()
