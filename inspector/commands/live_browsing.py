"""``live --browse``, ``proxy --browse``: traffic in the browser while it passes."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from inspector.browser.app import Browser
from inspector.browser.desk import Desk, is_page
from inspector.browser.live import MOST, BrowserView, LiveSession
from inspector.errors import InspectorError

if TYPE_CHECKING:
    from collections.abc import Collection

    from .live_run import LiveRun
    from .run_options import RunOptions


class BrowsedRun:
    """A live run that is shown in the browser.

    Args:
        name: Of the source.
        options: What was asked for.
        history: How many exchanges are kept, the latest; None for the usual.

    Attributes:
        view: What shows it.
    """

    def __init__(
        self, name: str, options: RunOptions, history: int | None = None
    ) -> None:
        self._session = LiveSession(name, options.names, history or MOST)
        self.view = BrowserView(self._session, options.format.output.screen)
        self._options, self._hidden = options, options.redaction is not None

    def run(self, run: LiveRun) -> None:
        """Inspect and show, until the person leaves and the run has ended.

        Args:
            run: The run, which shows what it finds to the view.

        Raises:
            SystemExit: With the code of the run, if it is not 0.
        """
        ended: list[BaseException] = []

        def inspect() -> None:
            try:
                run.run()
            except BaseException as error:  # noqa: BLE001 — raised by the main thread
                ended.append(error)
            finally:
                self._session.done = True

        thread = Thread(target=inspect)
        thread.start()
        try:
            Browser(self._session, Desk(hidden=self._hidden, write=self._write)).run()
        finally:
            self.view.left.set()
            thread.join()
            self._session.store.close()
        if ended:
            raise ended[0]

    def _write(
        self,
        file: str,
        chosen: Collection[int],
        hidden: bool,  # noqa: FBT001 — what a person answered
    ) -> str:
        """Write exchanges as a page, and return what is to be said of it.

        Raises:
            InspectorError: The file cannot be written, or is not to be a page.
        """
        if not is_page(file):
            problem = "live traffic becomes pages alone: NAME.html; --write FILE has"
            raise InspectorError("w", f"{problem} its packets")
        from .browsed_live import write_live_page  # noqa: PLC0415 — an extra

        return write_live_page(
            self._session, self._options, file, chosen, hidden=hidden
        )
