"""What is known of a live run to the lines of a screen.

::

    lo   15:16:16   1 min 20 s   255 exchanges, 197 in flight   0 packets dropped

    pattern     count    /s  in flight  errors  p50 ms  p99 ms  last 14 s
    …
    Last exchanges  pattern  data  reply  ms  packets
    …
    what needs attention
    keys

Rows and columns have their places whatever the figures are, so that nothing jumps.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, TypeAlias

from inspector.calls.costs import expected
from inspector.calls.plain import PlainExchange
from inspector.figures.activity import Activity, Row
from inspector.shorthand import short
from inspector.words import clock, duration, nouns, plural, verb
from protocol.named_tuple import NamedTuple

from .bars import heights
from .layout import Cell, Column, header_line, row_line, told_apart
from .rendering import (
    CANNOT_BE,
    align_decimals,
    milliseconds,
    pattern_text,
    route_over,
    safe,
    short_text,
)
from .reply_words import reply_cell
from .text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.findings.finding import Finding

    from .live_status import LiveStatus

    _Key: TypeAlias = tuple[str, str]  # carrier and route

SORTS = ("rate", "count", "errors", "p99", "pattern")
_NARROW = 70  # from this width on all figures have room
# decision 63: A cell of the live table's sparkline is a second
_LONGEST_HISTORY = 60
_SHORTEST_HISTORY = 8
_NAME = 10  # cells of a pattern, at least …
_FULL_NAME = 32  # … and before what stands beside it gets more than its least
_VALUE = 10  # cells of data and of a reply, at least …
_LONGEST_VALUE = 40  # … and at most
_LONG_NAME = 22  # … where its carrier stands beside it
_LAST = 6
_SMALL = 2_048  # bytes of payloads that may be kept until a line is made of them
_AROUND = 9  # lines that are neither patterns nor exchanges
_FEWEST = 3  # patterns
_FIGURES = (7, 6, 9, 6, 6, 6)  # widths from count to p99
_EMPTY = Row()


class Finished(NamedTuple):
    """An exchange that is over, as a line shows it.

    Its payloads, which may be long, are not kept; but of one that is plain and small,
    which nearly all are, no line was made yet.
    """

    route: str
    cells: list[Cell] | PlainExchange


class Screen:
    """What is shown, and how.

    Args:
        name: Of the source.
        slow_ns: From when on an exchange that waits needs attention.

    Attributes:
        sort: Of :data:`SORTS`, that by which the patterns are ordered.
        only: What the routes contain that are shown.
        typing: Whether that is being typed.
        paused: Whether the screen is frozen.
        helping: Whether the keys are explained.
        notice: What happened to the source itself.
    """

    def __init__(self, name: str, slow_ns: int) -> None:
        self._name, self._slow_ns = name, slow_ns
        self._activity = Activity()
        self._last: deque[Finished] = deque(maxlen=4 * _LAST)
        self._finding: Finding | None = None
        self._findings = 0
        self.sort = SORTS[0]
        self.only = ""
        self.typing = self.paused = self.helping = False
        self.notice = ""

    def add_exchange(self, exchange: Exchange) -> None:
        """Take in an exchange that is over."""
        self._activity.add(exchange)
        self._last.append(Finished(exchange.route or "", _exchange_cells(exchange)))

    def add_plain(self, plain: PlainExchange) -> None:
        """Take in one that is an exchange only for whoever looks at it."""
        if plain.payload_bytes > _SMALL:
            self.add_exchange(plain.exchange())
            return
        self._activity.add_plain(plain)
        self._last.append(Finished(plain.call.ledger.route or "", plain))

    def add_finding(self, finding: Finding) -> None:
        """Take in a finding; the last one is shown, and how many there are."""
        self._finding = finding
        self._findings += 1

    def lines(self, status: LiveStatus, width: int, height: int) -> list[Text]:
        """Return the screen, not higher than it is."""
        if self.helping:
            return [*_help(), Text(), _keys(self)][:height]
        last = _LAST if height > _AROUND + _LAST + _FEWEST else 0
        room = max(height - _AROUND - last + (0 if last else 2), 1)
        lines = [self._heading(status, width), Text()]
        lines += self._patterns(status, width, room)
        lines.append(Text())
        if last:
            lines += self._exchanges(width, last)
            lines.append(Text())
        lines.append(self._attention(status))
        return [*lines[: height - 1], _keys(self)]

    def _heading(self, status: LiveStatus, width: int) -> Text:
        line = Text.assemble((safe(self._name), "answer"))
        moment, dropped = clock(status.now_ns)[:8], status.dropped
        if dropped and width < _NARROW:
            line.append(f"   {dropped:,} dropped", "error")
        line.append(f"   {moment}")
        if width >= _NARROW:
            line.append(f"   {duration(status.running_ns)}")
        line.append(f"   {plural(self._activity.exchanges, 'exchange')}")
        if width >= _NARROW:
            line.append(", ")
            waiting = len(status.waiting)
            line.append(f"{waiting:,} in flight", "answer" if waiting else "")
            if dropped is not None:
                style = "error" if dropped else "good"
                line.append(f"   {plural(dropped, 'packet')} dropped", style)
        if self.paused:
            line.append("   paused", "warning")
        return line

    @property
    def _several(self) -> bool:
        """Whether there are several carriers, so that rows name theirs."""
        return len({carrier for carrier, _ in self._activity.rows}) > 1

    def _patterns(self, status: LiveStatus, width: int, room: int) -> Iterator[Text]:
        """Yield the table of patterns: always its header and ``room`` + 1 lines."""
        flying = Counter((each.carrier, each.route or "") for each in status.waiting)
        rows = self._ordered(status, flying)
        shown = rows[:room]
        columns, widths = _pattern_layout(width, _LONG_NAME if self._several else _NAME)
        yield header_line(columns, widths)
        figures = list(self._figures(shown, flying, status, widths[-1]))
        for cells in told_apart(columns, widths, figures):
            yield row_line(columns, widths, cells)
        for _ in range(room - len(shown)):
            yield Text()
        rest = len(rows) - len(shown)
        more = f"and {plural(rest, 'more pattern')}" if rest else ""
        yield Text(more, "muted")

    def _ordered(
        self, status: LiveStatus, flying: Counter[_Key]
    ) -> list[tuple[_Key, Row]]:
        rows = dict.fromkeys(flying, _EMPTY) | self._activity.rows
        now = status.now_ns
        keys: dict[str, Callable[[Row], float]] = {
            "rate": lambda row: row.rate(now),
            "count": lambda row: row.count,
            "errors": lambda row: row.errors,
            "p99": lambda row: row.latencies.quantile(0.99) or 0,
        }
        chosen = [each for each in rows.items() if self.only in each[0][1]]
        if self.sort == "pattern":
            return sorted(chosen, key=lambda each: each[0][::-1])
        key = keys[self.sort]
        return sorted(
            chosen, key=lambda each: (key(each[1]), each[1].last_ns), reverse=True
        )

    def _figures(
        self,
        rows: Sequence[tuple[_Key, Row]],
        flying: Counter[_Key],
        status: LiveStatus,
        seconds: int,
    ) -> Iterator[list[Cell]]:
        halves, tails = (
            _figures_in_room(
                [milliseconds(row.latencies.quantile(part)) for _, row in rows]
            )
            for part in (0.50, 0.99)
        )
        for (key, row), p50, p99 in zip(rows, halves, tails, strict=True):
            carrier, route = key
            name = route_over(route, carrier, several=self._several)
            history = row.history(status.now_ns, seconds) if seconds else []
            yield [
                Cell(safe(name), "route"),
                Cell(f"{row.count:,}"),
                _rate(row.rate(status.now_ns)),
                _count(flying[key], "answer"),
                _count(row.errors, "error"),
                Cell(p50, "muted" if p50 == CANNOT_BE else ""),
                Cell(p99, "muted" if p99 == CANNOT_BE else ""),
                Cell(heights(history), "client"),
            ]

    def _exchanges(self, width: int, number: int) -> Iterator[Text]:
        columns, widths = _exchange_layout(width)
        chosen = [each.cells for each in self._last if self.only in each.route]
        last = [
            _exchange_cells(each.exchange())
            if isinstance(each, PlainExchange)
            else each
            for each in chosen[-number:]
        ]
        yield header_line(columns, widths)
        for cells in told_apart(columns, widths, last):
            yield row_line(columns, widths, cells)
        for _ in range(number - len(last)):
            yield Text()

    def _attention(self, status: LiveStatus) -> Text:
        if self.notice:
            return Text.assemble(("warning  ", "warning"), safe(self.notice))
        slow = [
            each
            for each in status.waiting
            if status.now_ns - each.asked_ns > self._slow_ns
        ]
        if slow:
            return Text.assemble(("warning  ", "warning"), self._slow(slow, status))
        finding = self._finding
        if finding is None:
            return Text("No findings.", "good")
        line = Text.assemble((f"{finding.severity}  ", finding.severity))
        line.append(safe(finding.message))
        if self._findings > 1:
            line.append(f", and {self._findings - 1:,} before", "muted")
        return line

    def _slow(self, slow: Sequence[Exchange], status: LiveStatus) -> str:
        ((route, count),) = Counter(each.route or "" for each in slow).most_common(1)
        oldest = status.now_ns - min(each.asked_ns for each in slow)
        name, noun = safe(short(route)), nouns(count, "call")
        calls = f"{count:,} {name} {noun} {verb(count, 'waits')}"
        bound = f"longer than {duration(self._slow_ns)}"
        return f"{calls} {bound}, the oldest {duration(oldest)}"


def _exchange_cells(exchange: Exchange) -> list[Cell]:
    packets = exchange.packets
    usual = packets == expected(exchange)
    latency = milliseconds(exchange.latency_ns)
    return [
        Cell(clock(exchange.time_ns), "muted"),
        Cell(pattern_text(exchange.pattern, exchange.route), "route"),
        Cell(short_text(exchange.data)),
        reply_cell(exchange),
        Cell(latency, "muted" if latency == CANNOT_BE else ""),
        Cell(f"{packets:,}", "" if usual else "note"),
    ]


def _pattern_layout(width: int, least: int) -> tuple[list[Column], list[int]]:
    """Return the columns of the patterns; a width of 0 leaves one out.

    Args:
        width: Of the screen.
        least: Cells of a pattern, at least.
    """
    count, rate, flying, errors, p50, p99 = _FIGURES
    if width < _NARROW:
        history, figures = 0, [0, rate, 0, errors, 0, p99]
        name = width - sum(figures) - 2 * 3
    else:
        figures = [count, rate, flying, errors, p50, p99]
        room = width - sum(figures) - 2 * len(figures)
        # Not by what the names are: they come and go, and columns must not move.
        full = min(_FULL_NAME, room - 2 - _SHORTEST_HISTORY)
        name = max(least, full, room - 2 - _LONGEST_HISTORY)
        history = room - 2 - name
    names = ("count", "/s", "in flight", "errors", "p50 ms", "p99 ms")
    columns = [
        Column("pattern", is_name=True),
        *(Column(each, right=True) for each in names),
    ]
    columns.append(Column(f"last {history} s"))
    return columns, [max(name, 1), *figures, history]


def _exchange_layout(width: int) -> tuple[list[Column], list[int]]:
    columns = [
        Column("Last exchanges"),
        Column("pattern", is_name=True),
        Column("data"),
        Column("reply"),
        Column("ms", right=True),
        Column("packets", right=True),
    ]
    room = width - 14 - 2 - 7
    if width < _NARROW:
        return columns, [14, max(room - 2, 1), 0, 0, 7, 0]
    room -= 7 + 2 * 4
    value = min(max((room - _FULL_NAME) // 2, _VALUE), _LONGEST_VALUE)
    return columns, [14, room - 2 * value, value, value, 7, 7]


def _figures_in_room(figures: list[str]) -> list[str]:
    """Return times with their points aligned; seconds have no room for that."""
    room = _FIGURES[-1]
    aligned = align_decimals(figures)
    return [each if len(each) <= room else each.rstrip() for each in aligned]


def _rate(rate: float) -> Cell:
    if not rate:
        return Cell(CANNOT_BE, "muted")
    return Cell(f"{rate:.1f}" if rate < 1000 else f"{rate:,.0f}")  # noqa: PLR2004


def _count(count: int, style: str) -> Cell:
    return Cell(f"{count:,}", style if count else "muted")


def _keys(screen: Screen) -> Text:
    if screen.typing:
        return Text.assemble(
            ("/ ", "command"), screen.only, ("█  Enter keeps, Esc clears", "muted")
        )
    names = [
        ("q", "quit"),
        ("p", "go on" if screen.paused else "pause"),
        ("s", f"sort: {screen.sort}"),
        ("/", f"filter: {screen.only}" if screen.only else "filter"),
        ("?", "back" if screen.helping else "help"),
    ]
    line = Text()
    for key, name in names:
        line.append("  " if line else "").append(key, "command").append(f" {name}")
    return line


def _help() -> Iterator[Text]:
    yield Text("Keys", "title")
    for key, meaning in (
        ("q", "end, and show the report; so does Ctrl-C"),
        ("p", "freeze the screen; traffic is still counted"),
        ("s", f"order the patterns by {', '.join(SORTS)}"),
        ("/", "only patterns that contain what is typed"),
    ):
        yield Text.assemble((key, "command"), f"  {meaning}")
    yield Text()
    yield Text("Figures", "title")
    yield Text("/s         over the last 10 seconds")
    yield Text("in flight  requests without their last reply")
    yield Text("errors     replies with err, no handler, or no reply at the end")
    yield Text("last       how many began in each second; the right end is now")
