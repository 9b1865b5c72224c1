"""Exchanges for a spreadsheet: comma-separated values, a line each (RFC 4180).

A value that an exchange does not have is an empty cell. Strings are written without
quotes, all else as JSON.
"""

from __future__ import annotations

from inspector.views.csv_format import CsvFormat
from inspector.views.output_format import registered


@registered("comma-separated values")
class Csv(CsvFormat):
    """Lines in which nothing calculates or obeys."""
