"""``protocol-inspect exchanges``: one line for each exchange."""

from __future__ import annotations

from contextlib import ExitStack
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
from .otlp import collector_of, otlp_option, sample_option, sent
from .page_options import bare_option
from .run import Run
from .run_options import slow_option

if TYPE_CHECKING:
    from inspector.filters.arranging import Order
    from inspector.filters.projection import Column

    from .run_options import RunOptions


@click.command()
@arrangement_options
@fields_option
@csv_raw_option
@times_option
@otlp_option
@sample_option
@slow_option
@bare_option
@capture_options
def exchanges(  # noqa: PLR0913 — its options
    options: RunOptions,
    *,
    columns: list[Column] | None,
    order: Order | None,
    limit: int | None,
    last: int | None,
    otlp: str | None,
    share: float | None,
) -> None:
    """List the exchanges of a capture, one line each.

    \b
    Example:
      protocol-inspect exchanges captures/seed-nest12.pcap --sort latency
    """
    # decision 38
    collector = collector_of(otlp, share)
    run = Run(options, exchanges_only=True)
    arrangement = arrangement_of(order, limit, last)
    parents = _ask_for_parents(options.format.name, columns)
    with ExitStack() as stack:
        hear = None
        if collector is not None:
            sending = sent(collector, " ".join(options.captures), options.slow_ns)
            hear = stack.enter_context(sending)
        found = run.exchanges(arrangement, parents=parents or bool(hear), hear=hear)
        options.format.exchanges(found, run, columns)
        if hear is not None:
            hear.finish(run.report())
        say_left_out(arrangement, "exchange")
        run.finish()


def _ask_for_parents(name: str, columns: list[Column] | None) -> bool:
    """Whether what is written says for whose sake exchanges were made."""
    if columns is None:
        return name == "json"
    return any("parent" in column.name for column in columns)
