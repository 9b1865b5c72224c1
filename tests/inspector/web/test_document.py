"""The page of a run is that of a capture, with what keeps it up to date."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from inspector.figures.report import Report
from inspector.pipeline import Pipeline
from inspector.views.live_status import LiveStatus
from inspector.web.board import Board
from inspector.web.document import live_document
from inspector.web.increments import Increments
from inspector.web.live_page import MEMBERS, ROWS, LivePage
from tests.inspector.page.browser import chromium
from tests.inspector.page.pages import calls
from tests.inspector.web.viewers import port
from tests.patience import PATIENCE

_COUNTED = """window.EventSource = class extends EventSource {
  constructor(address) {
    super(address);
    window.heard = 0;
    const count = () => setTimeout(() => { window.heard += 1; });
    for (const kind of ['state', 'change']) this.addEventListener(kind, count);
  }
};"""
"""Counts what a page was told, once it has dealt with it."""


def test_the_page_asks_the_run_and_nobody_else() -> None:
    html = live_document(LivePage("protocol-inspect live", redacted=True), Report())

    assert 'data-updates="events"' in html
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert found is not None
    rules = found[1].replace("&#39;", "'").split("; ")
    assert "default-src 'none'" in rules
    assert "connect-src 'self'" in rules
    assert html.count("<script>") == 1
    assert "new EventSource(address)" in html
    assert "#live {" in html
    assert "The page is kept up to date by the run" in html
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")


def _page() -> LivePage:
    return LivePage("protocol-inspect live", redacted=True)


class _Run:
    """A run in steps, each of which makes ten calls more."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._increments = Increments(ROWS, MEMBERS)
        self._records = list(calls(100, failing=[1, 2]).records)
        self._steps = 0
        self.document = live_document(_page(), Report())

    def step(self, page: Page) -> None:
        """Make calls, and wait until the page has been told."""
        self._steps += 1
        pipeline, made = Pipeline(), _page()
        for item in pipeline.inspect(self._records[: 40 * self._steps]):
            made.add(item)
        lost = 10**self._steps
        state = made.state(
            LiveStatus(0, lost, lost, []), pipeline.report(), ended=False
        )
        whole, change = self._increments.spell(state)
        self._board.publish(whole, change or b"{}")
        page.wait_for_function(f"() => window.heard === {self._steps}")


def test_a_click_is_not_lost_when_news_come_while_a_button_is_down() -> None:
    board = Board()
    run = _Run(board)
    with port(board, page=run.document) as where, chromium() as browser:
        page = browser.new_page(viewport={"width": 1000, "height": 800})
        page.set_default_timeout(PATIENCE * 1e3)
        page.add_init_script(_COUNTED)
        page.goto(f"http://{where}/")
        run.step(page)
        count, follow = (
            page.locator("#count"),
            page.get_by_role("button", name="Follow"),
        )
        before, place = count.inner_text(), follow.bounding_box()

        follow.hover()
        page.mouse.down()
        run.step(page)
        assert count.inner_text() == before
        assert follow.bounding_box() == place  # though more is said beside it
        page.mouse.up()
        expect(follow).to_have_attribute("aria-pressed", "true")
        expect(count).not_to_have_text(before)
        first = page.locator("#list tbody a").first
        newest = first.inner_text()
        assert newest == f"#{count.inner_text().split()[0]}"

        first.hover()
        page.mouse.down()
        run.step(page)
        assert first.inner_text() == newest
        page.mouse.up()
        expect(page.locator("#drawer-title")).to_contain_text(newest)
        expect(page.locator("#live [role=status]")).to_contain_text("1 update held")
        page.keyboard.press("Escape")
        expect(first).not_to_have_text(newest)
