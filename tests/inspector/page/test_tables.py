from __future__ import annotations

from inspector.page.tables import Entry, count, name, table, table_of_view, time
from inspector.views.layout import Cell, Column


def test_a_table_is_plain_lists() -> None:
    columns = [("pattern", "name"), ("calls", "figure")]

    made = table(
        "what it shows",
        columns,
        [[Entry("sum", "route"), count(1200)], [None, count(0)]],
        foot=1,
    )

    assert made == {
        "caption": "what it shows",
        "columns": [["pattern", "name"], ["calls", "figure"]],
        "rows": [
            [["sum", "route", None], ["1,200", "", 1200]],
            [["", "", None], ["0", "muted", 0]],
        ],
        "foot": 1,
    }


def test_the_decimal_points_of_durations_agree() -> None:
    column = [time(3_217_000_000), time(12_241_000), time(990_000), time(None)]

    rows = table("", [("p50 ms", "figure ms")], [[each] for each in column])["rows"]

    assert [row[0][0] for row in rows] == [
        "3217\u00a0\u00a0\u00a0\u00a0",
        "12.2\u00a0\u00a0",
        "0.990",
        "–",
    ]
    assert [row[0][2] for row in rows] == [3_217_000_000, 12_241_000, 990_000, -1]


def test_a_very_long_name_keeps_its_beginning_and_its_end() -> None:
    cut = name("a" * 500 + "end")

    assert len(cut) == 160
    assert (cut[:3], cut[-3:]) == ("aaa", "end")
    assert name("short") == "short"


def test_a_table_of_the_screen_keeps_its_cells() -> None:
    columns = [Column("Packets"), Column("each", right=True)]

    made = table_of_view("caption", columns, [[Cell("event"), Cell("2", "answer")]], 0)

    assert made["columns"] == [["what", "name"], ["each", "figure"]]
    assert made["rows"] == [[["event", "", None], ["2", "answer", None]]]
