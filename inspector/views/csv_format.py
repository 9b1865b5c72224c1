"""What writes comma-separated values, with a way to spell a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.filters.keys import COLUMNS
from inspector.filters.projection import compile_fields

from .csv_lines import csv_lines, harmless, service_lines
from .output_format import Format

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.figures.services import Service
    from inspector.filters.projection import Column
    from protocol import Json

    from .output_format import Found


class CsvFormat(Format):
    """A line for each exchange or service, the names of the columns first."""

    def spell(self, value: Json) -> str:
        """Return a value as the text of a cell: so that nothing obeys it."""
        return harmless(value)

    def exchanges(
        self,
        exchanges: Iterator[Exchange],
        found: Found,  # noqa: ARG002 — these lines need no figures
        columns: Sequence[Column] | None,
    ) -> None:
        """Write exchanges; the columns are those that were named, or the usual."""
        if columns is None:
            columns = compile_fields(", ".join(COLUMNS))
        for line in csv_lines(columns, exchanges, self.spell):
            self.output.write(line.encode())

    def services(
        self,
        services: Sequence[Service],
        found: Found,  # noqa: ARG002 — these lines need no figures
    ) -> None:
        """Write a line for each client and each server that it asks."""
        for line in service_lines(services, self.spell):
            self.output.write(line.encode())
