"""Batches of rows as files of Parquet, each complete or not there at all.

::

    batches ─► row groups ─► a hidden file ─► its name

A small run is one file. One whose hours have many rows has a folder for each hour, as
Hive partitions, which engines skip whole. Memory is bounded: a row group is all that
waits.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from protocol.named_tuple import NamedTuple

from .folders import HOUR_NS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .folders import Folder

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


class RowFiles:
    """Write batches of rows to a folder.

    Args:
        folder: Where to.
        schema: Of the rows, with a column ``time``.
        rotation: When a file is complete.

    Raises:
        OSError: Of all methods that write: nothing more can be written.
    """

    def __init__(
        self, folder: Folder, schema: pa.Schema, rotation: RowRotation
    ) -> None:
        self._folder, self._schema, self._rotation = folder, schema, rotation
        self._held = _Held()
        self._parts: dict[int, _Part] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Take in rows."""
        held = self._held
        held.add(batch)
        if held.rows >= _GROUP or held.bytes >= _GROUP_BYTES:
            self._write_group()

    def complete(self) -> None:
        """Complete all files, with all that was taken in."""
        self._write_group()
        for hour in list(self._parts):
            self._finish(hour)

    def close(self) -> None:
        """Complete all files; one is empty if no rows came."""
        self.complete()
        if not self._folder.files:
            self._write_empty()
        self._folder.sweep()

    def abandon(self) -> None:
        """Let go of what is not complete."""
        self._held.take()
        while self._parts:
            self._parts.popitem()[1].abandon()
        self._folder.abandon()

    def _write_group(self) -> None:
        """Write the batches that are held, to the files that they belong to."""
        if not self._held.rows:
            return
        table = pa.Table.from_batches(self._held.take(), self._schema)
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
            part = _Part(self._folder, self._schema)
        self._parts[hour] = part  # the last that was written to
        return part

    def _complete_full(self) -> None:
        for hour, part in list(self._parts.items()):
            if part.rows >= self._rotation.rows:
                self._finish(hour)

    def _finish(self, hour: int) -> None:
        self._parts[hour].finish()
        del self._parts[hour]

    def _write_empty(self) -> None:
        part = _Part(self._folder, self._schema)
        self._parts[0] = part
        part.write(self._schema.empty_table())
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
