"""``protocol-inspect exchanges``: one line for each exchange."""

from __future__ import annotations

import sys
from itertools import chain
from typing import TYPE_CHECKING

import click

from inspector.calls.exchanges import Exchange
from inspector.calls.ordering import in_order
from inspector.views.columns_view import chosen_line, csv_lines, print_columns
from inspector.views.exchanges_view import print_exchanges
from inspector.views.jsonlines import exchange_line

from .formats import chosen_columns, fields_option, wants_csv
from .options import capture_options
from .picture import screen
from .run import Run, write_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.filters.projection import Column


@click.command()
@fields_option
@capture_options
def exchanges(
    captures: tuple[str, ...],
    ports: tuple[int, ...],
    columns: list[Column] | None,
    *,
    as_json: bool,
) -> None:
    """List the exchanges of a capture, one line each.

    \b
    Example:
      protocol-inspect exchanges captures/seed-nest12.pcap
    """
    run = Run(captures, ports, exchanges_only=True)
    found = (item for item in in_order(run.items()) if isinstance(item, Exchange))
    columns = chosen_columns(columns)
    if wants_csv() and columns is not None:
        for line in csv_lines(columns, found):
            sys.stdout.buffer.write(line.encode())
    elif as_json:
        for exchange in found:
            write_line(_line(exchange, columns))
    elif columns is not None:
        print_columns(screen(), columns, found)
    else:
        _print_table(run, found)
    run.finish()


def _line(exchange: Exchange, columns: list[Column] | None) -> bytes:
    return (
        exchange_line(exchange) if columns is None else chosen_line(columns, exchange)
    )


def _print_table(run: Run, found: Iterator[Exchange]) -> None:
    """Print once the first exchange is known: times count from the first packet."""
    first = next(found, None)
    if first is not None:
        rows = chain((first,), found)
        print_exchanges(screen(), rows, run.report().first_ns or 0)
