"""Exchanges for a spreadsheet: comma-separated values, a line each (RFC 4180).

A value that an exchange does not have is an empty cell. Strings stand as they are, all
else as JSON.
"""

from __future__ import annotations

import csv
import io
from itertools import chain
from typing import TYPE_CHECKING

from inspector.filters.keys import COLUMNS
from inspector.filters.projection import compile_fields
from inspector.views.output_format import Format, registered
from inspector.views.rendering import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.filters.projection import Column
    from inspector.views.output_format import Found


@registered("comma-separated values")
class Csv(Format):
    """One line for each exchange, the names of the columns first."""

    def exchanges(
        self,
        exchanges: Iterator[Exchange],
        found: Found,
        columns: Sequence[Column] | None,
    ) -> None:
        """Write exchanges; the columns are those that were named, or the usual."""
        if columns is None:
            columns = compile_fields(", ".join(COLUMNS))
        for line in csv_lines(columns, exchanges):
            self.output.write(line.encode())


def csv_lines(
    columns: Sequence[Column], exchanges: Iterable[Exchange]
) -> Iterator[str]:
    """Yield the lines of a file, each with its end."""
    line = io.StringIO()
    writer = csv.writer(line)
    for row in chain(
        [[column.name for column in columns]],
        ([cell_text(column.read(each)) for column in columns] for each in exchanges),
    ):
        writer.writerow(row)
        yield line.getvalue()
        line.seek(0)
        line.truncate()
