"""``protocol-inspect timeline``: calls over time, and how long they took."""

from __future__ import annotations

import click

from inspector.calls.exchanges import Exchange
from inspector.figures.timeline import Timeline
from inspector.views.jsonlines import timeline_line
from inspector.views.timeline_view import print_timeline

from .options import capture_options
from .picture import screen
from .run import Run, write_line


@click.command()
@capture_options
def timeline(
    captures: tuple[str, ...], ports: tuple[int, ...], *, as_json: bool
) -> None:
    """Draw the calls of a capture over time, and how long they took.

    \b
    Example:
      protocol-inspect timeline captures/showcase-nest12.pcap
    """
    run, drawn = Run(captures, ports), Timeline()
    for item in run.items(quiet=True):
        if isinstance(item, Exchange):
            drawn.add(item)
    if as_json:
        for route, kind in drawn.rows:
            write_line(timeline_line(drawn, route, kind, run.report()))
    elif drawn.count:
        print_timeline(screen(), drawn, run.report())
    run.finish()
