"""``protocol-inspect timeline``: calls over time, and how long they took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from inspector.calls.costs import begins
from inspector.calls.exchanges import Exchange
from inspector.figures.timeline import Timeline

from .options import capture_options
from .run import Run

if TYPE_CHECKING:
    from .run_options import RunOptions


@click.command()
@capture_options
def timeline(options: RunOptions) -> None:
    """Draw the calls of a capture over time, and how long they took.

    \b
    Example:
      protocol-inspect timeline captures/showcase-nest12.pcap
    """
    run, drawn = Run(options), Timeline()
    for item in run.items(quiet=True):
        if isinstance(item, Exchange) and not begins(item.carrier):
            drawn.add(item)
    options.format.timeline(drawn, run)
    run.finish()
