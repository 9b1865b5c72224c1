"""Exchanges as batches of Arrow; pyarrow is an extra."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa

from inspector.filters.as_sent import printable

from .columns import FEW, SOURCE, columns_of
from .ends import ends_of
from .hiding import Hiding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inspector.calls.exchanges import Exchange

    from .columns import Column

_TYPES = {
    "text": pa.string(),
    "int": pa.int64(),
    "bool": pa.bool_(),
    "time": pa.timestamp("ns", tz="UTC"),
    "ints": pa.list_(pa.int64()),
    "texts": pa.list_(pa.string()),
}
Table: TypeAlias = pa.Table
_BATCH = 4096  # exchanges
_BATCH_BYTES = 1 << 23  # of their frames
VERSION = "1"
"""Of the columns: it changes when one of them means something else."""


class Rows:
    """Makes batches of exchanges.

    Args:
        source: What they were captured from.
        payloads: Whether rows have what applications said.
        hides: Whether what looks like a secret is hidden in other texts, as in errors.

    Attributes:
        schema: The columns with their types; units are in the metadata of a field.
    """

    def __init__(
        self, source: str, *, payloads: bool = False, hides: bool = True
    ) -> None:
        self._source = printable(source)
        self._hiding = Hiding() if hides else None
        self._columns = columns_of(payloads=payloads)
        fields = [pa.field(SOURCE, pa.string()), *map(_field, self._columns)]
        self.schema = pa.schema(fields, {"protocol-inspect": VERSION})

    def batch(self, exchanges: Sequence[Exchange]) -> pa.RecordBatch:
        """Return a row for each exchange, in their order."""
        count, ends = len(exchanges), ends_of(exchanges)
        places = pa.array(ends.places, pa.int32())
        lacking = {name for name, holds in FEW.items() if not holds(exchanges)}
        arrays = [pa.repeat(pa.scalar(self._source, pa.string()), count)]
        for column in self._columns:
            kind = _TYPES[column.kind]
            if column.ends is not None:
                arrays.append(pa.array(column.ends(ends), kind).take(places))
            elif column.of in lacking:
                arrays.append(pa.nulls(count, kind))
            else:
                arrays.append(pa.array(self._shown(column, exchanges), kind))
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def _shown(self, column: Column, exchanges: Sequence[Exchange]) -> list[Any]:
        assert column.read is not None
        values = column.read(exchanges)
        if column.free and self._hiding is not None:
            return self._hiding.texts(values)
        return values


class Waiting:
    """Exchanges that wait until they are a batch."""

    def __init__(self) -> None:
        self._exchanges: list[Exchange] = []
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._exchanges)

    def add(self, exchange: Exchange) -> bool:
        """Take in an exchange that is over; return whether they are a batch by now."""
        self._exchanges.append(exchange)
        self._bytes += exchange.request_bytes + exchange.reply_bytes
        return len(self._exchanges) >= _BATCH or self._bytes > _BATCH_BYTES

    def take(self) -> list[Exchange]:
        """Return them, and hold none."""
        taken, self._exchanges, self._bytes = self._exchanges, [], 0
        return taken


def table_of(exchanges: Iterable[Exchange], rows: Rows) -> Table:
    """Return a row for each exchange, of which none is kept.

    Args:
        exchanges: In the order in which they are read.
        rows: What makes rows of them.
    """
    source, batches = iter(exchanges), []
    while taken := list(islice(source, _BATCH)):
        batches.append(rows.batch(taken))
    return pa.Table.from_batches(batches, rows.schema)


def _field(column: Column) -> pa.Field:
    metadata = {"unit": column.unit} if column.unit else None
    return pa.field(column.name, _TYPES[column.kind], metadata=metadata)
