"""Comma-separated values, a line for each exchange (RFC 4180).

What passed on a network must not calculate in a spreadsheet: a text that one would take
for a formula has an apostrophe before it, and control characters are escaped as in
tables.

Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
from itertools import chain
from typing import TYPE_CHECKING

from protocol.lazy_regex import lazy_regex

from .jsonlines import service_members
from .rendering import cell_text, safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.figures.services import Service
    from inspector.filters.projection import Column
    from protocol import Json

_FORMULA = lazy_regex("[=+@\uff1d\uff0b\uff0d\uff20\t\r-]")
_NUMBER = lazy_regex(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def harmless(value: Json) -> str:
    """Return a value as the text of a cell that nothing obeys; numbers stay numbers."""
    text = cell_text(value)
    formula = _FORMULA.match(text) and not _NUMBER.fullmatch(text)
    return safe(f"'{text}" if formula else text)


def csv_lines(
    columns: Sequence[Column],
    exchanges: Iterable[Exchange],
    spell: Callable[[Json], str] = harmless,
) -> Iterator[str]:
    """Yield the lines of a file, each with its end.

    Args:
        columns: What is read of an exchange.
        exchanges: A line for each.
        spell: What makes the text of a cell.
    """
    rows = ([spell(column.read(each)) for column in columns] for each in exchanges)
    yield from lines_of(chain([[column.name for column in columns]], rows))


def service_lines(
    found: Iterable[Service], spell: Callable[[Json], str] = harmless
) -> Iterator[str]:
    """Yield the lines of a file of services: those of their JSON lines, but no routes.

    Args:
        found: A line for each.
        spell: What makes the text of a cell.
    """
    for index, each in enumerate(found):
        members = service_members(each)
        if not index:
            yield from lines_of([list(members)])
        cells = ("" if each is None else spell(each) for each in members.values())
        yield from lines_of([list(cells)])


def lines_of(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield rows of cells as lines, each with its end."""
    line = io.StringIO()
    writer = csv.writer(line)
    for row in rows:
        writer.writerow(row)
        yield line.getvalue()
        line.seek(0)
        line.truncate()
