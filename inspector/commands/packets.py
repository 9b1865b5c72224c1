"""``protocol-inspect packets``: one line for each captured packet."""

from __future__ import annotations

from itertools import chain

import click

from inspector.views.packets_view import print_packets, print_sum
from inspector.views.passage_lines import passage_line

from .choice import current_choice, current_journal
from .options import capture_options
from .picture import screen
from .run import Run, write_line


@click.command()
@capture_options
def packets(
    captures: tuple[str, ...], ports: tuple[int, ...], *, as_json: bool
) -> None:
    """List every packet of Nest connections, and what it carried.

    This is the proof behind the report: what has bytes is what it counts. With
    --where only packets with a frame of these exchanges are listed.

    \b
    Example:
      protocol-inspect packets captures/seed-nest12.pcap
    """
    journal = current_journal()
    run = Run(captures, ports, taps=[journal])
    passages = journal.read(run.items())
    if as_json:
        for passage in passages:
            write_line(passage_line(passage))
    else:
        console = screen()
        first = next(passages, None)
        if first is not None:
            first_ns = run.report().first_ns or 0
            print_packets(console, chain((first,), passages), first_ns)
            if current_choice().where is None:
                print_sum(console, run.report())
    run.finish()
