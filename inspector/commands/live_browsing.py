"""``live --browse``, ``proxy --browse``: traffic in the browser while it passes."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from inspector.browser.app import Browser
from inspector.browser.desk import Desk
from inspector.browser.live import MOST, BrowserView, LiveSession

if TYPE_CHECKING:
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
        self._hidden = options.redaction is not None

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
            Browser(self._session, Desk(hidden=self._hidden)).run()
        finally:
            self.view.left.set()
            thread.join()
            self._session.store.close()
        if ended:
            raise ended[0]
