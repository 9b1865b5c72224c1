"""``protocol-inspect ladder``: the arrows of a conversation."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from inspector.calls.chains.processes import Processes
from inspector.calls.exchanges import Exchange
from inspector.figures.worst import Worst
from inspector.sources.files import STDIN
from inspector.views.output_format import LadderOptions
from protocol import UNDEFINED, dumps

from .connections import check_connections, of_connections
from .format_options import mermaid_option
from .numbers import parted
from .options import capture_options
from .order_options import times_option
from .quantities import NUMBER
from .run import Run
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.findings.finding import Finding
    from inspector.journal import CapturedPacket

    from .run_options import RunOptions


@click.command()
@click.option(
    "--connection",
    "connections",
    type=NUMBER,
    metavar="N",
    multiple=True,
    help="Only this connection.",
)
@click.option("--id", "ids", metavar="ID", multiple=True, help="Only this call.")
@click.option("--acks", is_flag=True, help="Show pure ACKs too.")
@click.option("--all", "unfolded", is_flag=True, help="Give every frame its own row.")
@click.option(
    "--errands",
    is_flag=True,
    help="Show what a carrier does for an exchange too: subscribe, confirm.",
)
@click.option(
    "--chains",
    is_flag=True,
    help="Say for which exchange each was made, marked ? if that is in doubt, and join "
    "the connections of one process. Reads the captures twice.",
)
@mermaid_option
@times_option
@capture_options
def ladder(  # noqa: PLR0913 — its options
    options: RunOptions,
    connections: tuple[int, ...],
    ids: tuple[str, ...],
    *,
    acks: bool,
    chains: bool,
    errands: bool,
    unfolded: bool,
) -> None:
    """Draw the messages between clients and servers as a sequence diagram.

    Every row lists its packets. Several services are shown side by side. A number
    after the captures selects a connection, like --connection.

    \b
    Example:
      protocol-inspect ladder captures/two-services-nest12.pcap --name :8888=calc
    """
    captures, number = parted(options.captures)
    options = replace(options, captures=captures)
    if number is not None:
        connections = (*connections, number)
    if ids:
        options = options.narrowed(lambda exchange: _id_text(exchange) in ids)
    processes = Processes()
    if chains:
        options = replace(options, beginnings=True)
        _learn(processes, options)
    journal = options.journal(polls=errands)
    run = Run(options, [journal])
    worst = Worst()
    items = _judged(run.items(), worst, connections)
    found = of_connections(_joined(journal.read(items), processes), connections)
    first = next(found, None)
    if first is not None:
        drawing = LadderOptions(
            unfolded=unfolded,
            acks=acks,
            errands=errands,
            worst=worst,
            links=processes.links,
        )
        options.format.ladder(chain([first], found), run, drawing)
    elif ids and run.report().connections:
        say(f"no exchange has the id {' or '.join(ids)}{_by_number(ids)}", "warning")
    run.finish()
    check_connections(connections, journal)


def _learn(processes: Processes, options: RunOptions) -> None:
    """Learn from the captures for whose sake each exchange was made.

    Raises:
        click.UsageError: One of them can be read only once.
    """
    from inspector.calls.chains.seeking import with_parents  # noqa: PLC0415

    if STDIN in options.captures:
        raise click.UsageError("--chains reads captures twice: give a file, not -")
    unfiltered = replace(options, where=None, conditions=None, subset=None)
    run = Run(unfiltered, exchanges_only=True)
    for item in with_parents(run.items(quiet=True)):
        if isinstance(item, Exchange):
            processes.add(item)


def _joined(
    packets: Iterator[CapturedPacket], processes: Processes
) -> Iterator[CapturedPacket]:
    """Pass on packets, their connections with the processes that opened them."""
    for packet in packets:
        connection = packet.connection
        if connection is not None and connection.process is None:
            connection.process = processes.of(connection)
        yield packet


def _judged(
    items: Iterator[Exchange | Finding], worst: Worst, connections: tuple[int, ...]
) -> Iterator[Exchange | Finding]:
    """Pass on what is found, and learn which exchange of those drawn is the worst."""
    for item in items:
        if isinstance(item, Exchange) and (
            not connections or item.connection.number in connections
        ):
            worst.add(item)
        yield item


def _id_text(exchange: Exchange) -> str:
    identity = exchange.id
    if identity is UNDEFINED:
        return ""
    return identity if isinstance(identity, str) else dumps(identity).decode()


def _by_number(ids: tuple[str, ...]) -> str:
    """Return how exchanges are chosen by what looks like the number of one."""
    numbers = [each.removeprefix("#") for each in ids]
    if not all(each.isascii() and each.isdecimal() for each in numbers):
        return ""
    words = " or ".join(f"number == {each}" for each in numbers)
    return f"; by its number it is --where '{words}'"
