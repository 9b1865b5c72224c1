"""``protocol-inspect ladder``: the arrows of a conversation."""

from __future__ import annotations

import sys
from itertools import chain
from typing import TYPE_CHECKING

import click

from inspector.views.ladder_rows import Ladder
from inspector.views.ladder_view import print_ladder
from inspector.views.mermaid_view import mermaid_lines
from inspector.views.passage_lines import passage_line
from protocol import UNDEFINED, dumps

from .choice import check_connections, choose_besides, current_journal
from .options import capture_options
from .picture import screen
from .run import Run, write_line
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inspector.calls.exchanges import Exchange
    from inspector.journal import Passage
    from inspector.views.ladder_rows import Row


def _read_names(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> dict[str, str]:
    names = {}
    for text in texts:
        port, equals, name = text.partition("=")
        if not (equals and port.isdigit() and name):
            raise click.BadParameter(f"{text!r} is not like 8888=calc")
        names[port] = name
    return names


@click.command()
@click.option(
    "--connection",
    "connections",
    type=click.IntRange(1),
    multiple=True,
    help="Only this connection.",
)
@click.option("--id", "ids", metavar="ID", multiple=True, help="Only this call.")
@click.option(
    "--name",
    "names",
    metavar="PORT=NAME",
    multiple=True,
    callback=_read_names,
    help="What to call the server on a port.",
)
@click.option("--acks", is_flag=True, help="Show pure ACKs too.")
@click.option("--all", "unfolded", is_flag=True, help="Give every frame its own row.")
@click.option("--mermaid", is_flag=True, help="Write a Mermaid sequence diagram.")
@capture_options
def ladder(  # noqa: PLR0913 — one for each option
    captures: tuple[str, ...],
    ports: tuple[int, ...],
    connections: tuple[int, ...],
    ids: tuple[str, ...],
    names: Mapping[str, str],
    *,
    acks: bool,
    unfolded: bool,
    mermaid: bool,
    as_json: bool,
) -> None:
    """Draw what clients and servers say to each other, as arrows.

    Every row names its packets. Several services stand side by side.

    \b
    Example:
      protocol-inspect ladder captures/two-services-nest12.pcap --name 8888=calc
    """
    if ids:
        choose_besides(lambda exchange: _id_text(exchange) in ids)
    journal = current_journal()
    run = Run(captures, ports, taps=[journal])
    passages = _of_connections(journal.read(run.items()), connections)
    if as_json:
        for passage in passages:
            write_line(passage_line(passage))
    else:
        rows = Ladder(unfolded=unfolded, acks=acks).rows(passages)
        drawn = _draw(rows, run, names, mermaid=mermaid)
        if not drawn and ids and run.report().connections:
            say(f"no exchange has the id {' or '.join(ids)}", "warning")
    run.finish()
    check_connections(connections, journal)


def _draw(
    rows: Iterator[Row], run: Run, names: Mapping[str, str], *, mermaid: bool
) -> bool:
    """Draw the rows as they come; say whether there were any."""
    first = next(rows, None)
    if first is None:
        return False
    shown = chain((first,), rows)
    if mermaid:
        for line in mermaid_lines(shown, names):
            sys.stdout.write(line + "\n")
    else:
        print_ladder(screen(), shown, run.report().first_ns or 0, names)
    return True


def _of_connections(
    passages: Iterator[Passage], connections: tuple[int, ...]
) -> Iterator[Passage]:
    for passage in passages:
        assert passage.connection is not None
        if not connections or passage.connection.number in connections:
            yield passage


def _id_text(exchange: Exchange) -> str:
    identity = exchange.id
    if identity is UNDEFINED:
        return ""
    return identity if isinstance(identity, str) else dumps(identity).decode()
