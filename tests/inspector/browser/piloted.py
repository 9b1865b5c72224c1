"""The browser on a screen of so many cells, with its keys."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.browser.app import Browser
from inspector.browser.desk import Desk
from inspector.browser.details import READING
from inspector.browser.looking import Looking
from inspector.browser.pane import Pane
from inspector.browser.session import CaptureSession
from inspector.library.given import Captures
from inspector.library.passes import Pass
from inspector.pipeline import Options
from inspector.views.clock import Times

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from textual.pilot import Pilot

    from inspector.browser.session import Session
    from inspector.calls.exchanges import Exchange

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests" / "data" / "cases"
SLOW = CASES / "slow.pcap.gz"
NASTY = CASES / "nasty.pcap"


def session_of(capture: Path, options: Options | None = None) -> CaptureSession:
    """Return what a capture holds, all of it read."""
    session = CaptureSession([str(capture)], options or Options(), capture.name)
    session.start()
    session.wait()
    return session


def exchanges_of(capture: Path) -> list[Exchange]:
    """Return the exchanges of a capture, as they end."""
    items = Pass(Captures([str(capture)]), Options(exchanges_only=True)).items()
    return list(items)  # type: ignore[arg-type]  # nothing else is asked for


def desk_of(capture: Path, **more: Any) -> Desk:  # noqa: ANN401 — what a desk has
    """Return what is at hand for a capture."""
    looking = Looking([str(capture)], Options(), Times.RELATIVE)
    return Desk([str(capture)], looking=looking, **more)


class Screen:
    """A browser that is driven by keys."""

    def __init__(self, app: Browser, pilot: Pilot[None]) -> None:
        self.app, self._pilot = app, pilot

    async def settle(self) -> None:
        """Wait until nothing is being read or searched, and all of it is drawn."""
        await self._pilot.pause()
        while self._reads():  # noqa: ASYNC110 — nothing says when it has
            await asyncio.sleep(0.01)
        await self._pilot.pause()

    def _reads(self) -> bool:
        if any(not worker.is_finished for worker in self.app.workers):
            return True
        panes = self.app.screen.query(Pane)
        return any(READING in pane.text for pane in panes if pane.display)

    async def press(self, *keys: str) -> str:
        """Press keys; return what is on the screen then."""
        await self._pilot.press(*keys)
        await self.settle()
        return self.text

    async def type(self, text: str) -> str:
        """Type a text; return what is on the screen then."""
        self.app.box.value = text
        self.app.box.cursor_position = len(text)
        await self.settle()
        return self.text

    async def click(self, selector: str, x: int, y: int, *, times: int = 1) -> str:
        """Click into a widget; return what is on the screen then."""
        await self._pilot.click(selector, offset=(x, y), times=times)
        await self.settle()
        return self.text

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size."""
        await self._pilot.resize_terminal(width, height)
        await self.settle()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds, however long a busy machine takes."""
        while not holds():  # noqa: ASYNC110 — nothing says when it does
            await asyncio.sleep(0.02)
        await self.settle()

    @property
    def text(self) -> str:
        """What is on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()  # noqa: SLF001 — no other way
        return "\n".join(strip.text.rstrip() for strip in strips)


@asynccontextmanager
async def shown(
    session: Session, desk: Desk, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Screen]:
    """Show a session on a screen."""
    app = Browser(session, desk)
    async with app.run_test(size=size) as pilot:
        screen = Screen(app, pilot)
        await screen.settle()
        yield screen


def driven(drive: Callable[[], Awaitable[None]]) -> None:
    """Run what drives a screen."""
    asyncio.run(drive())  # type: ignore[arg-type]  # it is a coroutine
