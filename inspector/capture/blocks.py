"""A file read in large blocks, so that records are slices and not calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import BinaryIO

_BLOCK_SIZE = 1 << 18


class BlockReader:
    """A window on a file that moves forward.

    Attributes:
        name: What to call the file in an error.
        data: The bytes of the window.
        position: Where in the window the unread bytes begin; a reader moves it.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self.data = b""
        self.position = 0
        self._file = file

    @property
    def left(self) -> int:
        """Bytes of the window that are not read yet."""
        return len(self.data) - self.position

    def fill(self, wanted: int) -> bool:
        """Make at least ``wanted`` unread bytes stand in the window, if there are.

        A pipe is waited for no longer than it takes to have them.
        """
        if self.left >= wanted:
            return True
        pieces = [self.data[self.position :]]
        missing = wanted - len(pieces[0])
        while missing > 0 and (piece := self._read(max(missing, _BLOCK_SIZE))):
            pieces.append(piece)
            missing -= len(piece)
        self.data, self.position = b"".join(pieces), 0
        return missing <= 0

    def take(self, size: int) -> bytes:
        """Read ``size`` bytes, fewer where the file ends."""
        self.fill(size)
        start = self.position
        self.position = min(start + size, len(self.data))
        return self.data[start : self.position]

    def peek(self, size: int) -> bytes:
        """Return the next ``size`` bytes without reading them."""
        self.fill(size)
        return self.data[self.position : self.position + size]

    def _read(self, size: int) -> bytes:
        read = getattr(self._file, "read1", self._file.read)
        piece: bytes = read(size)
        return piece
