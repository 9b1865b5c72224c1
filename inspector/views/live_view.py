"""A table on a terminal that goes on, as ``top`` does, with keys."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from inspector.calls.costs import begins
from inspector.calls.exchanges import Exchange

from .keyboard import DELETE, ENTER, ESCAPE
from .live_lines import print_live_report
from .live_screen import SORTS, Screen
from .theme import show

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from inspector.calls.plain import PlainExchange
    from inspector.figures.report import Report
    from inspector.findings.finding import Finding

    from .keyboard import Keyboard
    from .live_status import LiveStatus

_INTERVAL_S = 0.5
_ENTER_SCREEN = "\x1b[?1049h\x1b[?25l"  # another screen, and no cursor
_LEAVE_SCREEN = "\x1b[?25h\x1b[?1049l"
_HOME, _CLEAR_LINE, _CLEAR_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"


class LiveTable:
    """Shows a live run on a terminal.

    Args:
        console: The terminal.
        name: Of the source.
        slow_ns: From when on an exchange that waits needs attention.
        keyboard: Whose keys are obeyed; None where there is no keyboard.
        clock: The time in seconds, by which pictures are due.
    """

    def __init__(
        self,
        console: Console,
        name: str,
        slow_ns: int,
        keyboard: Keyboard | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console, self._name = console, name
        self._screen = Screen(name, slow_ns)
        self._keyboard, self._clock = keyboard, clock
        self._due = 0.0
        self._size: tuple[int, int] = (0, 0)
        self._write(_ENTER_SCREEN)

    def show(self, item: Exchange | Finding) -> None:
        """Take in what ended or was found; the next picture has it."""
        if isinstance(item, Exchange):
            if begins(item.carrier):  # its table is of Nest's patterns
                return
            self._screen.add_exchange(item)
        else:
            self._screen.add_finding(item)

    def show_plain(self, plain: PlainExchange) -> None:
        """Take in a plain exchange."""
        self._screen.add_plain(plain)

    def show_waiting(self, exchange: Exchange, waited_ns: int) -> None:
        """Every picture says by itself what waits."""

    def notice(self, words: str) -> bool:
        """Show what happened to the source, where attention is asked for."""
        self._screen.notice = words
        return True

    def tick(self, status: Callable[[], LiveStatus]) -> bool:
        """Obey the keys, and draw when it is time to; answer whether to go on."""
        keys = self._keyboard.pressed() if self._keyboard is not None else ""
        for key in keys:
            if not self._obey(key):
                return False
        now, size = self._clock(), self._console.size
        due = now >= self._due and not self._screen.paused
        if due or keys or size != self._size:
            self._due, self._size = now + _INTERVAL_S, size
            self._draw(status())
        return True

    def finish(self, status: LiveStatus, report: Report, files: Sequence[str]) -> None:
        """Print the report, where the command was typed."""
        print_live_report(self._console, self._name, status, report, files)

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._keyboard is not None:
            self._keyboard.close()
        self._write(_LEAVE_SCREEN)

    def _obey(self, key: str) -> bool:
        screen = self._screen
        if screen.typing:
            self._type(key)
        elif key == "q":
            return False
        elif key == "p":
            screen.paused = not screen.paused
        elif key == "s":
            screen.sort = SORTS[(SORTS.index(screen.sort) + 1) % len(SORTS)]
        elif key == "/":
            screen.typing, screen.helping = True, False
        elif key in {"?", ESCAPE}:
            screen.helping = key == "?" and not screen.helping
        return True

    def _type(self, key: str) -> None:
        screen = self._screen
        if key in {ENTER, ESCAPE}:
            screen.typing = False
            screen.only = screen.only if key == ENTER else ""
        elif key == DELETE:
            screen.only = screen.only[:-1]
        elif key.isprintable():
            screen.only += key

    def _draw(self, status: LiveStatus) -> None:
        """Write over what is there: no blank moment, nothing that flickers."""
        width, height = self._size
        lines = self._screen.lines(status, width, height)
        with self._console.capture() as captured:
            for line in lines:
                show(self._console, line)
        text = captured.get().removesuffix("\n").replace("\n", f"{_CLEAR_LINE}\r\n")
        self._write(f"{_HOME}{text}{_CLEAR_LINE}{_CLEAR_BELOW}")

    def _write(self, text: str) -> None:
        self._console.file.write(text)
        self._console.file.flush()
