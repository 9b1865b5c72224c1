"""``protocol-inspect follow``: one connection as its frames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from inspector.views.follow_view import followed, print_followed
from inspector.views.passage_lines import frame_line

from .choice import check_connections, current_journal
from .options import capture_options
from .picture import screen
from .run import Run, write_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.journal import Passage


@click.command()
@click.option("--full", is_flag=True, help="Show long strings whole.")
@capture_options
def follow(
    captures: tuple[str, ...], ports: tuple[int, ...], *, full: bool, as_json: bool
) -> None:
    """Show what one connection carried, frame by frame.

    A number behind the captures is that of the connection, as in the other views;
    without one all Nest connections are shown.

    \b
    Example:
      protocol-inspect follow captures/auth-gateway-nest12.pcap 2
    """
    names, wanted = _parted(captures)
    journal = current_journal()
    run = Run(names, ports, taps=[journal])
    passages = _of_connection(journal.read(run.items()), wanted)
    found = followed(passages)
    if as_json:
        for item in found:
            if item.frame is not None:
                write_line(frame_line(item.passage, item.frame))
    else:
        print_followed(screen(), found, full=full)
    run.finish()
    if wanted is not None:
        check_connections([wanted], journal)


def _parted(captures: tuple[str, ...]) -> tuple[tuple[str, ...], int | None]:
    """Part the captures from the number of a connection behind them."""
    *names, last = captures
    if not names or not last.isdecimal() or Path(last).exists():
        return captures, None
    return tuple(names), int(last)


def _of_connection(
    passages: Iterator[Passage], wanted: int | None
) -> Iterator[Passage]:
    for passage in passages:
        assert passage.connection is not None
        if wanted is None or passage.connection.number == wanted:
            yield passage
