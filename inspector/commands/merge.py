"""``protocol-inspect merge``: saved reports of fleets as one."""

from __future__ import annotations

from typing import Any

import click

from inspector.fleet.merging import merged
from inspector.fleet.saving import load

from .completing import complete_file
from .fleet_output import (
    check_files,
    finish_output,
    keep_inputs,
    output_options,
    write_report,
)


@click.command()
@click.argument(
    "reports",
    nargs=-1,
    required=True,
    metavar="REPORT...",
    shell_complete=complete_file,
)
@output_options
def merge(reports: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401 — of click
    """Merge reports that fleet --save has written, each of other sources.

    What two of them saw of one pair of hosts, or of one broker, counts once: as the
    report has it that saw both sides, else that of the host which is asked.

    \b
    Example:
      protocol-inspect merge captures/fleet/host-1.report captures/fleet/host-2.report
    """
    keep_inputs(given, reports)
    check_files(given)
    report = merged(load(reports))
    write_report(report, given)
    finish_output()
