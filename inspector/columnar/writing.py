"""Exchanges as files of Parquet, each complete or not there at all.

::

    exchanges ─► batches ─► row_files: a hidden file ─► its name
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from .arrays import Rows, Waiting
from .folders import Folder
from .row_files import RowFiles, RowRotation

if TYPE_CHECKING:
    from types import TracebackType

    from inspector.calls.exchanges import Exchange


# decision 184
class ParquetFiles:
    """Write exchanges to a folder.

    Use it as a context: at its end the files are complete; after an error the one that
    was being written is gone.

    Args:
        folder: Where to; it is made where it is missing, and other files stay in it.
        source: What the exchanges were captured from: a capture, an interface, a host.
        key: By what the files of this run are known: a run with the same key replaces
            them. None for files of their own.
        payloads: Whether rows have payloads, patterns and ids.
        hides: Whether what looks like a secret is hidden in errors, routes and
            channels. Payloads are written as the exchanges have them.
        rotation: When a file is complete.

    Raises:
        OSError: The folder cannot be made; of all methods that write: nothing more can
            be written.
    """

    def __init__(  # noqa: PLR0913 — all but the first two by their names
        self,
        folder: str | Path,
        source: str,
        *,
        key: str | None = None,
        payloads: bool = False,
        hides: bool = True,
        rotation: RowRotation = RowRotation(),  # noqa: B008 — it does not change
    ) -> None:
        self._rows = Rows(source, payloads=payloads, hides=hides)
        self._folder = Folder(Path(folder), key)
        self._rotation = rotation
        self._waiting = Waiting()
        self._files = RowFiles(self._folder, self._rows.schema, rotation)
        self._begun_ns: int | None = None
        self._converted = 0

    @property
    def rows(self) -> int:
        """How many exchanges were taken in."""
        return self._converted + len(self._waiting)

    @property
    def files(self) -> list[Path]:
        """The files that are complete, in the order in which they were."""
        return self._folder.files

    def add(self, exchange: Exchange) -> None:
        """Take in an exchange that is over."""
        if self._waiting.add(exchange):
            self._convert()

    def tick(self, now_ns: int) -> None:
        """Complete what was written to for long enough.

        Args:
            now_ns: The time of the source, in nanoseconds since 1970.
        """
        if self._rotation.time_ns is None or not (self._waiting or self._begun_ns):
            return
        if self._begun_ns is None:
            self._begun_ns = now_ns
        if now_ns - self._begun_ns >= self._rotation.time_ns:
            self._convert()
            self._files.complete()
            self._begun_ns = None

    def close(self) -> None:
        """Write what waits, and complete all files; one is empty if no rows came."""
        self._convert()
        self._files.close()

    def abandon(self) -> None:
        """Let go of what is not complete; files that are complete stay."""
        self._waiting.take()
        self._files.abandon()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.close()
        finally:
            self.abandon()

    def _convert(self) -> None:
        """Make a batch of the exchanges that wait, and let go of them."""
        if self._waiting:
            batch = self._rows.batch(self._waiting.take())
            self._converted += batch.num_rows
            self._files.add(batch)
