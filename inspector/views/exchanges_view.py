"""One line per exchange: who, what, how long, and in which packets.

The count of packets and their numbers stand side by side: the claim, and where to look.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from rich.text import Text

from inspector.calls.costs import expected
from inspector.calls.exchanges import Exchange, Kind, Outcome, error_text
from inspector.words import duration
from protocol import UNDEFINED, Response

from .table import Cell, Column, Listing
from .theme import show
from .values import (
    decimals,
    milliseconds,
    packet_numbers,
    pad_decimals,
    pattern_text,
    safe,
    seconds,
    value_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

_SAMPLE = 1000
"""Exchanges whose width decides the width of the columns."""
_WIDE = 110
"""From this width on there is a column more."""
_MAX_VALUES = 20

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


def reply_cell(exchange: Exchange) -> Cell:
    """Return the replies of an exchange; a failure decides the role of the cell."""
    if exchange.kind is Kind.EVENT:
        return Cell("event", "muted")
    if exchange.outcome is Outcome.UNANSWERED:
        waited = duration(exchange.ended_ns - exchange.asked_ns)
        return Cell(f"unanswered {waited}", "error")
    words = list(reply_words(exchange))
    text = ", ".join(words)
    if exchange.outcome in {Outcome.ERROR, Outcome.NO_HANDLER}:
        return Cell(text, "error")
    unusual = exchange.outcome is Outcome.INCOMPLETE or any(
        word in {"no value", "undefined"} for word in words
    )
    return Cell(text, "warning" if unusual else "")


def reply_words(exchange: Exchange) -> Iterator[str]:
    """Yield what each reply of an exchange says."""
    if exchange.outcome is Outcome.NO_HANDLER:
        yield "no handler"
        return
    replies = exchange.replies
    for reply in replies[:_MAX_VALUES]:
        yield reply_word(reply, alone=len(replies) == 1)
    if len(replies) > _MAX_VALUES:
        yield f"… ({len(replies):,})"
    if exchange.outcome is Outcome.INCOMPLETE:
        yield "no end"


def reply_word(reply: Response, *, alone: bool) -> str:
    """Return what a reply says; ``alone`` where it is the only one of its exchange."""
    if reply.err is not UNDEFINED and reply.failed:
        return f"error: {safe(error_text(reply.err))}"
    if reply.response is not UNDEFINED:
        return value_text(reply.response)
    if reply.is_disposed:
        return "no value" if alone else "end"
    return "undefined"
