"""One connection as its frames: requests at the margin, replies indented.

::

    ► request get_user #4                                 packet 49   99 B, 96 units
    │ {
    │   "pattern": "get_user",
    …
          ◄ reply get_user #4                  +2.03 ms   packet 50   51 B, 48 units
          │ {"isDisposed": true, "id": "9da20fd58acc247b2fc69"}
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from inspector.calls.participants import broker_of
from inspector.words import duration, nouns, plural, size

from .carried import Followed, frame_name, named_upkeep, size_words, unit_word
from .connection_ends import ends_text
from .json_text import json_lines, raw_text
from .rendering import packet_numbers, safe
from .text import Text
from .theme import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from inspector.journal import CarriedFrame
    from inspector.streams.connections import Connection

_SAMPLE = 1000
"""Frames that are counted before the heading is printed."""
_INDENT = 6  # cells of what the server says
_LEAST_NAME = 16  # cells that the first half has at least
_LEAST_GAP = 2  # cells between the two halves of a heading


def print_followed(
    console: Console, items: Iterable[Followed], *, full: bool = False
) -> None:
    """Print a stream for people, as it comes.

    Args:
        console: Where to.
        items: Of one connection, or of several.
        full: Whether long strings are shown whole.
    """
    source = iter(items)
    sample = list(islice(source, _SAMPLE))
    shown: Connection | None = None
    known: set[Connection] = set()
    for item in chain(sample, source):
        connection = item.packet.connection
        assert connection is not None
        if connection is not shown:
            if shown is not None:
                show(console, Text())
            heading = _heading(connection, [] if connection in known else sample)
            if broker_of(connection):  # which one exchange passes on and off
                known.add(connection)
            heading.truncate(console.width)
            show(console, heading)
            shown = connection
        show(console, Text())
        for line in _item_lines(item, console.width, full=full):
            show(console, line)


def _heading(connection: Connection, sample: list[Followed]) -> Text:
    number = f"connection {connection.number}"
    text = Text.assemble((number, "title"), "   ", ends_text(connection))
    own = [item for item in sample if item.packet.connection is connection]
    frames = [item.frame for item in own if item.frame is not None]
    if sample and len(sample) < _SAMPLE:
        total = size(sum(frame.sighting.size for frame in frames))
        text.append(f"   {plural(len(frames), 'frame')}, {total}", "muted")
    return text


def _item_lines(item: Followed, width: int, *, full: bool) -> Iterator[Text]:
    """Yield the heading of an item and its body, at the side of who sent it."""
    from_client = item.packet.from_client
    indent = "" if from_client else " " * _INDENT
    role = "client" if from_client else "server"
    bar = Text.assemble(indent, ("│ ", role))
    if item.frame is not None:
        yield _frame_heading(item.frame, indent, role, width)
        body = item.frame.sighting.body
        for line in json_lines(body, width - len(indent) - 2, full=full):
            yield bar + line
    elif item.upkeep is not None:
        words = f"· {named_upkeep(item.upkeep)}   packet {item.packet.number}"
        yield Text(f"{indent}{words}", "muted")
    elif item.anomaly is not None:
        yield Text.assemble(
            indent,
            ("✗ ", "error"),
            safe(item.anomaly.reason),
            (f"   packet {item.packet.number}", "muted"),
        )
        line = raw_text(item.packet.excerpt)
        line.truncate(width - len(indent) - 2)
        yield bar + line
    else:
        yield Text(f"{indent}┄ {item.gap:,} bytes missing ┄", "warning")


def _frame_heading(frame: CarriedFrame, indent: str, role: str, width: int) -> Text:
    exchange = frame.exchange
    sign = "◄" if frame.kind == "reply" else "►"
    text = Text.assemble(
        indent,
        (f"{sign} {unit_word(frame)} ", role),
        (frame_name(frame), "route"),
        ("" if exchange is None else f" #{exchange.number}", "muted"),
    )
    facts = list(_facts(frame))
    most = width - len(indent) - _LEAST_NAME
    while len(facts) > 1 and len("   ".join(facts)) > most:
        del facts[0]  # the size is worth most where there is little room
    right = Text("   ".join(facts), "muted")
    room = width - right.cell_len - _LEAST_GAP
    if text.cell_len > room:
        text.truncate(max(room, 1))
    text.append(" " * (width - text.cell_len - right.cell_len))
    return text.append_text(right)


def _facts(frame: CarriedFrame) -> Iterator[str]:
    """Yield when it came, in which packets, and how large it is."""
    sighting, exchange = frame.sighting, frame.exchange
    records = sighting.records
    if frame.kind == "reply" and exchange is not None and exchange.route is not None:
        last = max(records, key=lambda record: record.number)
        waited_ns = exchange.waited_ns(last.time_ns)
        if waited_ns is not None:
            yield f"+{duration(waited_ns)}"
    yield f"{nouns(len(records), 'packet')} {packet_numbers(records)}"
    yield size_words(sighting)
