from __future__ import annotations

import asyncio

from textual.app import App, ComposeResult

from inspector.browser.bars import Bar, Views, keys_line
from inspector.views.text import Text


class _App(App[None]):
    chosen = -1

    def compose(self) -> ComposeResult:
        yield Bar(id="bar")
        yield Views(id="views")

    def on_views_chosen(self, event: Views.Chosen) -> None:
        self.chosen = event.place


def test_words_at_both_ends_and_a_name_that_is_clicked() -> None:
    async def drive() -> None:
        app = _App()
        async with app.run_test(size=(40, 4)) as pilot:
            bar, views = app.query_one("#bar", Bar), app.query_one(Views)
            bar.say(Text("left " * 20), Text("right"))
            views.list_names([("One", ""), ("Two", "3")], 1, Text())
            await pilot.pause()
            assert bar.render_line(0).text.endswith("…  right")
            assert views.render_line(0).text.startswith(" One [Two 3]")
            await pilot.click("#views", offset=(1, 0))
            assert app.chosen == 0
            await pilot.click("#views", offset=(7, 0))
            assert app.chosen == 1

    asyncio.run(drive())
    assert keys_line([("q", "quit")]).plain.strip() == "q quit"
