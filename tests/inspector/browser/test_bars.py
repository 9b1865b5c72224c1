from __future__ import annotations

import asyncio

from textual.app import App, ComposeResult

from inspector.browser.bars import Bar, Title, Views, in_two, keys_line, spread
from inspector.views.text import Text


class _App(App[None]):
    chosen = -1

    def compose(self) -> ComposeResult:
        yield Title(id="title")
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


def test_a_title_takes_a_second_line_where_one_has_no_room() -> None:
    async def drive() -> None:
        app = _App()
        async with app.run_test(size=(40, 6)) as pilot:
            title = app.query_one("#title", Title)
            said = Text.assemble(" a.pcap  ✗ 12 of 600 calls failed.  ✓ 2 packets.")
            title.say(said, Text("12 connections "))
            await pilot.pause()
            assert [title.render_line(y).text for y in range(title.size.height)] == [
                " a.pcap  ✗ 12 of 600 calls failed.      ",
                " ✓ 2 packets.            12 connections ",
            ]
            await pilot.resize_terminal(80, 6)
            await pilot.pause()
            assert title.size.height == 1
            assert title.render_line(0).text.startswith(said.plain)
            await pilot.resize_terminal(20, 6)
            await pilot.pause()
            assert title.render_line(0).text == " a.pcap  ✗ 12 of 600"
            assert title.render_line(1).text == " calls failed.  ✓ 2…"

    asyncio.run(drive())


def test_a_long_sentence_goes_on_where_a_word_begins() -> None:
    first, second = in_two(Text(" a.pcap  ✗ 名前 名前 名前 failed.  ✓ All well."), 24)
    assert (first.plain, second.plain) == (
        " a.pcap  ✗ 名前 名前",
        " 名前 failed.  ✓ All well.",
    )
    assert [each.plain for each in in_two(Text("x" * 30), 24)] == ["x" * 30, " "]


def test_what_stands_alone_has_all_the_room() -> None:
    words = "1,000,000 of 1,000,000 … "
    assert spread(Text(), Text(words), 28).plain == f"{words:>28}"
