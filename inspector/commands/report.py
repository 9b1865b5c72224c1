"""``protocol-inspect CAPTURE``: what a capture holds, on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import capture_options
from .page_options import html_option, no_redact_option
from .run import Run
from .run_options import slow_option

if TYPE_CHECKING:
    from .run_options import RunOptions


@click.command(hidden=True)  # a capture as the first argument is all it takes
@slow_option
@html_option
@no_redact_option
@capture_options
def report(options: RunOptions, html: str | None) -> None:
    """Report on a capture: packets, patterns, findings.

    \b
    Example:
      protocol-inspect captures/seed-nest12.pcap --json
    """
    run = Run(options) if html is None else _paged(options, html)
    options.format.report(run)
    run.finish()


def _paged(options: RunOptions, file: str) -> Run:
    from .paged_run import PagedRun  # noqa: PLC0415 — for pages alone

    return PagedRun(options, file)
