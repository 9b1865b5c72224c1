"""A page in a real Chromium: that of the system, which Playwright drives."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]

_SIDEWAYS = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.body.querySelectorAll('*')].map((each) =>
    [each.getBoundingClientRect().right, each.outerHTML.slice(0, 200)])
    .filter(([right]) => right > innerWidth)"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a Chromium for the length of a ``with`` block."""
    with sync_playwright() as playwright:
        program = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Seen:
    """What a page did besides showing itself: words of its console, and requests."""

    def __init__(self, page: Page) -> None:
        self.words: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.words.append(message.text))
        page.on("pageerror", lambda error: self.words.append(str(error)))
        page.on("dialog", lambda dialog: self.words.append(dialog.message))
        page.on("request", lambda request: self.requests.append(request.url))


@contextmanager
def opened(
    browser: Browser,
    file: Path,
    **options: Any,  # noqa: ANN401 — those of a context of Playwright
) -> Iterator[tuple[Page, Seen]]:
    """Open a file in a window of its own; give its page and what that does besides.

    It is never wider than the window, and asks for nothing.
    """
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE * 1000)
    try:
        page = context.new_page()
        seen = Seen(page)
        page.goto(file.as_uri())
        yield page, seen
        wide = page.evaluate(_SIDEWAYS)
        assert not wide, wide
        assert set(seen.requests) - {"data:,"} == {file.as_uri()}
    finally:
        context.close()
