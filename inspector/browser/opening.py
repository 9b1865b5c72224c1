"""What is opened: details beside a list, ladders, packets, what a row stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.worker import get_current_worker

from inspector.shorthand import short
from inspector.views.rendering import safe
from inspector.views.show_setting import Setting
from inspector.views.text import Text
from inspector.words import plural

from .details import READING, details, finding_details, preview
from .listed import Figures
from .row_filters import finding_filter, pattern_filter, service_filter
from .state import (
    CONNECTIONS,
    DRAWN,
    EXCHANGES,
    FINDINGS,
    LADDER,
    PACKETS,
    PATTERNS,
    SERVICES,
    State,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from inspector.calls.exchanges import Exchange
    from inspector.figures.rows import PatternRow
    from inspector.figures.services import Service
    from inspector.figures.traffic import Pattern
    from inspector.findings.groups import FindingGroup

    from .grid import Grid
    from .looking import Looking
    from .pane import Pane
    from .report_lists import Used
    from .state import Place

    Drawing: TypeAlias = Callable[[Callable[[], bool]], list[Text]]

_AROUND = 12  # exchanges before and after one, in its ladder
_OF_A_CONNECTION = 40  # exchanges in the ladder of a connection
_OF_A_CHAIN = 200  # exchanges in the ladder of a chain
_LEAST_ROOM = 20  # cells of a line of details
_MOST_ROUTES = 100  # patterns of a service that are listed, the most frequent
_NEAR = 2  # neighbours on each side
_TITLES = 12  # lines at most before columns begin
_PATIENCE_S = 0.12  # until the packets of what is selected are read
_NOT_KEPT = "packets of live traffic are not kept: --write FILE keeps them"


class Opening(State):
    """The part of the browser that shows what is selected."""

    def on_grid_moved(self, event: Grid.Moved) -> None:
        """Show what is selected now."""
        if event.by_user and self.view == EXCHANGES:
            self.touched = True
            at_end = self.grid.place == self.exchanges.count - 1
            in_order = self.exchanges.key == "time" and not self.exchanges.turned
            self.following = self.session.live and at_end and in_order
        self.show_details()

    def show_details(self) -> None:
        """Show what is known of what is selected."""
        if self.view == EXCHANGES:
            self._show_exchange()
            return
        if self.view in DRAWN:  # which may come from any list
            return
        self._detailed = None  # other details take the place of an exchange's
        listed = self.grid.listed
        if isinstance(listed, Figures):
            chosen = listed.value(self.grid.place) if listed.count else None
            with self.session.lock:
                lines = [] if chosen is None else self._about(chosen)
            self.pane.show(lines)

    def _show_exchange(self) -> None:
        number = self.number()
        exchange = None if number is None else self.session.store.exchange(number)
        if exchange is None:
            self.pane.show([])
            return
        found = self.session.findings(exchange)
        setting = self._setting()
        about = exchange.number, setting.width
        if about == self._detailed:  # it is shown already, with its packets
            return
        self._detailed = None
        lines = preview(exchange, found, setting)
        looking = self.desk.looking
        if looking is None:
            self.pane.show([*lines, Text(_packets_of(exchange), "muted")], number)
            return
        self.pane.show([*lines, Text(READING, "muted")], number)
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_PATIENCE_S, lambda: self._look(exchange, looking))

    def _room(self) -> int:
        """Return the cells of a line of details."""
        return max(self.pane.room, _LEAST_ROOM)

    def _setting(self) -> Setting:
        session = self.session
        return Setting(
            self.desk.captures or [session.title],
            session.first_ns,
            self._room(),
            session.times,
            self.desk.options,
            again=not self.desk.hidden,
        )

    def _look(self, exchange: Exchange, looking: Looking) -> None:
        """Read the packets of an exchange, and show them with it."""
        store, number = self.session.store, exchange.number
        near = set(store.around(number, _NEAR))
        setting = self._setting()
        found = self.session.findings(exchange)

        def read() -> None:
            worker = get_current_worker()
            closeup = looking.close_up(number, near, lambda: worker.is_cancelled)
            if closeup is not None and not worker.is_cancelled:
                lines = details(closeup, found, setting)
                self.call_from_thread(self._show_whole, number, setting.width, lines)

        self.run_worker(read, thread=True, exclusive=True, group="look")

    def _show_whole(self, number: int, width: int, lines: list[Text]) -> None:
        if self.view == EXCHANGES and self.number() == number:
            self._detailed = number, width
            self.pane.show(lines, number)

    def _about(self, value: object) -> list[Text]:
        """Return what is known of a row of the report."""
        width = self._room()
        if self.view == FINDINGS:
            return finding_details(cast("FindingGroup", value), width)
        if self.view == PATTERNS:
            (_, route, _), _row = cast("tuple[Pattern, PatternRow]", value)
            return [Text(safe(short(route)), "route"), *self._found_of(route, width)]
        if self.view == SERVICES:
            return _service_lines(cast("Service", value))
        number = cast("Used", value)[0]
        connection = self.session.store.connection(number)
        ends = f"{connection.client_text} → {connection.server_text}"
        return [Text(f"connection {number}", "title"), Text(safe(ends))]

    def _found_of(self, route: str, width: int) -> list[Text]:
        report = self.session.report
        groups = [] if report is None else report.findings.values()
        lines: list[Text] = []
        for group in groups:
            if route in group.known_routes:
                lines += [Text(), *finding_details(group, width)]
        return lines

    # Rows that are opened.

    def on_grid_opened(self) -> None:
        """Open what is selected."""
        if self.view == EXCHANGES:
            self.screen.add_class("opened")
            self.pane.focus()
            self.call_after_refresh(self.show_details)
            return
        listed = self.grid.listed
        assert isinstance(listed, Figures)
        with self.session.lock:
            text = self._filter_for(listed.value(self.grid.place))
        if text is None:
            self.action_view(PACKETS)
        else:
            self.filter_by(text)

    def _filter_for(self, value: object) -> str | None:
        """Return the filter for what a row stands for; None for packets alone."""
        report = self.session.report
        if self.view == PATTERNS and report is not None:
            pattern, _row = cast("tuple[Pattern, PatternRow]", value)
            return pattern_filter(pattern, report.patterns)
        if self.view == SERVICES:
            return service_filter(cast("Service", value))
        if self.view == CONNECTIONS:
            return f"connection == {cast('Used', value)[0]}"
        return finding_filter(cast("FindingGroup", value))

    def filter_by(self, text: str) -> None:
        """List the exchanges that a filter chooses."""
        self.touched = False
        self.places[EXCHANGES] = 0
        self.texts[EXCHANGES] = text
        self.action_view(EXCHANGES)
        self.apply(text, submitted=True)

    def on_pane_followed(self, event: Pane.Followed) -> None:
        """Show the exchange that a line names."""
        place = self.exchanges.place(event.number)
        if place is None:
            self.filter_by(f"#{event.number}")
            return
        if self.view != EXCHANGES:
            self.places[EXCHANGES] = place
            self.action_view(EXCHANGES)
        self.grid.select(place)

    # Views that are lines.

    def look_at(self, view: int) -> None:
        """Draw the ladder, or the packets, of what is selected."""
        looking = self.desk.looking
        if looking is None:
            self.whole.show([Text(_NOT_KEPT, "warning")])
            return
        drawing = self._drawing(view, looking)
        if drawing is None:
            self.whole.show([Text("nothing is selected", "muted")])
            return
        self.whole.show([Text(READING, "muted")])

        def draw() -> None:
            worker = get_current_worker()
            lines = drawing(lambda: worker.is_cancelled)
            if not worker.is_cancelled:
                self.call_from_thread(self._show_drawn, view, lines)

        self.run_worker(draw, thread=True, exclusive=True, group="draw")

    def _show_drawn(self, view: int, lines: list[Text]) -> None:
        if self.view == view:
            shown = lines or [Text("there are no packets to show", "muted")]
            self.whole.show(shown, heading=_heading_of(shown))
            self._to_selected()

    def _to_selected(self) -> None:
        if self.view == PACKETS and self._subject is not None:
            self.whole.find_packet(self._subject[2])
        elif (number := self.number()) is not None:
            self.whole.find(number)

    def _drawing(self, view: int, looking: Looking) -> Drawing | None:
        """Return what draws what is selected; None where nothing is."""
        if self.view not in DRAWN:  # else it is what the other view was drawn of
            self._subject = self._place_of_selected()
        place = self._subject
        if place is None:
            return None
        numbers, connection, packet, _ = place
        first_ns, width = self.session.first_ns, self.size.width - 1
        number = self.number()
        if view == LADDER and self.chained and number is not None:
            return lambda given_up: _chain(looking, number, first_ns, width, given_up)
        if view == LADDER:
            return lambda given_up: looking.ladder(numbers, first_ns, width, given_up)
        return lambda given_up: looking.packets(
            connection, packet, first_ns, width, given_up
        )

    def _place_of_selected(self) -> Place | None:
        """Return exchanges, a connection, a packet; and the exchange that is meant."""
        store, listed = self.session.store, self.grid.listed
        if self.view in {FINDINGS, CONNECTIONS} and isinstance(listed, Figures):
            if not listed.count:
                return None
            value = listed.value(self.grid.place)
            if self.view == CONNECTIONS:
                number = cast("Used", value)[0]
                own = store.on_connection(number, _OF_A_CONNECTION)
                return own, number, store.connection(number).opened_in, None
            finding = cast("FindingGroup", value).first
            number = finding.connection.number
            if finding.exchange is None:
                near = store.on_connection(number, _OF_A_CONNECTION)
            else:
                near = store.around(finding.exchange, _AROUND)
            return near, number, finding.packet, finding.exchange
        listed_at = self.places.get(EXCHANGES, 0)
        at = self.grid.place if self.view == EXCHANGES else listed_at
        number_of = self.exchanges.number(at)
        exchange = None if number_of is None else store.exchange(number_of)
        if exchange is None:
            return None
        packets = [*exchange.request_packets, *exchange.reply_packets]
        first = packets[0].number if packets else exchange.connection.opened_in
        near = store.around(exchange.number, _AROUND)
        return near, exchange.connection.number, first, exchange.number


def _chain(
    looking: Looking,
    number: int,
    first_ns: int,
    width: int,
    given_up: Callable[[], bool],
) -> list[Text]:
    """Draw the chain that an exchange is in."""
    members = looking.chain(number, given_up)
    if len(members) == 1:
        said = f"#{number} is in no chain: nothing is known to have caused it, or it"
        return [Text(f"{said} to have caused anything", "muted")]
    title = f"the chain of #{members[0]}: {plural(len(members), 'exchange')}"
    shown = members[:_OF_A_CHAIN]
    lines = looking.ladder(shown, first_ns, width, given_up)
    rest = len(members) - len(shown)
    more = [Text(f"and {plural(rest, 'exchange')} more", "muted")] if rest else []
    return [Text(title, "title"), Text(), *lines, *more]


def _heading_of(lines: list[Text]) -> int | None:
    """Return the place of the line that says what the columns are, if there is one."""
    for place, line in enumerate(lines[:_TITLES]):
        words = line.plain.strip()
        if words.startswith("packet  ") or words.endswith("  packets"):
            return place
    return None


def _packets_of(exchange: Exchange) -> str:
    packets = [*exchange.request_packets, *exchange.reply_packets]
    return "packets " + " ".join(f"{each.number}" for each in packets[:20])


def _service_lines(service: Service) -> list[Text]:
    pair = service.pair
    lines = [Text(safe(f"{pair.client} → {pair.serves}"), "title"), Text()]
    for route, count in service.routes.most_common(_MOST_ROUTES):
        lines.append(Text.assemble(f"{count:>9,}  ", (safe(short(route)), "route")))
    rest = len(service.routes) - _MOST_ROUTES
    if rest > 0:
        lines.append(Text(f"{'':11}and {plural(rest, 'pattern')} more", "muted"))
    return lines
