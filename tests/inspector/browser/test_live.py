"""Live traffic: rows at the end, calls in flight, following, pausing."""

from __future__ import annotations

import io
from threading import Event, Thread
from typing import TYPE_CHECKING

from rich.console import Console

from inspector.browser.desk import Desk
from inspector.browser.live import BrowserView, LiveSession
from inspector.browser.titles import title_of
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


def test_the_report_is_read_in_a_tick_alone_since_it_changes_meanwhile() -> None:
    session = LiveSession("a source", NO_NAMES)
    view = BrowserView(session, Console, lambda: 0.0)
    status = _status([])
    ticked, further, leave = Event(), Event(), Event()

    def inspect() -> None:
        view.tick(lambda: status)
        ticked.set()
        further.wait()
        while not leave.is_set():
            view.tick(lambda: status)
        view.close()

    thread = Thread(target=inspect)
    thread.start()
    try:
        ticked.wait()
        assert session.report is status.report
        assert not session.lock.acquire(timeout=0.05)  # the next packet may come
        further.set()
        with session.lock:
            pass
    finally:
        further.set()
        leave.set()
        thread.join()
    assert session.lock.acquire(blocking=False)
    session.lock.release()
    session.store.close()


class _Watched:
    """A report that is read by one who holds the lock."""

    def __init__(self, report: object, session: LiveSession) -> None:
        self._report, self._session = report, session

    def __getattr__(self, name: str) -> object:
        assert self._session.lock._is_owned()  # type: ignore[attr-defined] # noqa: SLF001
        return getattr(self._report, name)


def test_whoever_reads_the_report_holds_the_lock() -> None:
    session = LiveSession("a source", NO_NAMES)
    for each in exchanges_of(SLOW):
        session.take(each)
    session.report = _Watched(_status([]).report, session)  # type: ignore[assignment]
    title_of(session)

    async def drive() -> None:
        async with shown(session, Desk(), (120, 30)) as screen:
            for view in "234":
                await screen.press(view, "j", "s", "S")
            await screen.press("enter")
            assert screen.app.box.value

    driven(drive)
    session.store.close()


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
