"""Readers that leave early: ``… --write f | head -1`` still has all its work done."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer


class _Pipe(io.RawIOBase):
    """A raw file that takes everything, also when nobody reads it any more."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self._left = False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def isatty(self) -> bool:
        return self._raw.isatty()

    def write(self, data: ReadableBuffer, /) -> int | None:
        if not self._left:
            try:
                return self._raw.write(data)
            except BrokenPipeError:
                self._left = True
        return memoryview(data).nbytes


@contextmanager
def reader_may_leave(*, wanted: bool) -> Iterator[None]:
    """Let what is written to stdout vanish once its reader has gone.

    Args:
        wanted: Whether there is more to do than to write there: otherwise the first
            write that nobody reads ends the command, which is what a pipe is for.
    """
    stdout = sys.stdout
    buffer = getattr(stdout, "buffer", None)
    raw = getattr(buffer, "raw", buffer)  # Python -u has no buffer in between
    if not wanted or not isinstance(raw, io.RawIOBase):
        yield
        return
    stdout.flush()
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(_Pipe(raw)),
        encoding=stdout.encoding,
        errors=stdout.errors,
        line_buffering=stdout.isatty(),
    )
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stdout = stdout
