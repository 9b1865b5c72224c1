from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.browser.lines import MOST_LINES, collected
from inspector.views.text import Text
from inspector.views.theme import show, table_width

if TYPE_CHECKING:
    from rich.console import Console


def test_what_is_printed_is_kept_in_its_width() -> None:
    def draw(console: Console) -> None:
        assert table_width(console) == 20
        show(console, Text("x" * 30, "warning"))
        show(console, Text("short"))

    first, second = collected(20, draw)

    assert first.plain == "x" * 19 + "…"
    assert second.plain == "short"


def test_no_more_is_kept_than_one_scrolls_through() -> None:
    def draw(console: Console) -> None:
        for _ in range(MOST_LINES + 5):
            console.print(Text("x"))

    assert len(collected(20, draw)) == MOST_LINES
