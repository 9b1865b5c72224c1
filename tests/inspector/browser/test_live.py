"""Live traffic: rows at the end, calls in flight, following, pausing."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console

from inspector.browser.desk import Desk
from inspector.browser.live import BrowserView, LiveSession
from inspector.library.given import Captures
from inspector.library.passes import Pass
from inspector.pipeline import Options
from inspector.streams.names import NO_NAMES
from inspector.views.live_status import LiveStatus
from tests.inspector.browser.piloted import SLOW, driven, exchanges_of, shown

if TYPE_CHECKING:
    from inspector.browser.app import Browser
    from inspector.calls.exchanges import Exchange


def _status(waiting: list[Exchange]) -> LiveStatus:
    reading = Pass(Captures([str(SLOW)]), Options())
    list(reading.items())
    now = waiting[-1].asked_ns + 2_000_000_000 if waiting else 1
    return LiveStatus(now, 1, 3, waiting, reading.report())


def _follows(app: Browser) -> bool:
    return app.following


def test_rows_come_at_the_end_and_a_call_that_waits_shows_its_age() -> None:
    exchanges = exchanges_of(SLOW)
    session = LiveSession("a source", NO_NAMES)
    printed = io.StringIO()
    view = BrowserView(session, lambda: Console(file=printed, width=80), lambda: 0.0)

    async def drive() -> None:
        async with shown(session, Desk()) as screen:
            app = screen.app
            for each in exchanges[:100]:
                view.show(each)
            view.show_waiting(exchanges[0], 1)
            assert view.notice("it stalls")
            view._due = 0.0  # noqa: SLF001 — as time has passed
            assert view.tick(lambda: _status([exchanges[100]]))
            await screen.until(lambda: app.exchanges.count == 101)
            assert app.number() == 101
            assert "in flight 2.00 s" in screen.text
            assert "1 in flight  3 packets dropped" in screen.text
            assert "following" in screen.text
            assert "it stalls" in screen.text

            await screen.press("k")
            assert not _follows(app)
            view.show(exchanges[101])
            view.tick(lambda: _status([]))
            await screen.until(lambda: app.exchanges.count == 102)
            assert app.number() == 100
            assert "packets " in app.pane.text

            await screen.press("G")
            assert _follows(app)
            await screen.press("p")
            assert app.paused
            assert "cmd:" in await screen.press("2")
            view.left.set()
            assert not view.tick(lambda: _status([]))

    driven(drive)
    view.close()
    view.finish(_status([]), _status([]).report, [])  # type: ignore[arg-type]
    assert session.done
    assert "12 of 600 calls failed" in printed.getvalue()
