"""``protocol-inspect packets``: one line for each captured packet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import capture_options
from .order_options import part_of, part_options, say_left_out, times_option
from .run import Run

if TYPE_CHECKING:
    from .run_options import RunOptions


@click.command()
@part_options
@times_option
@capture_options
def packets(options: RunOptions, limit: int | None, last: int | None) -> None:
    """List every packet of Nest connections, and what it carried.

    This is the evidence for the report, which counts the packets that have bytes.
    With --where only packets with a frame of the selected exchanges are listed.

    \b
    Example:
      protocol-inspect packets captures/seed-nest12.pcap
    """
    journal = options.journal(beginnings=False)  # the report counts Nest's alone
    run = Run(options, [journal])
    part = part_of(limit, last)
    whole = options.where is None and limit is last is None
    found = part.arranged(journal.read(run.items()))
    options.format.packets(found, run, whole=whole)
    say_left_out(part, "packet")
    run.finish()
