"""Every view and every key, on screens of several sizes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from inspector.browser.app import Browser
from inspector.browser.titles import VIEWS
from tests.inspector.browser.piloted import (
    CASES,
    NASTY,
    SLOW,
    desk_of,
    driven,
    session_of,
    shown,
)

if TYPE_CHECKING:
    from pathlib import Path

_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u200d]")


def test_two_keys_lead_to_the_slowest_call() -> None:
    async def drive() -> None:
        async with shown(session_of(SLOW), desk_of(SLOW)) as screen:
            assert "►#422" in screen.text
            assert "12 of 600 calls failed, and" in screen.text

            opened = await screen.press("enter")

            assert '{"userId": 421, "traceId": "tr-00421", "items": [' in opened
            assert "◄ reply" in opened
            assert "1424  46.439498  3217.000" in await screen.press("G")

            back = await screen.press("escape")
            assert "►#422" in back

    driven(drive)


def test_every_view_has_its_key_and_its_name() -> None:
    marks = {
        "Patterns": "49,022",
        "Services": "10.1.0.11  10.1.1.6:8889",
        "Findings": "masked-error",
        "Ladder": "orders.create userId:421",
        "Packets": "reply cmd:orders.create #422",
        "Connections": "10.1.0.10:41000",
        "Exchanges": "cmd:orders.create",
    }

    async def drive() -> None:
        async with shown(session_of(SLOW), desk_of(SLOW), (120, 40)) as screen:
            for name, mark in marks.items():
                text = await screen.press(str(VIEWS.index(name) + 1))
                assert re.search(rf"\[{name}( \d+)?\]", text), name
                assert mark in text, (name, text)
            text = await screen.click("#views", 14, 0)
            assert "[Patterns]" in text
            opened = await screen.press("enter")
            assert 'route == "cmd:orders.create"' in opened
            assert "200 of 600" in opened
            cleared = await screen.press("escape")
            assert "600 of 600" in cleared
            found = await screen.press("4", "j", "enter")
            assert "number in [" in found
            assert "12 of 600" in found
            pair = await screen.press("3", "enter")
            assert 'client ~ "^10\\.1\\.0\\.11:" and server == "10.1.1.6:8889"' in pair
            assert "50 of 600" in pair
            one = await screen.press("7", "enter")
            assert "connection == 1" in one
            assert "50 of 600" in one

    driven(drive)


def test_sizes_seeking_and_what_the_mouse_does() -> None:
    async def drive() -> None:
        async with shown(session_of(SLOW), desk_of(SLOW), (200, 50)) as screen:
            app = screen.app
            assert "1300 1424" in screen.text  # there is room for packets
            assert "│ #422  cmd:orders.create" in screen.text
            await screen.resize(80, 24)
            await screen.press("e")
            failed = app.session.store.exchange(app.number() or 0)
            assert failed is not None
            assert failed.outcome == "error"
            assert "sorted by time" in await screen.press("g", "n", "s")
            assert "turned round" in await screen.press("S")
            assert "turned round" not in await screen.press("j")
            await screen.press("g")
            assert "►#600" in screen.text
            lines = screen.text.splitlines()
            header = next(line for line in lines if "pattern" in line)
            by_name = await screen.click("#grid", header.index("pattern"), 0)
            assert "sorted by pattern" in by_name
            opened = await screen.click("#grid", 10, 3, times=2)
            assert "► request" in opened
            assert app.opened
            assert app.grid.place == 2
            assert "from the list to the details" in await screen.press("question_mark")
            assert "► request" in await screen.press("escape")
            await screen.press("escape")
            await screen.resize(50, 14)
            assert not app.pane.display

    driven(drive)


def test_nothing_from_the_wire_is_obeyed() -> None:
    async def drive() -> None:
        async with shown(session_of(NASTY), desk_of(NASTY), (100, 30)) as screen:
            keys = ("enter", "escape", *"24561")
            shown_ones = [await screen.press(key) for key in keys]
            await screen.press("slash")
            shown_ones.append(await screen.type('route ~ "bold"'))
            text = "\n".join(shown_ones)
            assert not _CONTROLS.search(text)
            assert '"[bold red' in text
            assert "\\u001b" in text

    driven(drive)


def test_a_truncated_capture_opens_and_says_so(tmp_path: Path) -> None:
    whole = (CASES / "hostile-v12.pcap").read_bytes()
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(whole[: len(whole) - 7])

    async def drive() -> None:
        session = session_of(cut)
        assert len(session.problems) == 1
        async with shown(session, desk_of(cut), (120, 24)) as screen:
            assert "truncated" in screen.text

    driven(drive)


def test_it_is_what_draws() -> None:
    assert {each.key for each in Browser.BINDINGS} >= {"slash", "w", "y", "Y", "space"}  # type: ignore[union-attr]
