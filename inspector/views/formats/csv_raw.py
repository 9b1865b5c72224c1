"""Exchanges as comma-separated values for a program: every text as it travelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.views.csv_format import CsvFormat
from inspector.views.output_format import registered
from inspector.views.rendering import cell_text

if TYPE_CHECKING:
    from protocol import Json


@registered("the same for programs, nothing escaped")
class CsvRaw(CsvFormat):
    """The lines of CSV, with nothing escaped that a spreadsheet might calculate."""

    def spell(self, value: Json) -> str:
        """Return a value as the text of a cell, as it travelled."""
        return cell_text(value)
