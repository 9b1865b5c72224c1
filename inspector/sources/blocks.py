"""A file read in large blocks, so that records are slices and not calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .reading import Reading

if TYPE_CHECKING:

    class Readable(Protocol):
        """A source of bytes: a file, a pipe, or a decompressor."""

        def read(self, size: int, /) -> bytes:
            """Read at most so many bytes; none at the end."""


_BLOCK_SIZE = 1 << 18


class BlockReader:
    """A window on a file that moves forward.

    A file that cannot be read on ends there, and ``problem`` says why.

    Args:
        file: What to read.
        name: What to call it in an error.
        reading: Of which this is a part, if somebody follows or stops it.

    Attributes:
        name: What to call the file in an error.
        data: The bytes of the window.
        position: Where in the window the unread bytes begin; a reader moves it.
        problem: Why the file ends too early; empty while it does not.
        omissions: By what packets were left out on purpose, as files say.
        secrets: Key logs of TLS that files hold.
        scan: What scans blocks, if records may come in batches; else None.
        words: What that looks for in bodies.
        records_before: How many records came before those of the file.
    """

    def __init__(
        self, file: Readable, name: str, reading: Reading | None = None
    ) -> None:
        self.name = name
        self.data = b""
        self.position = 0
        self.problem = ""
        # read1 of a pipe gives what there is, read waits until there is enough.
        self._read_some = getattr(file, "read1", file.read)
        self._reading = reading or Reading()
        self.omissions = self._reading.omissions
        self.secrets = self._reading.secrets
        self.scan, self.words = self._reading.scan, self._reading.words
        self.records_before = self._reading.records_before

    @property
    def left(self) -> int:
        """Bytes of the window that are not read yet."""
        return len(self.data) - self.position

    def fill(self, wanted: int) -> bool:
        """Read until the window has ``wanted`` unread bytes; return whether it has.

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

    def note_omission(self, choice: str | None) -> None:
        """Note by what packets were left out of the file; None where none were."""
        if choice is not None and choice not in self.omissions:
            self.omissions.append(choice)

    def _read(self, size: int) -> bytes:
        try:
            return self._reading.read(self._read_some, size)
        except OSError as error:
            self.problem = (error.strerror or str(error)).lower()
            return b""
        except EOFError as error:  # so gzip of Python says that a file is truncated
            self.problem = str(error).lower()
            return b""
