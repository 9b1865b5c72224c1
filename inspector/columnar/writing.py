"""Exchanges as files of Parquet, each complete or not there at all.

::

    exchanges ─► batches ─► row groups ─► a hidden file ─► its name

A small run is one file. One whose hours have many rows has a folder for each hour, as
Hive partitions, which engines skip whole. Memory is bounded: a row group, and the
exchanges of a batch, are all that waits.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from protocol.named_tuple import NamedTuple

from .arrays import Rows
from .folders import HOUR_NS, Folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from inspector.calls.exchanges import Exchange

_BATCH = 4096  # exchanges
_BATCH_BYTES = 1 << 23  # of their frames
_GROUP = 131_072  # rows of a row group
_GROUP_BYTES = 1 << 26
_LARGE_HOUR = 25_000
"""Rows of an hour that are worth a file; fewer share one."""
_MOST_OPEN = 4  # hours at once: late rows are of one that is over
_MINUTE_NS = 60_000_000_000
_DELTAS = ("number", "time", "latency_ns", "duration_ns", "first_packet")
"""Columns whose values differ little from those before, or fill few bits."""
_WHOLE = ("id", "data", "metadata", "replies", "reply_channel")
"""Columns whose values hardly ever repeat."""


class RowRotation(NamedTuple):
    """When a file is complete, and another begins.

    Attributes:
        rows: How many it has at most.
        time_ns: How long it is written to, in nanoseconds of the source; None for as
            long as there are rows.
    """

    rows: int = 1_000_000
    time_ns: int | None = None


LIVE = RowRotation(time_ns=5 * _MINUTE_NS)
"""… of a run that is watched: what is lost when that is killed is a few minutes."""


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
        self._waiting: list[Exchange] = []
        self._waiting_bytes = 0
        self._held = _Held()
        self._parts: dict[int, _Part] = {}
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
        waiting = self._waiting
        waiting.append(exchange)
        self._waiting_bytes += exchange.request_bytes + exchange.reply_bytes
        if len(waiting) >= _BATCH or self._waiting_bytes > _BATCH_BYTES:
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
            self._complete()

    def close(self) -> None:
        """Write what waits, and complete all files; one is empty if no rows came."""
        self._complete()
        if not self._folder.files:
            self._write_empty()
        self._folder.sweep()

    def abandon(self) -> None:
        """Let go of what is not complete; files that are complete stay."""
        self._waiting.clear()
        self._held.take()
        while self._parts:
            self._parts.popitem()[1].abandon()

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
        batch = self._rows.batch(self._waiting)
        self._converted += batch.num_rows
        self._waiting.clear()
        self._waiting_bytes = 0
        held = self._held
        held.add(batch)
        if held.rows >= _GROUP or held.bytes >= _GROUP_BYTES:
            self._write_group()

    def _write_group(self) -> None:
        """Write the batches that are held, to the files that they belong to."""
        if not self._held.rows:
            return
        table = pa.Table.from_batches(self._held.take(), self._rows.schema)
        if self._folder.hourly is None:
            self._folder.hourly = _is_large(table)
        for hour, rows in self._parted(table):
            self._part_of(hour).write(rows)
        self._complete_full()

    def _parted(self, table: pa.Table) -> Iterator[tuple[int, pa.Table]]:
        """Yield the rows of each file, by the hour that it is of; 0 for all hours."""
        if not self._folder.hourly:
            yield 0, table
            return
        hours = _hours_of(table)
        unlike = sorted(hours.unique().to_pylist())
        for hour in unlike:
            yield hour, table.filter(pc.equal(hours, hour)) if unlike[1:] else table

    def _part_of(self, hour: int) -> _Part:
        part = self._parts.pop(hour, None)
        if part is None:
            while len(self._parts) >= _MOST_OPEN:
                self._finish(next(iter(self._parts)))
            part = _Part(self._folder, self._rows.schema)
        self._parts[hour] = part  # the last that was written to
        return part

    def _complete_full(self) -> None:
        for hour, part in list(self._parts.items()):
            if part.rows >= self._rotation.rows:
                self._finish(hour)

    def _complete(self) -> None:
        """Complete all files, with all that was taken in."""
        if self._waiting:
            self._convert()
        self._write_group()
        for hour in list(self._parts):
            self._finish(hour)
        self._begun_ns = None

    def _finish(self, hour: int) -> None:
        self._parts[hour].finish()
        del self._parts[hour]

    def _write_empty(self) -> None:
        part = _Part(self._folder, self._rows.schema)
        self._parts[0] = part
        part.write(self._rows.schema.empty_table())
        self._finish(0)


class _Held:
    """Batches that wait until they are a row group."""

    def __init__(self) -> None:
        self._batches: list[pa.RecordBatch] = []
        self.rows = self.bytes = 0

    def add(self, batch: pa.RecordBatch) -> None:
        self._batches.append(batch)
        self.rows += batch.num_rows
        self.bytes += batch.nbytes

    def take(self) -> list[pa.RecordBatch]:
        """Return them, and hold none."""
        taken, self._batches = self._batches, []
        self.rows = self.bytes = 0
        return taken


class _Part:
    """A file that is being written.

    Args:
        folder: Where it is.
        schema: Of its rows.

    Attributes:
        rows: How many it has.
    """

    def __init__(self, folder: Folder, schema: pa.Schema) -> None:
        self._folder = folder
        self._schema = schema
        self._writer: pq.ParquetWriter | None = None
        self._path = self._name = Path()
        self.rows = 0

    def write(self, rows: pa.Table) -> None:
        """Write rows as a row group."""
        if self._writer is None:
            self._writer = self._open(rows)
        self._writer.write_table(rows, row_group_size=_GROUP)
        self.rows += rows.num_rows

    def finish(self) -> None:
        """Write the end of the file, and give it its name."""
        if self._writer is not None:
            self._writer.close()
            self._folder.complete(self._path, self._name)
            self._writer = None

    def abandon(self) -> None:
        """Remove the file."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(OSError, pa.ArrowException):  # as what was written before
                writer.close()
            self._path.unlink(missing_ok=True)

    def _open(self, rows: pa.Table) -> pq.ParquetWriter:
        first = rows["time"][0].value if rows.num_rows else 0
        self._path, self._name = self._folder.begin(first)
        names = self._schema.names
        other = {*_DELTAS, *_WHOLE}
        return pq.ParquetWriter(
            self._path,
            self._schema,
            compression="zstd",
            use_dictionary=[each for each in names if each not in other],
            column_encoding=dict.fromkeys(_DELTAS, "DELTA_BINARY_PACKED"),
        )


def _is_large(table: pa.Table) -> bool:
    """Whether hours are worth a file each, by the first rows.

    Fewer than a row group are those of a small run, or of one that is watched.
    """
    whole = table.num_rows >= _GROUP or table.nbytes >= _GROUP_BYTES
    hours = len(_hours_of(table).unique())
    return bool(whole and table.num_rows >= hours * _LARGE_HOUR)


def _hours_of(table: pa.Table) -> pa.ChunkedArray:
    """Return the hour of each row, since 1970."""
    return pc.divide(table["time"].cast(pa.int64()), HOUR_NS)
