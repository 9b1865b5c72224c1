"""What is listed: what a filter chooses, found while one types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.worker import get_current_worker

from inspector.errors import ExpressionError
from inspector.views.text import Text

from .asking import Asked, asked_by
from .bars import Bar
from .listed import Figures
from .ordering import BY_ARRIVAL
from .searching import results
from .state import DRAWN, EXCHANGES, State

if TYPE_CHECKING:
    from textual.widgets import Input

    from .searching import Found

_LARGE = 50_000
"""Exchanges from which on an expression waits for Enter; words are soon found."""
_GROUP = "find"  # of the workers that search, of which one is wanted


class Filtering(State):
    """The part of the browser that filters."""

    def routes(self) -> list[str]:
        """Return the routes that there are."""
        return [route for _, route in self.session.store.routes()]

    def find(self) -> None:
        """List the exchanges that the filter chooses, as they are found."""
        asked, key = self.asked, self.exchanges.key
        store = self.session.store
        soon = store.count < _LARGE or key in BY_ARRIVAL
        if asked.everything and soon:
            self.workers.cancel_group(self, _GROUP)
            for found in results(store, asked, key, lambda: False):
                self.show_found(found)
            return
        self._finding = True
        self.run_worker(
            lambda: self._find(asked, key), thread=True, exclusive=True, group=_GROUP
        )

    def _find(self, asked: Asked, key: str) -> None:
        worker = get_current_worker()
        for found in results(
            self.session.store, asked, key, lambda: worker.is_cancelled
        ):
            if not worker.is_cancelled:
                self.call_from_thread(self._show_if_asked, asked, key, found)

    def _show_if_asked(self, asked: Asked, key: str, found: Found) -> None:
        """List what was found, unless something else is asked for by now."""
        if asked is self.asked and key == self.exchanges.key:
            self.show_found(found)

    def show_found(self, found: Found) -> None:
        """List exchanges; the one that was selected stays so, if it is among them."""
        self._finding = self._finding and not found.done
        listed = self.exchanges
        stays = self.touched and not self._sorted
        here = listed.number(self._exchange_place()) if stays else None
        self._sorted = False
        listed.numbers = found.numbers
        total = self.session.store.count
        so_far = "" if found.done else " …"
        words = f"{len(found.numbers):,} of {total:,}{so_far}"
        self._counts = words
        place = None if here is None else listed.place(here)
        if self.following:
            place = listed.count - 1
        if self.view == EXCHANGES:
            self.say_count()
            self.grid.show(listed, place or 0)
        else:
            self.places[EXCHANGES] = place or 0
        nothing = found.done and not found.numbers and not self.asked.everything
        nothing = nothing and not self.box.has_class("wrong")  # the mistake is said
        if nothing and not (self.box.has_focus and self.box.offered()):
            self.say(Text("No exchange is like this.   Esc clears the filter", "muted"))

    def _exchange_place(self) -> int:
        at = self.view == EXCHANGES
        return self.grid.place if at else self.places.get(EXCHANGES, 0)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while one types, unless there is much to look through."""
        if event.input.id == "box":
            self.apply(event.value, submitted=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Filter, and go to the list."""
        if event.input.id == "box":
            self.apply(event.value, submitted=True)
            if not self.box.has_class("wrong"):
                self.grid.focus()

    def apply(self, text: str, *, submitted: bool) -> None:
        """Filter what is listed."""
        if self.view != EXCHANGES:
            self._choose_rows(text)
            return
        try:
            asked = asked_by(text)
        except ExpressionError as error:
            self.box.blame(error.place)
            self.box.add_class("wrong")
            problem = str(error).partition(": ")[2]
            where = "" if "character" in problem else f"character {error.place}: "
            self.say(Text(where + problem, "error"))
            return
        self.box.remove_class("wrong")
        self.box.blame(0)
        waits = self.session.store.count >= _LARGE and asked.selection is not None
        waits = waits and not submitted
        self.say(self._hint(waits))
        if not waits:
            self.asked, self.texts[EXCHANGES] = asked, text
            self.find()

    def _hint(self, waits: bool) -> Text:  # noqa: FBT001 — says whether Enter is needed
        """Return what may be typed next."""
        offered = self.box.offered()
        words = "   ".join(offered[:4]) if offered else ""
        enter = "Enter filters   " if waits else ""
        return Text(f"{enter}Tab  {words}" if words else enter, "muted")

    def _choose_rows(self, text: str) -> None:
        listed = self.grid.listed
        if isinstance(listed, Figures):
            self.texts[self.view] = text
            listed.choose(text.split())
            self.say_count()
            self.grid.renew(0)

    def say_count(self) -> None:
        """Say how many rows are listed, and of how many; lines are not counted."""
        listed = self.grid.listed
        words = "" if self.view in DRAWN else self._counts
        if self.view not in {EXCHANGES, *DRAWN} and isinstance(listed, Figures):
            words = f"{listed.count:,} of {listed.total:,}"
        self.query_one("#count", Bar).say(Text(), Text(f"{words} ", "muted"))
