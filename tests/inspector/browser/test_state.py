from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.browser.desk import Desk
from inspector.browser.state import DRAWN, EXCHANGES, NOTHING, State
from inspector.browser.titles import VIEWS
from tests.inspector.browser.piloted import SLOW, desk_of, driven, session_of, shown

if TYPE_CHECKING:
    import pytest


def test_it_begins_with_all_exchanges() -> None:
    session = session_of(SLOW)
    state = State(session, Desk())

    assert state.view == EXCHANGES
    assert state.asked is NOTHING
    assert state.asked.everything
    assert not any((state.touched, state.paused, state.following))
    assert {VIEWS[each] for each in DRAWN} == {"Ladder", "Packets"}
    assert not state.is_marked(0)
    session.stop()


def test_without_colour_it_shows_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def drive() -> None:
        async with shown(session_of(SLOW), desk_of(SLOW)) as screen:
            assert "►#422" in await screen.press("1")
            assert screen.app.return_code is None

    driven(drive)
