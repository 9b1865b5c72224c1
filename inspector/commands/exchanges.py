"""``protocol-inspect exchanges``: one line for each exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .format_options import csv_raw_option, fields_option
from .options import capture_options
from .order_options import (
    arrangement_of,
    arrangement_options,
    say_left_out,
    times_option,
)
from .run import Run

if TYPE_CHECKING:
    from inspector.filters.arranging import Order
    from inspector.filters.projection import Column

    from .run_options import RunOptions


@click.command()
@arrangement_options
@fields_option
@csv_raw_option
@times_option
@capture_options
def exchanges(
    options: RunOptions,
    columns: list[Column] | None,
    order: Order | None,
    limit: int | None,
    last: int | None,
) -> None:
    """List the exchanges of a capture, one line each.

    \b
    Example:
      protocol-inspect exchanges captures/seed-nest12.pcap --sort latency
    """
    # decision 38
    run = Run(options, exchanges_only=True)
    arrangement = arrangement_of(order, limit, last)
    parents = _ask_for_parents(options.format.name, columns)
    found = run.exchanges(arrangement, parents=parents)
    options.format.exchanges(found, run, columns)
    say_left_out(arrangement, "exchange")
    run.finish()


def _ask_for_parents(name: str, columns: list[Column] | None) -> bool:
    """Whether what is written says for whose sake exchanges were made."""
    if columns is None:
        return name == "json"
    return any("parent" in column.name for column in columns)
