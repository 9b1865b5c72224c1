from __future__ import annotations

import asyncio

from textual.app import App, ComposeResult

from inspector.browser.pane import Pane
from inspector.views.text import Text


class _App(App[None]):
    def compose(self) -> ComposeResult:
        yield Pane(id="pane")


def test_lines_scroll_wrap_and_keep_their_place() -> None:
    lines = [Text(f"line #{number}") for number in range(100)] + [Text("x" * 50)]

    async def drive() -> None:
        app = _App()
        async with app.run_test(size=(30, 10)) as pilot:
            pane = app.query_one(Pane)
            pane.focus()
            pane.show(lines, "about")
            await pilot.pause()
            await pilot.press("G")
            assert pane.place == 101  # the last goes on below
            pane.show(lines, "about")
            assert pane.place == 101
            pane.find(42)
            assert pane.place == 42
            pane.show([Text("   7  #3"), Text("  12  2 calls #4–#6"), Text(" 15 ")])
            pane.find(5)
            assert pane.place == 1
            pane.find_packet(15)
            assert pane.place == 2
            pane.show(lines, "another")
            assert pane.place == 0
            await pilot.press("j", "down", "pagedown", "k")
            assert pane.place == 11

    asyncio.run(drive())


def test_a_heading_stays_in_sight_and_covers_nothing_that_is_current() -> None:
    lines = [Text("title"), Text("heading"), *(Text(f"row {n}") for n in range(50))]

    async def drive() -> None:
        app = _App()
        async with app.run_test(size=(30, 10)) as pilot:
            pane = app.query_one(Pane)
            pane.focus()
            pane.show(lines, heading=1)
            await pilot.pause()

            def seen() -> list[str]:
                return [pane.render_line(y).text.strip() for y in range(10)]

            assert seen()[:3] == ["title", "heading", "row 0"]
            await pilot.press("G")
            assert seen() == ["heading", *(f"row {n}" for n in range(41, 50))]
            for _ in range(10):
                await pilot.press("k")
                assert seen()[0] == "heading"
                assert f"row {pane.place - 2}" in seen()
            await pilot.click(Pane, offset=(2, 0))
            assert pane.place == 1
            assert seen()[:2] == ["heading", "row 0"]
            await pilot.press("g")
            assert seen()[0] == "title"

    asyncio.run(drive())
