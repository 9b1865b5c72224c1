"""A live run in a thread of its own, while the main thread shows it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from inspector.browser.app import Browser
from inspector.commands.live_browsing import BrowsedRun
from inspector.commands.live_run import Bounds, LiveRun
from inspector.commands.run_options import RunOptions
from inspector.sources.files import read_capture
from tests.inspector.captures import SEED
from tests.inspector.commands.test_live_run import Source
from tests.inspector.views.formats.written import opened

if TYPE_CHECKING:
    from inspector.sources.records import PacketRecord

_BOUNDS = Bounds(None, None, 10**9)


def _records() -> list[PacketRecord]:
    return list(read_capture(str(SEED)))


def test_the_report_comes_once_the_person_has_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table, written = opened("table")
    options = RunOptions(table)
    browsed = BrowsedRun("a source", options)
    seen: list[int] = []

    def show(browser: Browser) -> None:
        while browser.session.heading is None or browser.session.store.count < 10:
            browser.session.store.flush()
        seen.append(browser.session.store.count)
        assert "Packets on the wire" not in written.text

    monkeypatch.setattr(Browser, "run", show)
    browsed.run(LiveRun(Source(_records()), browsed.view, _BOUNDS, options))

    assert seen == [10]
    assert "Packets on the wire" in written.text


def test_as_many_exchanges_are_kept_as_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = RunOptions(opened("table")[0])
    browsed = BrowsedRun("a source", options, 3)
    kept: list[list[int]] = []

    def show(browser: Browser) -> None:
        store = browser.session.store
        while store.highest < 10:
            store.flush()
        kept.append(list(store.order("number")))

    monkeypatch.setattr(Browser, "run", show)
    browsed.run(LiveRun(Source(_records()), browsed.view, _BOUNDS, options))

    assert kept == [[8, 9, 10]]


def test_what_ends_the_run_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    options = RunOptions(opened("table")[0])
    browsed = BrowsedRun("a source", options)

    def fail() -> None:
        raise ZeroDivisionError

    def show(browser: Browser) -> None:
        while not browser.session.done:
            time.sleep(0.01)

    monkeypatch.setattr(Browser, "run", show)
    with pytest.raises(ZeroDivisionError):
        browsed.run(
            LiveRun(Source(_records(), then=fail), browsed.view, _BOUNDS, options)
        )
