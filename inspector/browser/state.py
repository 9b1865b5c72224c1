"""What the parts of the browser share: what is shown, chosen, marked and said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from inspector.views.text import Text

from .asking import Asked
from .bars import Bar
from .exchange_list import ExchangeList
from .filter_box import FilterBox
from .grid import Grid
from .pane import Pane

if TYPE_CHECKING:
    from typing import TypeAlias

    from textual.timer import Timer

    from .desk import Desk
    from .listed import Figures
    from .session import Session

    Place: TypeAlias = tuple[list[int], int, int, int | None]

EXCHANGES, PATTERNS, SERVICES, FINDINGS, LADDER, PACKETS, CONNECTIONS = range(7)
DRAWN = {LADDER, PACKETS}
"""Views that are lines, and no list."""
NOTHING = Asked()


class State(App[None]):
    """What the parts of the browser share.

    Args:
        session: What is browsed.
        desk: What reads the captures again, and writes others.

    Attributes:
        session: The same.
        desk: The same.
        view: The view that is shown.
        asked: What the filter of the exchanges asks for.
        exchanges: The list of them.
        lists: View → what it lists.
        places: View → the row that was selected when it was left.
        texts: View → what is typed into its filter.
        marks: The exchanges that are marked, in that order.
        touched: Whether a person has chosen a row, or an order.
        chained: Whether a ladder is that of a chain, and not of a connection.
        following: Whether the last exchange stays selected while more come.
        paused: Whether nothing new is shown.
    """

    def __init__(self, session: Session, desk: Desk) -> None:
        super().__init__(ansi_color=True)  # what NO_COLOR removes are colours of these
        self.session, self.desk = session, desk
        self.view = EXCHANGES
        self.asked = NOTHING
        self.exchanges = ExchangeList(session)
        self.lists: dict[int, Figures] = {}
        self.places: dict[int, int] = {}
        self.texts: dict[int, str] = {}
        self.marks: dict[int, None] = {}
        self.touched = self.paused = self.chained = False
        self.following = session.live
        self._detailed: tuple[int, int] | None = None  # what is shown with its packets
        self._timer: Timer | None = None
        self._subject: Place | None = None  # what lines are drawn of
        self._finding = False  # whether a search goes on
        self._counts = ""  # how many exchanges are listed, in words
        self._sorted = False  # whether the first row is to be selected

    def action_view(self, view: int) -> None:
        """Show another view."""
        raise NotImplementedError

    def apply(self, text: str, *, submitted: bool) -> None:
        """Filter what is listed."""
        raise NotImplementedError

    @property
    def grid(self) -> Grid:
        """The list."""
        return self.query_one("#grid", Grid)

    @property
    def pane(self) -> Pane:
        """The details of what is selected."""
        return self.query_one("#pane", Pane)

    @property
    def whole(self) -> Pane:
        """The lines of a view that is no list."""
        return self.query_one("#whole", Pane)

    @property
    def box(self) -> FilterBox:
        """The filter box."""
        return self.query_one("#box", FilterBox)

    @property
    def opened(self) -> bool:
        """Whether details take the whole screen."""
        return self.screen.has_class("opened")

    def front(self) -> Grid | Pane:
        """Return what has the keys unless one types."""
        if self.view in DRAWN:
            return self.whole
        return self.pane if self.opened else self.grid

    def say(self, line: Text) -> None:
        """Say something in the line below the filter."""
        self.query_one("#said", Bar).say(Text(" ") + line)

    def number(self) -> int | None:
        """Return the number of the exchange that is selected, if one is."""
        if self.view == EXCHANGES:
            return self.exchanges.number(self.grid.place)
        if self.view in DRAWN and self._subject is not None:
            return self._subject[3]  # a finding, too, may be about one
        if self.view in DRAWN:
            return self.exchanges.number(self.places.get(EXCHANGES, 0))
        return None

    def is_marked(self, place: int) -> bool:
        """Whether the exchange of a row is marked."""
        if not self.marks or self.view != EXCHANGES:
            return False
        return self.exchanges.number(place) in self.marks
