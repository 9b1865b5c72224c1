"""``protocol-inspect exchanges``: one line for each exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from inspector.calls.exchanges import Exchange
from inspector.calls.ordering import in_order

from .format_options import csv_raw_option, fields_option
from .options import capture_options
from .run import Run

if TYPE_CHECKING:
    from inspector.filters.projection import Column

    from .run_options import RunOptions


@click.command()
@fields_option
@csv_raw_option
@capture_options
def exchanges(options: RunOptions, columns: list[Column] | None) -> None:
    """List the exchanges of a capture, one line each.

    \b
    Example:
      protocol-inspect exchanges captures/seed-nest12.pcap
    """
    # decision 38
    run = Run(options, exchanges_only=True)
    found = (item for item in in_order(run.items()) if isinstance(item, Exchange))
    options.format.exchanges(found, run, columns)
    run.finish()
