"""The arrows of a conversation, between the lanes of those who speak.

::

       time s      Δ ms  client :48634                        server :8902  packets
     0.002737     2.737  │ stream5 0 #1 ────────────────────────────────►│  4
     0.011378     8.641  │◄──────────────────────────────────────── 1 #1 │  6

A label stands at its arrow's origin; an arrow crosses a lane as ``┼``. What is in the
column of packets proves it: ``┐┘`` joins frames that came in one packet, ``×n`` stands
for n of them, ``÷n`` for a frame that took n packets.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from inspector.calls.participants import participants

from .clock import Clock, Times
from .ladder_lanes import LEAST_LANE, lanes
from .ladder_rows import Arrow, Note, Row
from .rendering import CANNOT_BE, ELLIPSIS, fit
from .theme import show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from inspector.calls.participants import Participant

_SAMPLE = 1000
"""Rows that decide how wide the columns are, and which lanes there are."""
_DELTA = 10  # cells of the column Δ ms
_NARROW = 70  # below, the column of times is left out
_LEAST_ARROW = 4  # cells of a line that is still one
_PACKETS = len("packets")
_MOST_PACKETS = 16
_STRIKING_NS = 30_000_000  # a gap that is bold


class _Layout:
    """Where everything stands.

    Attributes:
        lanes: From left to right.
        left: Cells in front of the first lane.
        width: Cells from the first lane to the last.
    """

    def __init__(
        self,
        sample: Sequence[Row],
        clock: Clock,
        width: int,
    ) -> None:
        arrows = [row for row in sample if isinstance(row, Arrow)]
        last_ns = max((arrow.begin_ns for arrow in arrows), default=0)
        self.clock = clock
        self.timed = width >= _NARROW
        self.time = max(9, clock.width(last_ns))
        self.left = (self.time if self.timed else 0) + _DELTA + 2
        marks = max((cell_len(_numbers(arrow)) for arrow in arrows), default=0)
        packets = max(_PACKETS, min(marks, _MOST_PACKETS), 6)
        self.width = max(width - self.left - packets - 2, 2 * LEAST_LANE)
        self.full = width
        self.lanes = lanes(arrows, self.width)

    def places(self, arrow: Arrow) -> tuple[int, int]:
        """Return the places of the lanes that an arrow goes from and to."""
        client, server = participants(arrow.connection)
        ends = self._place(client), self._place(server)
        return ends if arrow.from_client else (ends[1], ends[0])

    def _place(self, speaker: Participant) -> int:
        for lane in self.lanes:
            if lane.speaker == speaker.key:
                return lane.place
        return self.lanes[-1].place  # one that came late, or has no room


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
    if marked:
        show(console, Text())
        legend = "┐┘ ×n  frames that share a packet   ÷n  a frame split over n packets"
        show(console, Text(legend, "muted"))


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
    text.append("Δ ms".rjust(_DELTA) + "  ", "muted")
    text.append(_lane_names(layout), "title")
    text.append("  packets", "muted")
    return text


def _lane_names(layout: _Layout) -> str:
    """Return the names above their lanes, those in between centred."""
    line = ""
    for index, lane in enumerate(layout.lanes):
        room = cell_len(lane.name)
        if index == 0:
            start = 0
        elif index == len(layout.lanes) - 1:
            start = lane.place + 1 - room
        else:
            start = lane.place - room // 2
        gap = start - cell_len(line)
        line += " " * max(gap, 1 if line else 0) + lane.name
    return fit(line, layout.width)


def _arrow_line(row: Arrow, layout: _Layout, previous: Arrow | None, mark: str) -> Text:
    text = _time_columns(row, layout, previous, continued=mark in {"│", "┘"})
    begin, end = layout.places(row)
    style = _style(row)
    places = {lane.place for lane in layout.lanes}
    low, high = min(begin, end), max(begin, end)
    text.append(_lanes_between(0, low, places), "muted")
    text.append("│", "muted")
    room = high - low - 1
    label = _label(row, room - _LEAST_ARROW)
    line = room - label.cell_len - 2
    if begin < end:
        start = begin + 1 + label.cell_len + 1
        text.append_text(label)
        text.append(" ")
        text.append(_drawn(row.line, start, line, places) + "►", style)
    else:
        text.append("◄" + _drawn(row.line, low + 2, line, places), style)
        text.append(" ")
        text.append_text(label)
    text.append("│", "muted")
    text.append(_lanes_between(high + 1, layout.width, places), "muted")
    _append_packets(text, row, mark)
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
    if previous is None:
        return text.append(" " * (_DELTA + 2))
    gap = row.begin_ns - previous.end_ns
    striking = "answer" if gap >= _STRIKING_NS else ""
    return text.append(f"{gap / 1e6:.3f}".rjust(_DELTA), striking).append("  ")


def _label(row: Arrow, room: int) -> Text:
    """Return the words at an arrow's origin, in the room that there is."""
    exchange = f" {row.exchange}" if row.exchange else ""
    text = Text()
    for index, (word, role) in enumerate(row.label):
        text.append(f"{' ' if index else ''}{word}", role)
    most = room - cell_len(exchange) - 2
    if text.cell_len > most:
        text.truncate(max(most - 1, 1))
        text.rstrip()
        text.append(ELLIPSIS)
    text.append(exchange, "muted")
    label = Text(" ") if row.from_client else Text()
    label.append_text(text)
    return label if row.from_client else label.append(" ")


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
        text.truncate(layout.full, overflow="ellipsis")
    return text
