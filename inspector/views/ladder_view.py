"""The arrows of a conversation, between the lanes of those who speak.

::

       time s      Δ ms  client :48634                        server :8902  packets
     0.002737     2.737  │ stream5 0 #1 ────────────────────────────────►│  4
     0.011378     8.641  │◄──────────────────────────────────────── 1 #1 │  6

A label is at its arrow's origin; an arrow crosses a lane as ``┼``. What is in the
column of packets proves it: ``┐┘`` joins frames that came in one packet, ``×n`` stands
for n of them, ``÷n`` for a frame that took n packets.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from .cells import cell_len
from .clock import Clock, Times
from .end_names import cut_end
from .ladder_label import arrow_label, common_key, speaking
from .ladder_lanes import LEAST_LANE, Lane, Lanes
from .ladder_rows import Arrow, Note, Row
from .rendering import CANNOT_BE, ELLIPSIS, fit, gap
from .text import Text
from .theme import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

_SAMPLE = 1000
"""Rows that decide how wide the columns are, and which lanes there are."""
_DELTA = 10  # cells of the column Δ ms
_NARROW = 70  # below, the column of times is left out
_LEAST_ARROW = 4  # cells of a line that is still one
_PACKETS = len("packets")
_MOST_PACKETS = 16
_STRIKING_NS = 30_000_000  # a gap that is bold
_MARKS = [
    ("┐┘ ×n", "frames that share a packet"),
    ("÷n", "a frame split over n packets"),
]


class _Layout:
    """Where everything stands.

    Attributes:
        lanes: From left to right.
        left: Cells in front of the first lane.
        width: Cells from the first lane to the last.
        full: Cells of a row.
        timed: Whether a row has its time …
        gaps: … and the time since the row above.
    """

    def __init__(
        self,
        sample: Sequence[Row],
        clock: Clock,
        width: int,
    ) -> None:
        arrows = [row for row in sample if isinstance(row, Arrow)]
        last_ns = max((arrow.begin_ns for arrow in arrows), default=0)
        self.clock, self.full = clock, width
        self.timed = width >= _NARROW
        self.time = max(9, clock.width(last_ns))
        marks = max((cell_len(_numbers(arrow)) for arrow in arrows), default=0)
        packets = 2 + max(_PACKETS, min(marks, _MOST_PACKETS))
        self.gaps = width - _DELTA - 2 - packets >= LEAST_LANE
        left = (self.time if self.timed else 0) + (_DELTA if self.gaps else 0)
        self.left = left + 2 if left else 0
        self.width = max(width - self.left - packets, LEAST_LANE)
        self.lanes = Lanes(sample, self.width)
        self.key = common_key(arrows)

    def places(self, arrow: Arrow) -> tuple[int, int]:
        """Return the places of the lanes that an arrow goes from and to."""
        ends = [self.lanes.place(end) for end in speaking(arrow)]
        if ends[0] == ends[1]:  # both came late
            ends[1] = 0 if ends[0] else self.width - 1
        return ends[0], ends[1]


def print_ladder(
    console: Console,
    rows: Iterable[Row],
    first_ns: int,
    times: Times = Times.RELATIVE,
) -> None:
    """Print rows for people, as they come.

    Args:
        console: Where to.
        rows: What is to be shown.
        first_ns: When the capture began.
        times: What the times say: how long after that, by default.
    """
    source = iter(rows)
    sample = list(islice(source, _SAMPLE))
    if not sample:
        return
    layout = _Layout(sample, Clock(first_ns, times), console.width)
    show(console, _header(layout))
    previous: Arrow | None = None
    marked = False
    for row, mark in _with_marks(chain(sample, source)):
        if isinstance(row, Note):
            show(console, _note_line(row, layout))
            continue
        show(console, _arrow_line(row, layout, previous, mark))
        marked = marked or bool(mark) or _quantity(row) != ""
        previous = row
    _print_legend(console, layout, marked=marked)


def _print_legend(console: Console, layout: _Layout, *, marked: bool) -> None:
    """Print what the rows leave to it, if they do: marks, folded lanes, the key."""
    told = list(layout.lanes.legend())
    if layout.key:
        told.append(("patterns", f"{layout.key}: before each"))
    if marked:
        told += _MARKS
    if told:
        show(console, Text())
    room = max((cell_len(name) for name, _ in told), default=0)
    for name, words in told:
        line = Text.assemble((f"{name.ljust(room)}  {words}", "muted"))
        line.truncate(layout.full)
        show(console, line)


def _with_marks(rows: Iterable[Row]) -> Iterator[tuple[Row, str]]:
    """Yield rows, each with the mark that joins it with those of the same packet."""
    before: list[int] | None = None
    waiting: Row | None = None
    joined = False
    for row in rows:
        packets = row.packets if isinstance(row, Arrow) and row.frames == 1 else None
        if waiting is not None:
            same = packets is not None and packets == before and len(packets) == 1
            yield waiting, _mark(before_joined=joined, joined=same)
            joined = same
        waiting, before = row, packets
    if waiting is not None:
        yield waiting, _mark(before_joined=joined, joined=False)


def _mark(*, before_joined: bool, joined: bool) -> str:
    if joined:
        return "│" if before_joined else "┐"
    return "┘" if before_joined else ""


def _header(layout: _Layout) -> Text:
    text = Text()
    if layout.timed:
        text.append(layout.clock.header.rjust(layout.time), "muted")
    if layout.gaps:
        text.append("Δ ms".rjust(_DELTA), "muted")
    text.append(" " * (layout.left - text.cell_len))
    text.append(_lane_names(layout), "title")
    text.append("  packets", "muted")
    return text


def _lane_names(layout: _Layout) -> str:
    """Return the names above their lanes, those in between centred."""
    lanes = layout.lanes.lanes
    names = [lane.name for lane in lanes]
    line = _set_names(lanes, names)
    if cell_len(line) > layout.width:
        between = layout.width // (len(lanes) - 1)
        outer = {0, len(lanes) - 1}
        rooms = (between // 2 if i in outer else between - 1 for i in range(len(lanes)))
        cut = [
            name if cell_len(name) <= room else cut_end(name, room)
            for name, room in zip(names, rooms, strict=True)
        ]
        line = _set_names(lanes, cut)
    return fit(line, layout.width)


def _set_names(lanes: Sequence[Lane], names: Sequence[str]) -> str:
    line = ""
    for index, (lane, name) in enumerate(zip(lanes, names, strict=True)):
        room = cell_len(name)
        if index == 0:
            start = 0
        elif index == len(lanes) - 1:
            start = lane.place + 1 - room
        else:
            start = lane.place - room // 2
        gap = start - cell_len(line)
        line += " " * max(gap, 1 if line else 0) + name
    return line


def _arrow_line(row: Arrow, layout: _Layout, previous: Arrow | None, mark: str) -> Text:
    text = _time_columns(row, layout, previous, continued=mark in {"│", "┘"})
    begin, end = layout.places(row)
    style = _style(row)
    places = layout.lanes.places
    low, high = min(begin, end), max(begin, end)
    text.append(_lanes_between(0, low, places), "muted")
    text.append("│", "muted")
    room = high - low - 1
    ends = [layout.lanes.told(end) for end in speaking(row)]
    label = arrow_label(row, room - _LEAST_ARROW, *ends, key=layout.key)
    line = max(room - label.cell_len - 3, 0)
    if begin < end:
        text.append(" ").append_text(label).append(" ")
        start = begin + 1 + label.cell_len + 2
        text.append(_drawn(row.line, start, line, places) + "►", style)
    else:
        text.append("◄" + _drawn(row.line, low + 2, line, places), style)
        text.append(" ").append_text(label).append(" ")
    text.append("│", "muted")
    text.append(_lanes_between(high + 1, layout.width, places), "muted")
    _append_packets(text, row, mark)
    if text.cell_len > layout.full:
        text.truncate(layout.full)
    return text


def _time_columns(
    row: Arrow, layout: _Layout, previous: Arrow | None, *, continued: bool
) -> Text:
    if continued:
        return Text(" " * layout.left)
    text = Text()
    if layout.timed:
        time = layout.clock.text(row.begin_ns)
        text.append(time.rjust(layout.time), "muted")
    if previous is not None and layout.gaps:
        # A frame of several packets may end after the next one has begun.
        gap_ns = row.begin_ns - previous.end_ns
        striking = "answer" if gap_ns >= _STRIKING_NS else ""
        figure = gap(gap_ns)
        if len(figure) >= _DELTA:  # hours, of which nobody misses the microseconds
            figure = figure.partition(".")[0]
        text.append(figure.rjust(_DELTA), striking)
    return text.append(" " * (layout.left - text.cell_len))


def _style(row: Arrow) -> str:
    if row.line == "┄":
        return "muted"
    return "client" if row.from_client else "server"


def _drawn(line: str, start: int, length: int, places: set[int]) -> str:
    return "".join(
        "┼" if place in places else line for place in range(start, start + length)
    )


def _lanes_between(start: int, end: int, places: set[int]) -> str:
    return "".join("│" if place in places else " " for place in range(start, end))


def _append_packets(text: Text, row: Arrow, mark: str) -> None:
    numbers = "" if mark in {"│", "┘"} else _span(row.packets)
    text.append(f"  {numbers}", "" if row.line != "┄" else "muted")
    quantity = _quantity(row)
    if quantity:
        text.append(f" {quantity}", "note")
    if mark:
        text.append(" " * max(4 - len(numbers), 1) + mark, "note")


def _numbers(row: Arrow) -> str:
    quantity = _quantity(row)
    return _span(row.packets) + (f" {quantity}" if quantity else "")


def _span(packets: Sequence[int]) -> str:
    """Return ``4``, ``1–3`` or, with others between them, ``4…36``."""
    first, last = packets[0], packets[-1]
    if first == last:
        return f"{first}"
    consecutive = last - first == len(packets) - 1
    return f"{first}{CANNOT_BE if consecutive else ELLIPSIS}{last}"


def _quantity(row: Arrow) -> str:
    if row.frames > 1 and len(row.packets) == 1:
        return f"×{row.frames}"
    return f"÷{len(row.packets)}" if row.line == "═" and row.frames == 1 else ""


def _note_line(note: Note, layout: _Layout) -> Text:
    text = Text(" " * layout.left)
    text.append("│", "muted")
    for word, role in note.words:
        text.append(" " if word == note.words[0][0] else "  ")
        text.append(word, role)
    if text.cell_len > layout.full:
        text.truncate(layout.full)
    return text
