"""The browser: views of exchanges and of the report, with the details of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Container, Horizontal
from textual.events import Key
from textual.widgets import Input

from inspector.views.rendering import safe
from inspector.views.text import Text

from .bars import Bar, Title, Views, keys_line
from .carrying import Carrying
from .filter_box import FilterBox
from .filtering import Filtering
from .grid import Grid
from .keys import help_lines
from .listed import Figures
from .opening import Opening
from .pane import Pane
from .prompts import Sheet
from .report_lists import connection_list, finding_list, pattern_list, service_list
from .state import (
    CONNECTIONS,
    DRAWN,
    EXCHANGES,
    FINDINGS,
    LADDER,
    PATTERNS,
    SERVICES,
)
from .store import FAILED, NOTED
from .titles import VIEWS, problem_line, title_of, view_names

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.geometry import Size

    from .exchange_list import ExchangeList

_BESIDE = 100  # cells from which on the details stand beside the list
_NARROW, _LOW = 60, 15  # below, the list stands alone
_TICK_S = 0.25
_PAUSED = "paused; p goes on"
_MAKERS = {PATTERNS: pattern_list, SERVICES: service_list, FINDINGS: finding_list}
_CSS = """
Screen { background: ansi_default; color: ansi_default; }
* { scrollbar-color: ansi_bright_black; scrollbar-background: ansi_default;
    scrollbar-color-hover: ansi_bright_black; scrollbar-color-active: ansi_bright_black;
    scrollbar-background-hover: ansi_default;
    scrollbar-background-active: ansi_default; }
#filter { height: 1; }
#slash { width: 2; }
#count { width: 28; }
#body { height: 1fr; layout: vertical; }
#grid { height: 3fr; }
#pane { height: 2fr; border-top: solid ansi_bright_black; }
#whole { height: 1fr; display: none; }
.beside #body { layout: horizontal; }
.beside #grid { height: 1fr; width: 5fr; }
.beside #pane { height: 1fr; width: 3fr; border-top: none;
    border-left: solid ansi_bright_black; padding-left: 1; }
