from __future__ import annotations

from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from inspector.shorthand import short
from inspector.views.console import THEME
from inspector.views.layout import (
    Cell,
    Column,
    Listing,
    fit_columns,
    header_line,
    measure,
    row_line,
    table_lines,
)
from inspector.views.rendering import cut_middle, safe
from inspector.views.theme import UNCUT
from protocol import dumps
from tests.inspector.captures import pcap_bytes
from tests.inspector.command import run
from tests.inspector.conversation import Wire

_COLUMNS = [
    Column("Name", flexible=6),
    Column("count", right=True),
    Column("value", flexible=8),
    Column("ms", right=True),
]
_ROWS = [
    [Cell("sum"), Cell("10"), Cell("[1,2,3]"), Cell("0.6")],
    [Cell("a rather long name"), Cell("2"), Cell("求和" * 10), Cell("12.0")],
]


def test_a_table_has_its_title_as_first_header_and_no_boxes() -> None:
    lines = [line.plain.rstrip() for line in table_lines(_COLUMNS, _ROWS, 80)]

    assert lines == [
        "Name                count  value                                       ms",
        "sum                    10  [1,2,3]                                    0.6",
        f"a rather long name      2  {'求和' * 10}  12.0",
    ]


def test_the_first_header_is_a_title_and_the_others_are_dim() -> None:
    line = header_line(_COLUMNS, measure(_COLUMNS, _ROWS))
    styles = {
        line.plain[span.start : span.end].strip(): span.style for span in line.spans
    }

    assert styles == {
        "Name": "title",
        "count": "muted",
        "value": "muted",
        "ms": "muted",
    }


def test_cells_are_measured_as_a_terminal_shows_them() -> None:
    assert measure(_COLUMNS, _ROWS) == [18, 5, 40, 4]


def test_the_widest_column_shrinks_first() -> None:
    assert fit_columns(_COLUMNS, [18, 5, 40, 4], 60) == [18, 5, 27, 4]
    assert fit_columns(_COLUMNS, [18, 5, 40, 4], 50) == [18, 5, 17, 4]
    assert fit_columns(_COLUMNS, [18, 5, 40, 4], 40) == [13, 5, 12, 4]


def test_no_column_shrinks_below_its_least() -> None:
    assert fit_columns(_COLUMNS, [18, 5, 40, 4], 29) == [6, 5, 8, 4]


def test_what_does_not_fit_at_all_loses_its_last_columns() -> None:
    assert fit_columns(_COLUMNS, [18, 5, 40, 4], 28) == [10, 5, 9, 0]
    assert fit_columns(_COLUMNS, [18, 5, 40, 4], 14) == [7, 5, 0, 0]
    assert fit_columns(_COLUMNS, [18, 5, 40, 4], 3)[1:] == [0, 0, 0]


@given(
    st.lists(
        st.lists(st.text("a求😀", max_size=30), min_size=4, max_size=4), max_size=5
    ),
    st.integers(6, 100),
)
def test_no_line_is_wider_than_it_may_be(texts: list[list[str]], width: int) -> None:
    rows = [[Cell(text) for text in row] for row in texts]

    assert all(
        cell_len(line.plain) <= width for line in table_lines(_COLUMNS, rows, width)
    )


def test_a_cell_that_is_too_wide_is_cut_with_an_ellipsis() -> None:
    line = row_line(_COLUMNS, [6, 5, 8, 4], _ROWS[1])

    assert line.plain == "a rat…      2  求和求 …  12.0"
    assert cell_len(line.plain) == 6 + 2 + 5 + 2 + 8 + 2 + 4


def _listed(*, terminal: bool, width: int) -> str:
    """Return a listing of which the first two rows are the sample."""
    file = StringIO()
    console = Console(
        file=file, theme=THEME, width=width, force_terminal=terminal, color_system=None
    )
    listing = Listing(console, _COLUMNS, _ROWS)
    for row in [*_ROWS, [Cell("x"), Cell("1,234,567"), Cell("√" * 60), Cell("–")]]:
        listing.print(row)
    return file.getvalue()


@given(st.integers(20, 130))
def test_a_pipe_and_a_terminal_get_the_same_lines(width: int) -> None:
    assert _listed(terminal=False, width=width) == _listed(terminal=True, width=width)


def test_a_number_that_is_wider_than_those_before_is_not_cut() -> None:
    lines = _listed(terminal=False, width=50).splitlines()

    assert lines[-1].split()[1] == "1,234,567"
    assert all(cell_len(line) <= 50 for line in lines)


_LISTED = [
    Column("#", right=True),
    Column("pattern", flexible=10, is_name=True),
    Column("data", flexible=8),
    Column("reply", flexible=8),
    Column("ms", right=True),
]
_ROUTES = st.lists(
    st.tuples(st.text("ab.", max_size=40), st.sampled_from(["", "x" * 60])),
    unique_by=lambda each: each[0],
    min_size=1,
    max_size=8,
)


