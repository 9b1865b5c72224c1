"""Exchanges for a spreadsheet: comma-separated values, a line each (RFC 4180).

A value that an exchange does not have is an empty cell. Strings stand without quotes of
their own, all else as JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.filters.keys import COLUMNS
from inspector.filters.projection import compile_fields
from inspector.views.csv_lines import csv_lines, service_lines
from inspector.views.output_format import Format, registered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.figures.services import Service
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

    def services(self, services: Sequence[Service], found: Found) -> None:
        """Write a line for each client and each server that it asks."""
        for line in service_lines(services):
            self.output.write(line.encode())
