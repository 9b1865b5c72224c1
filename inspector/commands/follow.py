"""``protocol-inspect follow``: one connection as its frames."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from inspector.errors import InspectorError
from inspector.views.carried import completes

from .connections import check_connections, of_connections, say_failed
from .numbers import of_exchange, parted
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
    views; '#12' selects an exchange, on all of its connections. Without a number all
    Nest connections are shown. The first 40 lines of a
    payload are shown, unless --full is given. --limit and --last count the packets
    that complete a frame.

    \b
    Example:
      protocol-inspect follow captures/auth-gateway-nest12.pcap 2
    """
    whole, (captures, number) = options.captures, parted(options.captures)
    wanted = () if number is None else (number,)
    options = replace(options, captures=captures)
    if of_exchange(whole):
        options = options.narrowed(lambda exchange: exchange.number == number)
        wanted = ()
    journal = options.journal(beginnings=number is not None)
    run = Run(options, [journal])
    part = part_of(limit, last)
    packets = of_connections(journal.read(run.items()), wanted)
    shown = filter(completes, packets)
    first = next(shown, None)
    found = chain(() if first is None else (first,), shown)
    options.format.follow(part.arranged(found), full=full)
    say_left_out(part, "packet")
    say_failed(wanted, journal)
    run.finish()
    check_connections(wanted, journal)
    if first is None and of_exchange(whole) and journal.nest:
        raise InspectorError(f"exchange {number}", "no such exchange")
