"""``protocol-inspect exchanges``: one line for each exchange."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import click

from inspector.analysis.exchanges import Exchange
from inspector.analysis.ordering import in_order
from inspector.views.exchanges_view import print_exchanges
from inspector.views.jsonlines import exchange_line

from .options import capture_options
from .picture import screen
from .run import Run, write_line

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command()
@capture_options
def exchanges(
    captures: tuple[str, ...], ports: tuple[int, ...], *, as_json: bool
) -> None:
    """List the exchanges of a capture, one line each.

    \b
    Example:
      protocol-inspect exchanges captures/seed-nest12.pcap
    """
    run = Run(captures, ports)
    found = (item for item in in_order(run.items()) if isinstance(item, Exchange))
    if as_json:
        for exchange in found:
            write_line(exchange_line(exchange))
    else:
        _print_table(run, found)
    run.finish()


def _print_table(run: Run, found: Iterator[Exchange]) -> None:
    """Print once the first exchange is known: times count from the first packet."""
    first = next(found, None)
    if first is not None:
        rows = chain((first,), found)
        print_exchanges(screen(), rows, run.report().first_ns or 0)
