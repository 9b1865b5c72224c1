"""Exchanges of which it is known only later which count, and then as files of Parquet.

::

    exchanges ─► batches, each row with its mark ─► a piece: a stream of Arrow
    pieces ─► rows whose marks count ─► by one clock, with names ─► row_files

A piece is as small as a file of Parquet nearly, and takes less time to write.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from protocol.named_tuple import NamedTuple

from .arrays import Rows, Waiting
from .folders import Folder
from .row_files import RowFiles, RowRotation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.streams.clocks import Clock

_MARK = "mark"
_NAMED = {"client": "client_name", "server": "server_name"}


class PieceWriter:
    """Write exchanges to a file, each with a mark.

    Args:
        path: The file.
        source: What the exchanges were captured from.
        payloads: Whether rows have payloads, patterns and ids.
        hides: Whether what looks like a secret is hidden in other texts.

    Raises:
        OSError: Also of all methods: the file cannot be written.
    """

    def __init__(self, path: Path, source: str, *, payloads: bool, hides: bool) -> None:
        self._rows = Rows(source, payloads=payloads, hides=hides)
        self._waiting = Waiting()
        self._places: dict[str, int] = {}
        self._marks: list[int] = []
        schema = self._rows.schema.append(pa.field(_MARK, pa.string()))
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        self._file = pa.OSFile(str(path), "wb")
        self._stream = pa.ipc.new_stream(self._file, schema, options=options)

    def add(self, exchange: Exchange, mark: str) -> None:
        """Take in an exchange that is over."""
        self._marks.append(self._places.setdefault(mark, len(self._places)))
        if self._waiting.add(exchange):
            self._write()

    def close(self) -> None:
        """Write what waits, and the end."""
        if self._waiting:
            self._write()
        self._stream.close()
        self._file.close()

    def abandon(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _write(self) -> None:
        batch = self._rows.batch(self._waiting.take())
        marks = pa.array(list(self._places), pa.string())
        own = marks.take(pa.array(self._marks, pa.int32()))
        self._stream.write_batch(batch.append_column(_MARK, own))
        self._places.clear()
        self._marks.clear()


class Piece(NamedTuple):
    """Exchanges in a file, and which of them count.

    Attributes:
        path: The file.
        counts: Says it of a mark.
        clock: The clock of its source, by the one that leads; None where it leads.
        name: What people call the host of an address, ``address:port``; None for
            nothing.
    """

    path: Path
    counts: Callable[[str], bool]
    clock: Clock | None
    name: Callable[[str], str | None]


def gather(
    pieces: Iterable[Piece], folder: str, key: str, *, payloads: bool
) -> tuple[int, int]:
    """Write what counts of pieces to files; return how many rows and files they are.

    No file has its name before all are written.

    Args:
        pieces: In the order in which their rows follow each other.
        folder: Where files are written.
        key: By what they are known: a run with the same key replaces them.
        payloads: Whether pieces have payloads.

    Raises:
        OSError: Nothing more can be written.
    """
    place = Folder(Path(folder), key, together=True)
    schema = Rows("", payloads=payloads).schema
    files, rows = RowFiles(place, schema, RowRotation()), 0
    try:
        for piece in pieces:
            for batch in _counted(piece, schema):
                rows += batch.num_rows
                files.add(batch)
        files.close()
    finally:
        files.abandon()
    return rows, len(place.files)


def _counted(piece: Piece, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a piece that count."""
    with pa.OSFile(str(piece.path)) as file, pa.ipc.open_stream(file) as stream:
        for batch in stream:
            marks = batch[_MARK].dictionary_encode()
            counts = [piece.counts(each) for each in marks.dictionary.to_pylist()]
            kept = batch
            if not all(counts):
                kept = batch.filter(pa.array(counts, pa.bool_()).take(marks.indices))
            if kept.num_rows:
                arrays = [_column(kept, name, piece) for name in schema.names]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _column(batch: pa.RecordBatch, name: str, piece: Piece) -> pa.Array:
    if name == "time" and piece.clock is not None:
        return _leading(batch[name], piece.clock)
    end = next((end for end, named in _NAMED.items() if named == name), None)
    return batch[name] if end is None else _names(batch[end], piece.name)


def _leading(times: pa.Array, clock: Clock) -> pa.Array:
    """Return times as the clock that leads has them."""
    own = times.cast(pa.int64())
    since = pc.cast(pc.subtract(own, clock.at_ns), pa.float64(), safe=False)
    gained = pc.cast(pc.round(pc.multiply(since, clock.drift)), pa.int64(), safe=False)
    return pc.subtract(pc.subtract(own, clock.offset_ns), gained).cast(times.type)


def _names(ends: pa.Array, name: Callable[[str], str | None]) -> pa.Array:
    """Return what people call the hosts of ends, each looked up once."""
    known = ends.dictionary_encode()
    names = [name(each) for each in known.dictionary.to_pylist()]
    return pa.array(names, pa.string()).take(known.indices)
