"""One line per exchange: who, what, how long, and in which packets.

The count of packets and their numbers stand side by side: the claim, and where to look.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from rich.text import Text

from inspector.calls.costs import expected

from .layout import Cell, Column, Listing
from .rendering import (
    decimals,
    milliseconds,
    packet_numbers,
    pad_decimals,
    pattern_text,
    seconds,
    value_text,
)
from .reply_words import reply_cell
from .theme import show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from inspector.calls.exchanges import Exchange

_SAMPLE = 1000
"""Exchanges whose width decides the width of the columns."""
_WIDE = 110
"""From this width on there is a column more."""

_COLUMNS = [
    Column("#", right=True),
    Column("time s", right=True),
    Column("pattern", flexible=10),
    Column("data", flexible=8),
    Column("reply", flexible=8),
    Column("ms", right=True),
    Column("packets", right=True),
    Column(""),
]
_BYTES = Column("bytes", right=True)


def print_exchanges(
    console: Console, exchanges: Iterable[Exchange], first_ns: int
) -> None:
    """Print exchanges for people, as they come.

    Args:
        console: Where to.
        exchanges: In the order in which they are shown.
        first_ns: When the capture began; times are told from there.
    """
    wide = console.width >= _WIDE
    source = iter(exchanges)
    sample = list(islice(source, _SAMPLE))
    room = max((decimals(milliseconds(each.latency_ns)) for each in sample), default=0)
    rows = (_row(each, first_ns, room, wide=wide) for each in chain(sample, source))
    first = list(islice(rows, len(sample)))
    listing = Listing(console, [*_COLUMNS, _BYTES] if wide else _COLUMNS, first)
    shared = False
    for row in chain(first, rows):
        shared = shared or "*" in row[7].text
        listing.print(row)
    if shared:
        show(console, Text())
        show(console, Text("* shared with another frame", "muted"))


def _row(exchange: Exchange, first_ns: int, room: int, *, wide: bool) -> list[Cell]:
    packets = exchange.packets
    latency = pad_decimals(milliseconds(exchange.latency_ns), room)
    numbers = packet_numbers([*exchange.request_packets, *exchange.reply_packets])
    row = [
        Cell(f"#{exchange.number}", "muted"),
        Cell(seconds(exchange.time_ns - first_ns), "muted"),
        Cell(pattern_text(exchange.pattern, exchange.route), "route"),
        Cell(value_text(exchange.data)),
        reply_cell(exchange),
        Cell(latency),
        Cell(f"{packets:,}", "" if packets == expected(exchange) else "note"),
        Cell(numbers, "muted"),
    ]
    if wide:
        row.append(Cell(f"{exchange.request_bytes + exchange.reply_bytes:,}"))
    return row