.alone #pane { display: none; }
.alone #title { max-height: 1; }
.opened #grid { display: none; }
.opened #pane { display: block; border: none; height: 1fr; width: 1fr; padding: 0; }
.drawn #grid, .drawn #pane { display: none; }
.drawn #whole { display: block; }
"""


class Browser(Carrying, Filtering, Opening):
    """Everything on one screen."""

    CSS = _CSS
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(n + 1), f"view({n})", show=False) for n in range(len(VIEWS))),
        Binding("slash", "filter", show=False),
        Binding("tab", "other", show=False, priority=False),
        Binding("escape", "step_back", show=False),
        Binding("s", "sort(1)", show=False),
        Binding("S", "turn", show=False),
        Binding("e", "seek(1, 1)", show=False),
        Binding("E", "seek(1, -1)", show=False),
        Binding("n", "seek(2, 1)", show=False),
        Binding("N", "seek(2, -1)", show=False),
        Binding("y", "copy_call", show=False),
        Binding("Y", "copy_json", show=False),
        Binding("c", "copy_command", show=False),
        Binding("w", "write", show=False),
        Binding("space", "mark", show=False),
        Binding("equals_sign", "compare", show=False),
        Binding("p", "pause", show=False),
        Binding("question_mark", "help", show=False),
        Binding("q", "quit", show=False),
        Binding("ctrl+c", "quit", show=False, priority=True),
    ]

    def compose(self) -> ComposeResult:
        """Compose the screen."""
        yield Title(id="title")
        yield Views(id="views")
        with Horizontal(id="filter"):
            yield Bar(id="slash")
            yield FilterBox(self.routes, id="box")
            yield Bar(id="count")
        yield Bar(id="said")
        with Container(id="body"):
            yield Grid(id="grid")
            yield Pane(id="pane")
            yield Pane(id="whole")
        yield Bar(id="keys")

    def on_mount(self) -> None:
        """Show what there is, and look for more now and then."""
        self.theme = "ansi-dark"
        self.query_one("#slash", Bar).say(Text("/ ", "command"))
        self.grid.is_marked = self.is_marked
        self.grid.show(self.exchanges)
        self.grid.focus()
        self._version = -1
        self._lay_out(self.size)
        self._renew()
        self._waiting = self.set_interval(_TICK_S, self._tick)

    def _tick(self) -> None:
        """Show what has come; once nothing more comes, look no more."""
        session = self.session
        done = session.done
        session.store.flush()
        if self.paused or self._finding:
            return
        if self._version != session.store.version or done:
            self._renew()
            self._list_anew()
        if done:
            self._waiting.stop()

    def _list_anew(self) -> None:
        """List what the report of live traffic says by now."""
        if self.session.live and self.view not in {EXCHANGES, *DRAWN}:
            key, turned = "", False
            if isinstance(self.grid.listed, Figures):
                key, turned = self.grid.listed.key, self.grid.listed.turned
            listed = self._listed(self.view)
            if listed is not None and key:
                listed.sort(key, turned=turned)
                self.grid.show(listed, self.grid.place)

    def _renew(self) -> None:
        """List what is there by now."""
        session = self.session
        session.store.flush()
        self._version = session.store.version
        if not self.touched:  # what is sorted otherwise would jump about meanwhile
            slowest = session.done and not session.live
            self.exchanges.key = "latency" if slowest else "time"
        self._say_title()
        self.find()

    async def on_event(self, event: events.Event) -> None:
        """Take back what was said as the next key is pressed, unless one types."""
        is_key = isinstance(event, Key) and not event.is_forwarded
        if is_key and not self.box.has_focus:
            self._hush()
        await super().on_event(event)

    def _hush(self) -> None:
        """Take back what was said; not that it is paused, nor what cannot be read."""
        session = self.session
        said = self.query_one("#said", Bar).text
        if session.notice and safe(session.notice) in said:
            session.notice = ""
        lasting = Text(_PAUSED, "warning") if self.paused else problem_line(session)
        self.say(lasting or Text())

    # Which view is shown.

    def action_view(self, view: int) -> None:
        """Show another view."""
        if self.view in {*_MAKERS, EXCHANGES, CONNECTIONS}:
            self.places[self.view] = self.grid.place
        self._hush()
        drawn = view in DRAWN
        # The key of the ladder, pressed there, draws the other one.
        self.chained = view == LADDER == self.view and not self.chained
        if drawn:
            self.look_at(view)
        self.view = view
        self.screen.set_class(drawn, "drawn")
        self.screen.remove_class("opened")
        (self.whole if drawn else self.grid).focus()
        if drawn:
            self.say_count()
        else:
            self._list(view)
        self._say_title()
        self._say_keys()

    def _list(self, view: int) -> None:
        listed = self._listed(view)
        if listed is None:
            self.say(Text("known once all is read", "muted"))
            self.view = EXCHANGES
            listed = self.exchanges
        with self.prevent(Input.Changed):
            self.box.value = self.texts.get(self.view, "")
        self.box.blame(0)
        self.box.remove_class("wrong")
        self.grid.show(listed, self.places.get(self.view, 0))
        self.say_count()

    def _listed(self, view: int) -> ExchangeList | Figures | None:
        """Return what a view lists; None while that is not known."""
        report = self.session.report
        if view == EXCHANGES:
            return self.exchanges
        if view in self.lists and (not self.session.live or self.paused):
            return self.lists[view]
        if view == CONNECTIONS:
            made = connection_list(self.session)
        elif report is None:
            return None
        else:
            with self.session.lock:
                made = _MAKERS[view](report)
        made.lock = self.session.lock
        made.choose(self.texts.get(view, "").split())
        self.lists[view] = made
        return made

    def on_views_chosen(self, event: Views.Chosen) -> None:
        """Show the view whose name was clicked."""
        self.action_view(event.place)

    # What keys do.

    def action_filter(self) -> None:
        """Type a filter."""
        if self.view in DRAWN:
            self.action_view(EXCHANGES)
        self.screen.remove_class("opened")
        self.box.focus()

    def action_other(self) -> None:
        """Go from the list to the details, and back."""
        in_list = self.grid.has_focus
        shown = self.pane.display and self.view not in DRAWN
        (self.pane if in_list and shown else self.front()).focus()

    def action_step_back(self) -> None:
        """Go back; then clear the filter."""
        if self.box.has_focus and self.box.value:
            self.box.value = ""
        elif self.box.has_focus or self.pane.has_focus or self.opened:
            self.screen.remove_class("opened")
            self.front().focus()
            self.say(Text())
            self.call_after_refresh(self.show_details)
        elif self.view != EXCHANGES:
            self.action_view(EXCHANGES)
        elif self.box.value:
            self.box.value = ""
        self._say_keys()

    def action_sort(self, step: int) -> None:
        """Sort by the next column."""
        listed = self.grid.listed
        if listed is not None and self.view not in DRAWN:
            keys = list(listed.keys)
            place = keys.index(listed.key) if listed.key in keys else -1
            self.sort_by(keys[(place + step) % len(keys)])

    def action_turn(self) -> None:
        """Turn the order round."""
        if self.grid.listed is not None:
            self.sort_by(self.grid.listed.key, turned=not self.grid.listed.turned)

    def on_grid_sorted(self, event: Grid.Sorted) -> None:
        """Sort by a column; the second time the other way round."""
        listed = self.grid.listed
        assert listed is not None
        again = listed.key == event.key
        self.sort_by(event.key, turned=again and not listed.turned)

    def sort_by(self, key: str, *, turned: bool = False) -> None:
        """Sort what is listed."""
        listed = self.grid.listed
        assert listed is not None
        self.touched = True
        listed.sort(key, turned=turned)
        if listed is self.exchanges:
            self.following, self._sorted = False, True
            self.find()
            words = self.exchanges.first_order(key)
        else:
            self.grid.renew(0)
            words = f"{key}, turned round" if turned else key
        self.say(Text(f"sorted by {words}", "muted"))
        self._say_keys()

    def action_seek(self, bit: int, step: int) -> None:
        """Go to the next exchange that failed, or about which something was found."""
        if self.view != EXCHANGES:
            self.action_view(EXCHANGES)
        marked = self.session.store.marked
        place = self.exchanges.following(
            self.grid.place, lambda number: marked(number, bit), step
        )
        if place is None:
            what = {FAILED: "none failed", NOTED: "nothing was found about these"}
            self.say(Text(what[bit], "muted"))
        else:
            self.grid.select(place)

    def action_pause(self) -> None:
        """Show nothing new for a while, or go on."""
        if self.session.live:
            self.paused = not self.paused
            self.say(Text(_PAUSED if self.paused else "", "warning"))

    def action_help(self) -> None:
        """List the keys."""
        self.push_screen(Sheet(help_lines()))

    # What the lines around say.

    def on_resize(self, event: events.Resize) -> None:
        """Put the details beside the list, below it, or nowhere."""
        self._lay_out(event.size)

    def _lay_out(self, size: Size) -> None:
        width, height = size
        alone = width < _NARROW or height < _LOW
        self.screen.set_class(width >= _BESIDE and not alone, "beside")
        self.screen.set_class(alone, "alone")
        self._say_keys()
        self.call_after_refresh(self.show_details)

    def _say_title(self) -> None:
        title, right = title_of(self.session)
        self.query_one("#title", Title).say(Text(" ") + title, right + Text(" "))
        beside = Text("following " if self.following else "", "good")
        names = self.query_one("#views", Views)
        names.list_names(view_names(self.session), self.view, beside)
        problem = problem_line(self.session)
        if problem is not None and not self.query_one("#said", Bar).text.strip():
            self.say(problem)

    def _say_keys(self) -> None:
        keys = [("Enter", "open"), ("/", "filter"), ("s", "sort")]
        keys += [("y", "copy call"), ("w", "write"), ("Tab", "pane")]
        keys += [("1–7", "view"), ("?", "keys"), ("q", "quit")]
        if self.size.width < _BESIDE:
            keys = [each for each in keys if each[0] not in {"w", "1–7"}]
        self.query_one("#keys", Bar).say(keys_line(keys))
