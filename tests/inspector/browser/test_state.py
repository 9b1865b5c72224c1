from __future__ import annotations

from inspector.browser.desk import Desk
from inspector.browser.state import DRAWN, EXCHANGES, NOTHING, State
from inspector.browser.titles import VIEWS
from tests.inspector.browser.piloted import SLOW, session_of


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
