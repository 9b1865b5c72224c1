"""``protocol-inspect chain``: a request with all that it caused, as one tree."""

from __future__ import annotations

from itertools import chain as joined
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from inspector.calls.chains.seeking import with_parents
from inspector.calls.chains.trees import Trees
from inspector.calls.exchanges import Exchange
from inspector.errors import InspectorError
from inspector.words import plural

from .numbers import parted
from .options import capture_options
from .run import Run
from .speech import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from inspector.calls.chains.trees import Node
    from inspector.findings.finding import Finding

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
    if number is not None and where is not None:
        raise click.UsageError(
            f"exchange {number} chooses the chain: leave out --where and --grep"
        )
    if options.subset is not None:
        raise click.UsageError("chain writes no captures: exchanges --write does")
    options = replace(options, captures=captures, where=None, beginnings=True)
    run = Run(options, exchanges_only=True)
    doubts: list[int] = []
    items = _with_doubts(with_parents(run.items(quiet=True)), doubts)
    found = _chains(items, where, number, doubtful=doubtful)
    first = next(found, None)
    if first is not None:
        options.format.chain(joined([first], found), run, number)
    run.finish()
    if first is None and run.report().connections:
        if number is not None:
            raise InspectorError(f"exchange {number}", "no such exchange")
        say(f"no exchange is known to have caused another{_of(doubts)}", "warning")


def _with_doubts(
    items: Iterable[Exchange | Finding], doubts: list[int]
) -> Iterator[Exchange]:
    """Yield exchanges alone; list the numbers of those that may be of a chain."""
    for item in items:
        if isinstance(item, Exchange):
            if item.link is not None and item.link.possible:
                doubts.append(item.number)
            yield item


def _of(doubts: Sequence[int]) -> str:
    if not doubts:
        return ""
    several = f"{plural(len(doubts), 'exchange')} may be of a chain"
    return f"; {several}, which --doubtful shows"


def _chains(
    exchanges: Iterable[Exchange],
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

    for exchange in exchanges:
        if where is not None and where(exchange):
            chosen.add(exchange.number)
        yield from filter(wanted, trees.add(exchange))
    yield from filter(wanted, trees.finish())