def test_a_pattern_has_its_room_before_values_have_more_than_theirs() -> None:
    widths = [4, 40, 50, 50, 6]

    assert fit_columns(_LISTED, widths, 4 * 2 + 4 + 6 + 32 + 20) == [4, 32, 10, 10, 6]
    assert fit_columns(_LISTED, widths, 4 * 2 + 4 + 6 + 32 + 19) == [4, 31, 10, 10, 6]
    assert fit_columns(_LISTED, widths, 4 * 2 + 4 + 6 + 28) == [4, 10, 9, 9, 6]
    assert fit_columns(_LISTED, [4, 20, 50, 50, 6], 78) == [4, 20, 20, 20, 6]


def test_names_that_look_alike_take_room_from_values() -> None:
    names = [f"{'a' * 20}{end}{'b' * 15}" for end in "xy"]
    widths = [4, 36, 9, 9, 6]

    assert fit_columns(_LISTED, widths, 64) == [4, 28, 9, 9, 6]
    assert fit_columns(_LISTED, widths, 64, {1: names}) == [4, 29, 9, 8, 6]
    assert fit_columns(_LISTED, widths, 60, {1: names}) == [4, 24, 9, 9, 6], (
        "29 cells are not to be had"
    )


@given(_ROUTES, st.integers(40, 130))
def test_names_differ_in_every_table_if_there_is_room(
    routes: list[tuple[str, str]], width: int
) -> None:
    """The most room is what a table leaves with values cut to their least."""
    rows = [
        [Cell("#1"), Cell(name), Cell(value), Cell(value), Cell("1.00")]
        for name, value in routes
    ]
    names = [name for name, _ in routes]
    room = width - 4 * 2 - 2 - 4 - 8 * 2
    enough = len({cut_middle(name, room) for name in names}) == len(names)
    for lines in (
        [line.plain for line in table_lines(_LISTED, rows, width)][1:],
        _lines_listed(rows, width),
    ):
        shown = {line[4:] for line in lines}
        assert len(shown) == len(rows) or not enough


def _lines_listed(rows: list[list[Cell]], width: int) -> list[str]:
    """Return a listing whose rows were all known before."""
    console = Console(file=StringIO(), theme=THEME, width=width, force_terminal=True)
    listing = Listing(console, _LISTED, rows)
    for row in rows:
        listing.print(row)
    assert isinstance(console.file, StringIO)
    return Text.from_ansi(console.file.getvalue()).plain.splitlines()[1:]


def test_a_name_that_comes_later_and_looks_alike_widens_its_column() -> None:
    console = Console(file=StringIO(), theme=THEME, width=60, force_terminal=True)
    names = [f"{'a' * 20}{end}{'b' * 15}" for end in "xyz"]
    rows = [
        [Cell("#1"), Cell(name), Cell("v" * 60), Cell("v" * 60), Cell("1.00")]
        for name in names
    ]
    listing = Listing(console, _LISTED, rows[:1])
    for row in rows:
        listing.print(row)
    assert isinstance(console.file, StringIO)
    lines = console.file.getvalue().splitlines()[1:]

    assert len(set(lines)) == len(names)


_NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), max_size=90)


@settings(max_examples=25, deadline=None)
@given(st.lists(_NAMES, min_size=1, max_size=4, unique=True))
def test_every_character_of_a_pattern_is_in_a_pipe(patterns: list[str]) -> None:
    wire = Wire()
    talk = wire.connect()
    for number, pattern in enumerate(patterns):
        talk.ask({"cmd": pattern}, str(number), "x" * 150).answer(str(number), 1)
    shown = {safe(short(exchange_route(pattern))) for pattern in patterns}
    with TemporaryDirectory() as folder:
        capture = Path(folder) / "patterns.pcap"
        capture.write_bytes(pcap_bytes(wire.records))
        for command in ([], ["exchanges"], ["packets"], ["timeline"]):
            out = run(*command, capture, width=None).out
            assert all(pattern in out for pattern in shown), command
        assert "x" * 150 in run("exchanges", capture, width=None).out


def exchange_route(pattern: str) -> str:
    """Return the route of a pattern with one key, as Nest has it."""
    return dumps({"cmd": pattern}).decode()


def test_a_pipe_with_a_width_is_cut() -> None:
    cells = [Cell("n" * 90), Cell("1"), Cell("v"), Cell("")]

    whole = list(table_lines(_COLUMNS, [cells], UNCUT))[1].plain
    assert "n" * 90 in whole
    assert "n" * 90 not in list(table_lines(_COLUMNS, [cells], 80))[1].plain
