"""Only rows in sight are made, however many there are."""

from __future__ import annotations

import asyncio

from textual.app import App, ComposeResult

from inspector.browser.grid import Grid
from inspector.views.layout import Cell, Column


class _Million:
    key, turned = "place", False
    count = 1_000_000
    keys = ("place",)

    def __init__(self) -> None:
        self.made = 0

    def page(
        self, first: int, count: int, width: int
    ) -> tuple[list[Column], list[list[Cell]]]:
        assert width == 37  # beside the marks and the bar that scrolls
        places = range(first, min(first + count, self.count))
        self.made += len(places)
        columns = [
            Column("place", right=True),
            Column("name", flexible=4, is_name=True),
        ]
        return columns, [[Cell(f"{each}"), Cell("日本語" * 30)] for each in places]

    def key_of(self, header: str) -> str | None:
        return header

    def sort(self, key: str, *, turned: bool = False) -> None:
        self.key, self.turned = key, turned


class _App(App[None]):
    def compose(self) -> ComposeResult:
        yield Grid(id="grid")


def test_a_million_rows_are_not_made() -> None:
    rows = _Million()

    async def drive() -> None:
        app = _App()
        async with app.run_test(size=(40, 12)) as pilot:
            grid = app.query_one(Grid)
            grid.show(rows)
            grid.focus()
            await pilot.pause()
            await pilot.press("G")
            await pilot.pause()
            strips = app.screen._compositor.render_strips()  # noqa: SLF001 — no other way
            text = "\n".join(strip.text for strip in strips)
            assert "►999999" in text
            assert all(strip.cell_length == 40 for strip in strips)
            await pilot.press("pageup", "up", "k")
            assert grid.place == 999_999 - grid.seen - 2
            await pilot.press("home", "j", "down", "pagedown")
            assert grid.place == 2 + grid.seen

    asyncio.run(drive())
    assert rows.made < 200
