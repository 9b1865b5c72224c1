"""The packets of one exchange with their times, and the exchanges around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind, Outcome
from inspector.words import duration, nouns, plural

from .closeup import Neighbour, Others
from .layout import Cell, Column, table_lines
from .packets_view import packet_words
from .rendering import (
    ELLIPSIS,
    align_decimals,
    gap,
    milliseconds,
    pattern_text,
)
from .text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.journal import CapturedPacket

    from .closeup import Closeup, PacketRow
    from .show_setting import Setting

_FIRST, _LAST = 30, 10
"""Rows of packets that are shown, from the first on and up to the last."""
_UNCUT = 1_000_000  # cells of a line that nobody cuts
_FAILED = {Outcome.ERROR: "error", Outcome.NO_HANDLER: "no handler"}


def packet_lines(closeup: Closeup, setting: Setting) -> Iterator[Text]:
    """Yield the packets of the exchange; of many the first and the last."""
    rows, omitted = closeup.rows, closeup.omitted
    if setting.full or len(rows) <= _FIRST + _LAST:
        first, last = rows, []
    else:
        first, last = rows[:_FIRST], rows[-_LAST:]
        omitted += len(rows) - _FIRST - _LAST
    table = _PacketTable([*first, *last], setting)
    yield table.header()
    yield from map(table.line, first)
    if omitted:
        more = f"{ELLIPSIS} {omitted:,} more {nouns(omitted, 'row')}, --full"
        yield Text(more, "muted")
    yield from map(table.line, last)


class _PacketTable:
    """The packets as lines; a row of others takes the place of its columns."""

    def __init__(self, rows: list[PacketRow], setting: Setting) -> None:
        self._setting = setting
        self._previous: int | None = None
        packets = [row for row in rows if not isinstance(row, Others)]
        self._several = len({packet.connection for packet in packets}) > 1
        self._clock = setting.clock()
        numbers = [row.first if isinstance(row, Others) else row.number for row in rows]
        times = [packet.time_ns for packet in packets]
        spans = [max(times) - min(times)] if times else [0]
        self._number = max(len("Packets"), *(len(str(each)) for each in numbers))
        self._time = self._clock.width(max(times, default=setting.first_ns))
        self._delta = max(len("Δ ms"), *(len(gap(each)) for each in spans))
        sizes = [f"{len(packet.segment.payload):,}" for packet in packets]
        self._bytes = max(len("bytes"), *map(len, sizes))

    def header(self) -> Text:
        """Return the line above the packets."""
        columns = (
            f"  {self._clock.header:>{self._time}}  {'Δ ms':>{self._delta}}"
            f"{'   con' * self._several}     {'bytes':>{self._bytes}}  carried"
        )
        title = f"{'Packets':<{self._number}}"
        return self._cut(Text.assemble((title, "title"), (columns, "muted")))

    def line(self, row: PacketRow) -> Text:
        """Return the line of a packet, or of the others in between."""
        return self._cut(
            self._others(row) if isinstance(row, Others) else self._packet(row)
        )

    def _packet(self, packet: CapturedPacket) -> Text:
        elapsed = None if self._previous is None else packet.time_ns - self._previous
        self._previous = packet.time_ns
        delta = "" if elapsed is None else gap(elapsed)
        size = len(packet.segment.payload)
        arrow = "→" if packet.from_client else "←"
        text = Text.assemble(
            f"{packet.number:>{self._number}}",
            (f"  {self._clock.text(packet.time_ns):>{self._time}}", "muted"),
            f"  {delta:>{self._delta}}  ",
            (self._connection(packet), "muted"),
            (arrow, "client" if packet.from_client else "server"),
            f"  {f'{size:,}' if size else '':>{self._bytes}}  ",
        )
        for words, style in packet_words(packet):
            text.append(words, style)
        return text

    def _connection(self, packet: CapturedPacket) -> str:
        """Return the number of a connection, if there are several."""
        assert packet.connection is not None
        return f"{packet.connection.number:>4}  " if self._several else ""

    def _others(self, others: Others) -> Text:
        number = f"{others.first}{ELLIPSIS * (others.count > 1)}"
        text = f"{number:>{self._number + (others.count > 1)}}  {_others_words(others)}"
        return Text(text, "muted")

    def _cut(self, line: Text) -> Text:
        if self._setting.cut:
            line.truncate(self._setting.width)
        return line


def _others_words(others: Others) -> str:
    """Return what passed in between: ``9 others: #434 #446 and their ACKs``."""
    words = f"{plural(others.count, 'other')} of this connection"
    if others.exchanges:
        named = " ".join(f"#{number}" for number in others.exchanges)
        words += f": {named}{f' {ELLIPSIS}' * others.more}"
    if others.acks == others.count:
        return f"{words}, without data"
    return f"{words} and ACKs" if others.acks else words


_AROUND = [
    Column("Around it"),
    Column("time", right=True),
    Column("pattern", flexible=10, is_name=True),
    Column("ms"),
    Column("on this connection", flexible=8),
]
_TIME_PLACE = 1


def around_lines(closeup: Closeup, setting: Setting) -> Iterator[Text]:
    """Yield the exchange between those of its connection that are next to it."""
    if not closeup.neighbours:
        return
    own, clock = closeup.exchange, setting.clock()
    entries = sorted([Neighbour.of(own), *closeup.neighbours])
    figures = align_decimals([_figure(each) for each in entries])
    rows = []
    for each, figure in zip(entries, figures, strict=True):
        style = "" if each.number == own.number else "muted"
        rows.append(
            [
                Cell(f"#{each.number}", style),
                Cell(clock.text(each.time_ns), "muted"),
                Cell(pattern_text(each.pattern, each.route), "route"),
                Cell(figure, "error" if each.outcome in _FAILED else ""),
                Cell(_relation(each, own), "muted"),
            ]
        )
    columns = [*_AROUND]
    columns[_TIME_PLACE] = Column(clock.header, right=True)
    yield from table_lines(columns, rows, setting.width if setting.cut else _UNCUT)


def _figure(each: Neighbour) -> str:
    return "event" if each.kind is Kind.EVENT else milliseconds(each.latency_ns)


def _relation(each: Neighbour, own: Exchange) -> str:
    """Return when a neighbour began, and how it ended where that is not well."""
    words = _FAILED.get(each.outcome, "") if each.outcome else ""
    if each.outcome is Outcome.UNANSWERED:
        words = "in flight" if each.in_flight else "no reply"
    return ", ".join(filter(None, [_when(each, own), words]))


def _when(each: Neighbour, own: Exchange) -> str:
    if each.number == own.number:
        return ""
    before, later_ns = each.number < own.number, each.time_ns - own.time_ns
    if later_ns and before is (later_ns > 0):  # the clock was set in between
        return "before" if before else "after"
    if before:
        return f"{duration(-later_ns)} before"
    end = own.last_reply_ns
    if end is None or each.time_ns < end:
        waits = own.kind is Kind.MESSAGE and end is None and not own.untimed
        if end is not None:
            return "inside"
        after = f"{duration(later_ns)} after"
        return f"{after}, while it waited" if waits else after
    return f"{duration(each.time_ns - end)} after"
