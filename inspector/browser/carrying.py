"""What is taken along: a call to the clipboard, exchanges to a file, a comparison."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inspector.errors import InspectorError
from inspector.views.text import Text
from inspector.words import plural

from .comparing import compared
from .details import as_call, as_json
from .prompts import Saving, Sheet
from .state import EXCHANGES, State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from inspector.calls.exchanges import Exchange

_PAIR = 2
_MARGIN = 4  # cells beside a sheet


class Carrying(State):
    """The part of the browser that copies, marks, compares and writes."""

    def action_copy_call(self) -> None:
        """Copy the call as a protocol-call line."""
        exchange = self._selected()
        if exchange is None:
            return
        line = as_call(exchange)
        if line is None:
            why = "not over TCP, or of too much data"
            self.say(Text(f"no protocol-call line: {why}; Y copies JSON", "warning"))
            return
        self._copy(line, f"#{exchange.number} as a protocol-call line")

    def action_copy_json(self) -> None:
        """Copy pattern, data and replies as JSON."""
        exchange = self._selected()
        if exchange is not None:
            self._copy(as_json(exchange), f"#{exchange.number} as JSON")

    def action_copy_command(self) -> None:
        """Copy the command that lists what is listed."""
        if not self.desk.captures:
            self.say(Text("live traffic has no file that a command could read"))
            return
        command = self.desk.command(self.asked, self.number())
        self._copy(command, command)

    def _copy(self, text: str, what: str) -> None:
        self.copy_to_clipboard(text)
        self.say(Text(f"copied {what}", "good"))

    def _selected(self) -> Exchange | None:
        number = self.number()
        return None if number is None else self.session.store.exchange(number)

    def action_mark(self) -> None:
        """Mark the exchange that is selected, or no more."""
        number = self.number()
        if number is None or self.view != EXCHANGES:
            return
        if number in self.marks:
            del self.marks[number]
        else:
            self.marks[number] = None
        count = len(self.marks)
        hint = "; = compares the last two, w writes them" if count >= _PAIR else ""
        self.grid.action_move(1)
        self.say(Text(f"{count:,} marked{hint}", "muted"))

    def action_compare(self) -> None:
        """Say how the two exchanges differ that were marked last."""
        store = self.session.store
        pair = [store.exchange(number) for number in list(self.marks)[-_PAIR:]]
        found = [each for each in pair if each is not None]
        if len(found) < _PAIR:
            self.say(Text("mark two exchanges with Space to compare them", "muted"))
            return
        width = self.size.width - _MARGIN
        self.push_screen(Sheet(compared(found[0], found[1], width)))

    def action_write(self) -> None:
        """Write what is marked, or else what is listed, as a capture or a page."""
        write = self.desk.write
        if write is None:
            self.say(Text("live traffic is written with --write FILE", "warning"))
            return
        chosen: Collection[int] = set(self.marks) or set(self.exchanges.numbers)
        if not chosen:
            self.say(Text("nothing is listed that could be written", "muted"))
            return
        what = plural(len(chosen), "exchange")
        captures = self.desk.captures
        name = f"{Path(captures[0]).stem}-part.pcapng" if captures else "live.html"

        def begin(answer: tuple[str, bool] | None) -> None:
            if answer is not None:
                self.say(Text(f"writing {what} …", "muted"))
                file, hidden = answer
                self.run_worker(
                    lambda: self._written(write, file, chosen, hidden),
                    thread=True,
                    group="write",
                )

        self.push_screen(Saving(what, name, hidden=self.desk.hidden), begin)

    def _written(
        self,
        write: Callable[[str, Collection[int], bool], str],
        file: str,
        chosen: Collection[int],
        hidden: bool,  # noqa: FBT001 — what was answered
    ) -> None:
        try:
            said = Text(write(file, chosen, hidden), "good")
        except InspectorError as error:
            said = Text(str(error), "error")
        self.call_from_thread(self.say, said)
