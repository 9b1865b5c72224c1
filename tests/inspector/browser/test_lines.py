from __future__ import annotations

from rich.text import Text

from inspector.browser.lines import MOST_LINES, collected
from inspector.views.theme import show, table_width


def test_what_is_printed_is_kept_in_its_width() -> None:
    def draw(console: object) -> None:
        assert table_width(console) == 20  # type: ignore[arg-type]
        show(console, Text("x" * 30, "warning"))  # type: ignore[arg-type]
        show(console, Text("short"))  # type: ignore[arg-type]

    first, second = collected(20, draw)

    assert first.plain == "x" * 19 + "…"
    assert second.plain == "short"


def test_no_more_is_kept_than_one_scrolls_through() -> None:
    line = Text("x")
    lines = collected(
        20,
        lambda console: [console.print(line) for _ in range(MOST_LINES + 5)] and None,
    )

    assert len(lines) == MOST_LINES
