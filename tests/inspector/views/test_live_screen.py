"""What is known is drawn at its place, whatever the screen."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from inspector.calls.exchanges import Exchange
from inspector.calls.plain import PlainExchange
from inspector.pipeline import Pipeline
from inspector.sources.files import read_capture
from inspector.views.live_screen import SORTS, Screen
from inspector.views.live_status import LiveStatus
from tests.inspector.captures import SHOWCASE
from tests.inspector.conversation import MILLISECOND, Wire
from tests.inspector.plainly import Kept, mostly_plain

if TYPE_CHECKING:
    from collections.abc import Iterable

_SECOND = 1_000_000_000
ITEMS = list(Pipeline().inspect(read_capture(str(SHOWCASE))))
EXCHANGES = [item for item in ITEMS if isinstance(item, Exchange)]
LAST_NS = max(each.time_ns for each in EXCHANGES)


def screen(items: Iterable[object] = ITEMS, slow_ns: int = _SECOND) -> Screen:
    made = Screen("lo", slow_ns)
    for item in items:
        if isinstance(item, Exchange):
            made.add_exchange(item)
        else:
            made.add_finding(item)  # type: ignore[arg-type]
    return made


def status(waiting: int = 0, dropped: int | None = 0) -> LiveStatus:
    calls = [each for each in EXCHANGES if each.route == "square"][:waiting]
    return LiveStatus(LAST_NS + _SECOND, 80 * _SECOND, dropped, calls)


def drawn(
    made: Screen, where: LiveStatus, width: int = 80, height: int = 24
) -> list[str]:
    return [line.plain.rstrip() for line in made.lines(where, width, height)]


def test_the_whole_screen_at_80_columns() -> None:
    lines = drawn(screen(), status())

    assert len(lines) == 24
    assert lines[0].endswith(
        "1 min 20 s   211 exchanges, 0 in flight   0 packets dropped"
    )
    assert lines[2].split() == [
        "pattern", "count", "/s", "in", "flight", "errors", "p50", "ms", "p99", "ms",
        "last", "8", "s",
    ]  # fmt: skip
    assert lines[3].split()[:5] == ["square", "200", "20.0", "0", "0"]
    assert lines[3].endswith("█")
    assert lines[12] == "and 2 more patterns"
    assert lines[14].split() == [
        "Last", "exchanges", "pattern", "data", "reply", "ms", "packets"
    ]  # fmt: skip
    assert [line.split()[1] for line in lines[15:21]] == ["square"] * 6
    assert lines[22].startswith(("note", "warning", "error"))
    assert lines[23] == "q quit  p pause  s sort: rate  / filter  ? help"


@pytest.mark.parametrize("width", [20, 40, 59, 60, 80, 120, 200])
@pytest.mark.parametrize("height", [3, 8, 12, 24, 60])
def test_no_screen_is_too_small(width: int, height: int) -> None:
    for made in (screen(), screen([])):
        lines = made.lines(status(3), width, height)
        assert len(lines) <= height
        assert lines[-1].plain.startswith("q quit")
        tables = [line.plain for line in lines[2:-2]]
        assert max((cell_len(line) for line in tables), default=0) <= max(width, 40)


def test_at_40_columns_there_are_pattern_rate_errors_and_p99() -> None:
    lines = drawn(screen(), status(dropped=7), width=40)

    assert lines[0].startswith("lo   7 dropped   ")
    assert lines[2].split() == ["pattern", "/s", "errors", "p99", "ms"]
    assert lines[14].split() == ["Last", "exchanges", "pattern", "ms"]


def test_at_120_columns_the_history_is_longer() -> None:
    header = drawn(screen(), status(), width=120)[2]

    assert header.endswith("last 34 s")
    assert drawn(screen(), status(), width=160)[2].endswith("last 60 s")


def test_nothing_jumps_when_figures_grow() -> None:
    few, many = screen(EXCHANGES[:3]), screen(EXCHANGES)
    headers = {tuple(drawn(each, status())[2:3]) for each in (few, many)}

    assert len(headers) == 1
    for line in (0, 2, 14, 22, 23):
        assert bool(drawn(few, status())[line]) == bool(drawn(many, status())[line])


@pytest.mark.parametrize(
    ("sort", "first"),
    [("rate", "square"), ("count", "square"), ("errors", "unknown"), ("p99", "tick")],
)
def test_patterns_are_ordered(sort: str, first: str) -> None:
    made = screen()
    made.sort = sort
    row = drawn(made, status())[3]

    longest = max(
        (each for each in EXCHANGES if each.latency_ns is not None),
        key=lambda each: each.latency_ns or 0,
    )
    expected = longest.route if sort == "p99" else first
    assert row.startswith(expected or "")
    assert sort in SORTS


def test_ordered_by_pattern_they_are_alphabetical() -> None:
    made = screen()
    made.sort = "pattern"
    names = [line.split("  ")[0] for line in drawn(made, status())[3:12]]

    assert names == sorted(names)


def test_a_filter_leaves_patterns_and_exchanges_out() -> None:
    made = screen()
    made.only = "qua"
    lines = drawn(made, status())

    assert lines[3].startswith("square ")
    assert lines[4] == ""
    assert lines[15].split()[1] == "square"
    assert lines[-1].endswith("/ filter: qua  ? help")
    made.only = "nowhere"
    assert drawn(made, status())[3:13] == [""] * 10


def test_what_waits_needs_attention() -> None:
    lines = drawn(screen(), status(waiting=3))

    assert "211 exchanges, 3 in flight" in lines[0]
    assert lines[3].split()[:4] == ["square", "200", "20.0", "3"]
    assert lines[22].startswith(
        "warning  3 square calls wait longer than 1.00 s, the o"
    )
    calm = drawn(screen(slow_ns=3600 * _SECOND), status(waiting=3))
    assert not calm[22].startswith("warning  3 square")


def test_a_pattern_whose_calls_all_wait_has_a_row() -> None:
    row = drawn(screen([]), status(waiting=2))[3]

    assert row.split()[:5] == ["square", "0", "–", "2", "0"]


def test_without_findings_it_says_so_and_a_notice_goes_first() -> None:
    made = screen([])
    assert drawn(made, status())[22] == "No findings."
    made.notice = "127.0.0.1:1: no process listens there"
    assert drawn(made, status())[22] == "warning  127.0.0.1:1: no process listens there"


def test_dropped_packets_are_red_from_one_on() -> None:
    for dropped, style in ((0, "good"), (1, "error")):
        heading = screen().lines(status(dropped=dropped), 80, 24)[0]
        words = f"{dropped} packet{'' if dropped == 1 else 's'} dropped"
        start = heading.plain.index(words)
        assert [s.style for s in heading.spans if s.end > start][-1] == style
    unknown = screen().lines(status(dropped=None), 80, 24)[0]
    assert "dropped" not in unknown.plain


def test_modes_are_told() -> None:
    made = screen()
    made.paused = True
    assert drawn(made, status())[0].endswith("paused")
    assert "p go on" in drawn(made, status())[-1]
    made.typing, made.only = True, "su"
    assert drawn(made, status())[-1].startswith("/ su█")
    made.typing, made.helping = False, True
    lines = drawn(made, status())
    assert lines[0] == "Keys"
    assert lines[-1].endswith("? back")


def test_what_a_terminal_would_obey_is_harmless() -> None:
    made = Screen("lo\x1b[2J", _SECOND)

    assert "\x1b" not in drawn(made, status())[0]


def test_a_pattern_of_two_carriers_has_a_row_for_each() -> None:
    items = [copy(each) for each in EXCHANGES if each.route == "square"]
    for each in items[::4]:
        each.ledger = copy(each.ledger)
        each.ledger.carrier = "nats"
    made = screen(items)
    made.sort = "count"

    for width in (80, 120):
        assert [line.split()[:4] for line in drawn(made, status(), width)[3:5]] == [
            ["square", "over", "TCP", "150"],
            ["square", "over", "NATS", "50"],
        ]
    assert drawn(made, status(waiting=3), width=120)[3].split()[3:6] == [
        "150",
        "15.0",
        "3",
    ]
    made.sort, made.only = "pattern", "squ"
    first, second = drawn(made, status(), width=120)[3:5]
    assert first.split()[2:4] == ["NATS", "50"]  # by route, then by carrier
    assert second.split()[2:4] == ["TCP", "150"]
    made.only = "NATS"  # which is not a part of a route
    assert not drawn(made, status(), width=120)[3]


def test_times_above_a_second_are_whole_beside_short_ones() -> None:
    wire = Wire()
    talk = wire.connect().ask("quick", "1").answer("1", 1).ask("slow", "2")
    wire.wait(3217 * MILLISECOND)
    talk.answer("2", 1)
    made = screen(Pipeline().inspect(wire.records))
    slow = next(each for each in drawn(made, status()) if each.startswith("slow"))

    assert slow.split()[-2:] == ["3217", "3217"]


@pytest.mark.parametrize(("width", "room"), [(80, 18), (120, 32), (200, 86)])
def test_patterns_have_the_room_that_is_free(width: int, room: int) -> None:
    wire = Wire()
    wire.connect().ask({"cmd": "orders." + "x" * 90}, "1").answer("1", 1)
    made = screen(Pipeline().inspect(wire.records))
    (row, *_) = drawn(made, status(), width=width)[3:]

    assert len(row.split()[0]) == room


def test_what_is_plain_is_drawn_like_any_other() -> None:
    plainly, ordinarily = Screen("lo", _SECOND), Screen("lo", _SECOND)
    for item in Kept(mostly_plain()).items:
        if isinstance(item, PlainExchange):
            plainly.add_plain(item)
            ordinarily.add_exchange(item.exchange())
        elif isinstance(item, Exchange):
            plainly.add_exchange(item)
            ordinarily.add_exchange(item)

    for only in ("", "log"):
        plainly.only = ordinarily.only = only
        assert drawn(plainly, status()) == drawn(ordinarily, status())
