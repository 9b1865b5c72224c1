"""What a command writes to files of Parquet, and what becomes of errors."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from inspector.columnar.folders import key_of, source_of
from inspector.columnar.row_files import LIVE, RowRotation
from inspector.columnar.writing import ParquetFiles
from inspector.errors import UnwritableOutputError
from inspector.words import plural

from .parquet_options import OPTION
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.calls.exchanges import Exchange

    from .parquet_options import ParquetOptions


def open_files(
    options: ParquetOptions,
    captures: Sequence[str],
    source: str = "",
    rotate_ns: int | None = None,
) -> ParquetFiles:
    """Return what writes exchanges.

    Args:
        options: Where to.
        captures: What they are from; none in a live run.
        source: What that is called; empty for the names of the captures.
        rotate_ns: How long a live run writes to a file; None for the usual.

    Raises:
        UnwritableOutputError: The folder cannot be made.
    """
    try:
        return ParquetFiles(
            options.folder,
            source or source_of(captures),
            key=key_of(captures),
            payloads=options.payloads,
            hides=options.hides,
            rotation=RowRotation() if captures else _of_live(rotate_ns),
        )
    except OSError as error:
        raise _unwritable(options.folder, error) from None


def _of_live(rotate_ns: int | None) -> RowRotation:
    return LIVE if rotate_ns is None else LIVE._replace(time_ns=rotate_ns)


def written(
    exchanges: Iterator[Exchange], files: ParquetFiles, folder: str
) -> Iterator[Exchange]:
    """Pass exchanges on, and write them; all files are complete at the end.

    Raises:
        UnwritableOutputError: The folder takes no more.
    """
    try:
        for exchange in exchanges:
            try:
                files.add(exchange)
            except OSError as error:
                raise _unwritable(folder, error) from None
            yield exchange
        try:
            files.close()
        except OSError as error:
            raise _unwritable(folder, error) from None
    finally:
        files.abandon()


def count_of(files: ParquetFiles) -> str:
    """Return how much was written: ``10 exchanges in 1 file``."""
    return f"{plural(files.rows, 'exchange')} in {plural(len(files.files), 'file')}"


class LiveRows:
    """What writes the exchanges of a live run, which goes on where it cannot.

    Args:
        options: Where to.
        source: What they are captured from.
        rotate_ns: How long a file is written to; None for the usual.

    Attributes:
        problems: Why nothing more is written; empty while it is.

    Raises:
        UnwritableOutputError: The folder cannot be made.
    """

    def __init__(
        self, options: ParquetOptions, source: str, rotate_ns: int | None = None
    ) -> None:
        self._folder = options.folder
        self._files = open_files(options, (), source, rotate_ns)
        self.problems: list[UnwritableOutputError] = []

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange."""
        if not self.problems:
            with self._guarded():
                self._files.add(exchange)

    def tick(self, now_ns: int) -> None:
        """Complete what was written to for long enough, by the time of the source."""
        if not self.problems:
            with self._guarded():
                self._files.tick(now_ns)

    def close(self) -> None:
        """Complete all files, and say how many there are."""
        if not self.problems:
            with self._guarded():
                self._files.close()
                say(f"{self._folder}: {count_of(self._files)}", "command")

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Write; when that fails, go on without it."""
        try:
            yield
        except OSError as error:
            self.problems.append(_unwritable(self._folder, error))
            self._files.abandon()


def _unwritable(folder: str, error: OSError) -> UnwritableOutputError:
    """Return the error for a folder, in the words of the system and not of pyarrow."""
    if error.errno is not None:
        error = OSError(error.errno, os.strerror(error.errno))
    return UnwritableOutputError.of(f"{OPTION}: {folder}", error)
