"""Which route causes which calls: a table of the report, where chains were seen.

::

    Chains         carrier    requests  times  packets  of the time
    rsumAck        Socket.IO         1             2
      → sum        RabbitMQ          1      1      6           47 %

    A rsumAck took 8 packets over 2 carriers: 2 Socket.IO, 6 RabbitMQ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind
from inspector.shorthand import short
from inspector.words import article, plural

from .cells import cell_len, chop_cells
from .layout import Cell, Column, table_lines
from .prose import wrapped
from .rendering import ELLIPSIS, carrier_title, safe
from .text import Text
from .theme import PROSE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from inspector.figures.chain_rows import ChainRow, ChainRows, LinkRow

    from .layout import Row

_MOST_ROUTES = 8
_MOST_LINKS = 6
_MOST_SENTENCES = 3
_LONGEST_NAME = 60  # cells of a name, or of an error, in a sentence
CHAIN_COLUMNS = [
    Column("Chains", flexible=14, is_name=True),
    Column("carrier"),
    Column("requests", right=True),
    Column("calls", right=True),
    Column("packets", right=True),
    Column("of the time", right=True),
]


def chain_rows_lines(chains: ChainRows, width: int) -> Iterator[Text]:
    """Yield the table of routes that cause calls, and what their chains took.

    Args:
        chains: What was found.
        width: Cells of a line.
    """
    table = chain_table(chains)
    if not table:
        return
    yield from table_lines(CHAIN_COLUMNS, table, width)
    for sentence in chain_sentences(chains):
        said = Text(sentence, "muted")
        yield from wrapped(said, min(width, PROSE_WIDTH), 0, hanging=2)


def chain_table(chains: ChainRows, most: int = _MOST_ROUTES) -> list[Row]:
    """Return the rows of the table: each route, and below it what it causes.

    Args:
        chains: What was found.
        most: How many routes are shown; how many more there are is the last row.
    """
    rows = _frequent(chains)
    table: list[Row] = []
    for (carrier, route), row in rows[:most]:
        table += _rows_of(carrier, route, row)
    left = len(rows) - most
    if left > 0:
        table.append(_rest(left, "route"))
    return table


def chain_sentences(chains: ChainRows) -> list[str]:
    """Return what the chains of the most frequent routes took, a sentence each."""
    return [
        sum_of(route, row.chains)
        for (_, route), row in _frequent(chains)[:_MOST_SENTENCES]
        if row.chains
    ]


def _frequent(chains: ChainRows) -> list[tuple[tuple[str, str], ChainRow]]:
    """Return the routes that cause something, the most frequent first."""
    return sorted(chains.rows.items(), key=lambda item: -item[1].causes)


def _rows_of(carrier: str, route: str, row: ChainRow) -> Iterator[Row]:
    """Yield a route, and what it causes, the most frequent first."""
    requests = f"{row.causes:,}"
    if row.causes < row.requests:
        requests = f"{row.causes:,} of {row.requests:,}"
    yield [
        Cell(safe(short(route)) or "a reply", "route"),
        Cell(carrier_title(carrier), "muted"),
        Cell(requests),
        Cell(""),
        Cell(""),
        Cell(""),
    ]
    links = sorted(row.links.items(), key=lambda item: -item[1].calls)
    for (own, name), link in links[:_MOST_LINKS]:
        yield _link(own, name, link, row)
    if len(links) > _MOST_LINKS:
        yield _rest(len(links) - _MOST_LINKS, "call")


def _link(carrier: str, route: str, link: LinkRow, row: ChainRow) -> Row:
    often = link.most > 1
    share = 100 * link.waited_ns / row.time_ns if row.time_ns else 0
    waits = link.kind is Kind.MESSAGE and link.waited_ns
    return [
        Cell("  → " + (safe(short(route)) or "a reply")),
        Cell(carrier_title(carrier), "muted"),
        Cell(f"{link.requests:,}"),
        Cell(f"{link.calls:,}", "warning" if often and link.repeated else ""),
        Cell(f"{link.packets:,}"),
        Cell(f"{share:.0f} %" if waits else "event" if not _is_call(link) else ""),
    ]


def _is_call(link: LinkRow) -> bool:
    return link.kind is Kind.MESSAGE


def _rest(count: int, noun: str) -> Row:
    return [Cell(f"  and {plural(count, noun)} more", "muted"), *[Cell("")] * 5]


def called(route: str) -> str:
    """Return a route as a sentence has it: written short, and cut where it is long."""
    return shortened(safe(short(route)))


def shortened(text: str) -> str:
    """Return a text that is safe to show, cut where it is long."""
    if cell_len(text) <= _LONGEST_NAME:
        return text
    return chop_cells(text[: 2 * _LONGEST_NAME], _LONGEST_NAME - 1)[0] + ELLIPSIS


def sum_of(route: str, chains: Mapping[tuple[tuple[str, int], ...], int]) -> str:
    """Return what the chains of a route took, as a sentence.

    Args:
        route: The route of the requests that began them.
        chains: Packets by carrier → how many chains took that.
    """
    name = called(route)
    which, _, _ = article(name.lstrip('"{') or "e").partition(" ")
    carriers = list(dict.fromkeys(each for shape in chains for each, _ in shape))
    counts = {each: [dict(shape).get(each, 0) for shape in chains] for each in carriers}
    total = _span(sum(count for _, count in shape) for shape in chains)
    each = [
        f"{_span(counts[carrier])} {carrier_title(carrier)}" for carrier in carriers
    ]
    return (
        f"{which.capitalize()} {name} took {total} packets over "
        f"{plural(len(carriers), 'carrier')}: {', '.join(each)}."
    )


def _span(counts: Iterable[int]) -> str:
    known = sorted(set(counts))
    least, most = known[0], known[-1]
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
