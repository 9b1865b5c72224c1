"""``protocol-inspect chain``: a request with all that it caused, as one tree."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain as joined
from typing import TYPE_CHECKING

import click

from inspector.calls.chains.seeking import with_parents
from inspector.calls.chains.trees import Trees
from inspector.calls.exchanges import Exchange
from inspector.errors import InspectorError

from .numbers import parted
from .options import capture_options
from .run import Run
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inspector.calls.chains.trees import Node

    from .run_options import RunOptions


@click.command()
@click.option(
    "--doubtful",
    is_flag=True,
    help="Show exchanges too that may belong to a chain, marked ?.",
)
@capture_options
def chain(options: RunOptions, *, doubtful: bool) -> None:
    """Show a request with all that it caused, as one tree with its packets.

    A number after the captures selects the chain that has this exchange. Requests of
    HTTP count, as they do in the other views with --carrier http:PORT. Without a
    number all chains are listed, one line each; with --where and --grep those that have
    an exchange for which they hold. The heavy line of a tree is its critical path: what
    its end waited for.

    \b
    Example:
      protocol-inspect chain captures/chains/rooms-rabbitmq.pcap 7
    """
    captures, number = parted(options.captures)
    where = options.where
    options = replace(options, captures=captures, where=None, beginnings=True)
    run = Run(options, exchanges_only=True)
    found = _chains(run, where if number is None else None, number, doubtful=doubtful)
    first = next(found, None)
    if first is not None:
        options.format.chain(joined([first], found), run, number)
    run.finish()
    if first is None and run.report().connections:
        if number is not None:
            raise InspectorError(f"exchange {number}", "no such exchange")
        say("no exchange is known to have caused another", "warning")


def _chains(
    run: Run,
    where: Callable[[Exchange], bool] | None,
    number: int | None,
    *,
    doubtful: bool,
) -> Iterator[Node]:
    """Yield the chains that are asked for, each when it is complete."""
    trees, chosen = Trees(doubtful=doubtful), set[int]()

    def wanted(root: Node) -> bool:
        numbers = {node.number for _, node in root.walk()}
        if number is not None:
            return number in numbers
        holds = where is None or not chosen.isdisjoint(numbers)
        chosen.difference_update(numbers)
        return holds and len(numbers) > 1

    for exchange in with_parents(run.items(quiet=True)):
        if isinstance(exchange, Exchange):
            if where is not None and where(exchange):
                chosen.add(exchange.number)
            yield from filter(wanted, trees.add(exchange))
    yield from filter(wanted, trees.finish())
