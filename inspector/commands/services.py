"""``protocol-inspect services``: who asks whom, and how that goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from inspector.calls.costs import begins
from inspector.calls.exchanges import Exchange
from inspector.figures.services import ByPort
from inspector.figures.services import services as services_of

from .options import capture_options
from .run import Run
from .run_options import slow_option

if TYPE_CHECKING:
    from .run_options import RunOptions


@click.command()
@slow_option
@capture_options
def services(options: RunOptions) -> None:
    """List who calls whom in a capture, worst first, and draw a map.

    \b
    Example:
      protocol-inspect services captures/two-services-nest12.pcap
    """
    run, by_port = Run(options), ByPort()
    for item in run.items(quiet=True):
        if isinstance(item, Exchange) and not begins(item.carrier):
            by_port.add(item)
    options.format.services(services_of(run.report(), by_port), run)
    run.finish()
