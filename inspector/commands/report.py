"""``protocol-inspect CAPTURE``: what a capture holds, on one screen."""

from __future__ import annotations

import click

from inspector.calls.exchanges import Exchange
from inspector.calls.ordering import in_order
from inspector.views.jsonlines import exchange_line, finding_line, summary_line
from inspector.views.report_view import print_report

from .options import capture_options
from .picture import screen
from .run import Run, write_line


@click.command(hidden=True)  # a capture as the first argument is all it takes
@capture_options
def report(captures: tuple[str, ...], ports: tuple[int, ...], *, as_json: bool) -> None:
    """Report what a capture holds: packets, patterns, findings.

    \b
    Example:
      protocol-inspect captures/seed-nest12.pcap --json
    """
    run = Run(captures, ports)
    if as_json:
        _write_lines(run)
    else:
        run.inspect()
        if run.report().connections:
            print_report(screen(), run.report(), captures)
    run.finish()


def _write_lines(run: Run) -> None:
    for item in in_order(run.items()):
        if isinstance(item, Exchange):
            write_line(exchange_line(item))
        else:
            write_line(finding_line(item))
    write_line(summary_line(run.report()))
