from __future__ import annotations

import asyncio

from textual.app import App
from textual.widgets import Input

from inspector.browser.bars import Bar
from inspector.browser.prompts import Saving, Sheet
from inspector.views.text import Text


class _Bare(App[None]):
    ENABLE_COMMAND_PALETTE = False  # which would take Ctrl+P


def test_a_file_is_asked_for_and_secrets_may_be_hidden_in_any_case() -> None:
    answers: list[tuple[str, bool] | None] = []

    async def drive() -> None:
        app = App[None]()
        async with app.run_test(size=(60, 10)) as pilot:
            app.push_screen(
                Saving("2 exchanges", "a.pcapng", hidden=True), answers.append
            )
            await pilot.pause()
            await pilot.press("ctrl+r")
            assert (
                app.screen.query_one("#redacted", Bar).text
                == "a capture; secrets are hidden"
            )
            app.screen.query_one(Input).value = "b.pcapng"
            await pilot.press("enter")
            await pilot.pause()
            app.push_screen(Sheet([Text("a line")]))
            await pilot.pause()
            assert isinstance(app.screen, Sheet)
            await pilot.press("q")
            await pilot.pause()
            assert not isinstance(app.screen, Sheet)

    asyncio.run(drive())
    assert answers == [("b.pcapng", True)]


def test_a_page_hides_secrets_unless_a_person_says_otherwise() -> None:
    answers: list[tuple[str, bool] | None] = []

    async def drive() -> None:
        app = _Bare()
        async with app.run_test(size=(80, 10)) as pilot:

            async def asked(*keys: str) -> str:
                saving = Saving("2 exchanges", "a.b.pcapng", hidden=False)
                app.push_screen(saving, answers.append)
                await pilot.pause()
                await pilot.press(*keys)
                said = saving.query_one("#redacted", Bar).text
                await pilot.press("enter")
                await pilot.pause()
                return said

            assert await asked() == "a capture; with all that it carries, secrets, too"
            assert await asked("ctrl+p") == "a page; secrets are hidden"
            said = await asked("ctrl+p", "ctrl+r")
            assert said == "a page; with all that it carries, secrets, too"
            await asked("ctrl+p", "ctrl+p")

    asyncio.run(drive())
    assert answers == [
        ("a.b.pcapng", False),
        ("a.b.html", True),
        ("a.b.html", False),
        ("a.b.pcapng", False),
    ]
