"""One line per exchange: who, what, how long, and in which packets.

The count of packets and their numbers are side by side: the claim, and where to look.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from inspector.calls.costs import expected

from .clock import Clock, Times
from .layout import Cell, Column, Listing
from .rendering import (
    carrier_title,
    decimals,
    milliseconds,
    packet_numbers,
    pad_decimals,
    pattern_text,
    short_text,
)
from .reply_words import reply_cell
from .text import Text
from .theme import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from inspector.calls.exchanges import Exchange

_SAMPLE = 1000
"""Exchanges whose width decides the width of the columns."""
_WIDE = 110
"""From this width on there is a column more."""

_COLUMNS = [
    Column("#", right=True),
    Column("time s", right=True),
    Column("pattern", flexible=10, is_name=True),
    Column("data", flexible=8),
    Column("reply", flexible=8),
    Column("ms", right=True),
    Column("packets", right=True),
    Column(""),
]
_BYTES = Column("bytes", right=True)
_TIME_PLACE = 1
_OVER_PLACE = 2
"""Where the carrier stands, if there are several."""


def print_exchanges(
    console: Console,
    exchanges: Iterable[Exchange],
    first_ns: int,
    times: Times = Times.RELATIVE,
) -> None:
    """Print exchanges for people, as they come.

    Args:
        console: Where to.
        exchanges: In the order in which they are shown.
        first_ns: When the capture began.
        times: What the times say: how long after that, by default.
    """
    source = iter(exchanges)
    sample = list(islice(source, _SAMPLE))
    table = ExchangeCells(sample, Clock(first_ns, times), console.width)
    rows = map(table.row, chain(sample, source))
    first = list(islice(rows, len(sample)))
    listing = Listing(console, table.columns, first)
    shared = False
    for row in chain(first, rows):
        shared = shared or "*" in row[table.numbers].text
        listing.print(row)
    if shared and listing.shows(table.numbers):
        other = "exchange" if all(each.passage for each in sample) else "frame"
        show(console, Text())
        show(console, Text(f"* shared with another {other}", "muted"))


class ExchangeCells:
    """What is shown of an exchange.

    Args:
        sample: Some of those that are shown.
        clock: What says the times.
        width: Cells of a line.
        several: Whether they may be of several carriers; None where the sample says so.

    Attributes:
        columns: The columns.
        numbers: Which of them has the numbers of the packets.
    """

    def __init__(
        self,
        sample: Sequence[Exchange],
        clock: Clock,
        width: int,
        *,
        several: bool | None = None,
    ) -> None:
        self._clock = clock
        figures = (decimals(milliseconds(each.latency_ns)) for each in sample)
        self._room = max(figures, default=0)
        carriers = {each.carrier for each in sample}
        self._over = len(carriers) > 1 if several is None else several
        self.columns = list(_COLUMNS)
        self.columns[_TIME_PLACE] = Column(clock.header, right=True)
        if self._over:
            self.columns.insert(_OVER_PLACE, Column("over"))
        self.numbers = len(self.columns) - 1
        self._wide = width >= _WIDE
        if self._wide:
            self.columns.append(_BYTES)

    def row(self, exchange: Exchange) -> list[Cell]:
        """Return the cells of an exchange."""
        cells = _row(exchange, self._clock, self._room)
        if self._wide:
            cells.append(Cell(f"{exchange.request_bytes + exchange.reply_bytes:,}"))
        if self._over:
            cells.insert(_OVER_PLACE, Cell(carrier_title(exchange.carrier), "muted"))
        return cells


def _row(exchange: Exchange, clock: Clock, room: int) -> list[Cell]:
    """Return the cells that there always are."""
    packets = exchange.packets
    latency = pad_decimals(milliseconds(exchange.latency_ns), room)
    numbers = packet_numbers(
        [*exchange.request_packets, *exchange.reply_packets], exchange
    )
    if exchange.errands is not None and exchange.errands.packets:
        errands = packet_numbers(exchange.errands.packets, exchange)
        numbers += f", errands {errands}"
    return [
        Cell(f"#{exchange.number}", "muted"),
        Cell(clock.text(exchange.time_ns), "muted"),
        Cell(pattern_text(exchange.pattern, exchange.route), "route"),
        Cell(short_text(exchange.data)),
        reply_cell(exchange),
        Cell(latency),
        Cell(f"{packets:,}", "" if packets == expected(exchange) else "note"),
        Cell(numbers, "muted"),
    ]
