"""``protocol-inspect follow``: one connection as its frames."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from inspector.views.carried import completes

from .connections import check_connections, of_connections, say_failed
from .numbers import parted
from .options import capture_options
from .order_options import part_of, part_options, say_left_out
from .run import Run

if TYPE_CHECKING:
    from .run_options import RunOptions


@click.command()
@click.option(
    "--full", is_flag=True, help="Show all of the payloads and of long strings."
)
@part_options
@capture_options
def follow(
    options: RunOptions, limit: int | None, last: int | None, *, full: bool
) -> None:
    """Show the traffic of one connection, frame by frame.

    A number after the captures selects the connection, as numbered in the other
    views; without a number all Nest connections are shown. The first 40 lines of a
    payload are shown, unless --full is given. --limit and --last count the packets
    that complete a frame.

    \b
    Example:
      protocol-inspect follow captures/auth-gateway-nest12.pcap 2
    """
    captures, number = parted(options.captures)
    wanted = () if number is None else (number,)
    options = replace(options, captures=captures)
    journal = options.journal()
    run = Run(options, [journal])
    part = part_of(limit, last)
    packets = of_connections(journal.read(run.items()), wanted)
    options.format.follow(part.arranged(filter(completes, packets)), full=full)
    say_left_out(part, "packet")
    say_failed(wanted, journal)
    run.finish()
    check_connections(wanted, journal)
