"""Views for people, each of which is loaded when its command is called for."""

from __future__ import annotations

from collections import Counter
from itertools import chain, islice
from typing import TYPE_CHECKING

from inspector.views.output_format import Format, registered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from inspector.calls.chains.trees import Node
    from inspector.calls.exchanges import Exchange
    from inspector.comparing.comparison import Comparison
    from inspector.contracts.checking import Checking
    from inspector.contracts.document import Contract
    from inspector.explain.explanation import Explanation
    from inspector.figures.services import Service
    from inspector.figures.timeline import Timeline
    from inspector.filters.projection import Column
    from inspector.journal import CapturedPacket
    from inspector.views.closeup import Closeup
    from inspector.views.output_format import (
        Found,
        LadderOptions,
        LiveView,
        ShowOptions,
    )


@registered("views for people", drawn=True)
class Table(Format):
    """The answer first, and the next command on the screen."""

    def report(self, found: Found) -> None:
        """Print the report once all is read; nothing where nothing was found."""
        from inspector.views.report_view import print_report

        found.read()
        if found.report().connections or found.report().findings:
            print_report(
                self.output.screen(), found.report(), found.captures, found.repeated
            )

    def exchanges(
        self,
        exchanges: Iterator[Exchange],
        found: Found,
        columns: Sequence[Column] | None,
    ) -> None:
        """Print exchanges as they come, or the columns of them that were named."""
        from inspector.figures.worst import Worst
        from inspector.views.columns_view import print_columns
        from inspector.views.exchanges_view import print_exchanges

        worst = Worst()
        listed = worst.watched(exchanges)
        # Times count from the first packet, which is known with the first exchange.
        first = next(listed, None)
        if first is None and columns is None:
            return
        screen, shown = self.output.screen(), chain(filter(None, [first]), listed)
        if columns is not None:
            print_columns(screen, columns, shown)
        else:
            first_ns = found.report().first_ns or 0
            print_exchanges(screen, shown, first_ns, found.times)
        self._lead_on(screen, worst.number, found)

    def show(self, closeup: Closeup, found: Found, options: ShowOptions) -> None:
        """Print one exchange."""
        from inspector.views.next_command import next_options
        from inspector.views.show_setting import Setting
        from inspector.views.show_view import print_closeup

        screen = self.output.screen()
        report = found.report()
        setting = Setting(
            options.captures,
            report.first_ns or 0,
            screen.width,
            found.times,
            next_options(report, found.repeated),
            cut=screen.is_terminal or screen.record,
            full=options.full,
            raw=options.raw,
            again=options.again,
        )
        print_closeup(screen, closeup, setting)

    def chain(self, chains: Iterator[Node], found: Found, number: int | None) -> None:
        """Draw the chain that is asked for, or list all; one alone is drawn as well."""
        from inspector.views.chain_view import print_chain, print_chains

        screen, some = self.output.screen(), list(islice(chains, 2))
        if number is not None or len(some) == 1:
            print_chain(screen, some[0])
            return
        print_chains(screen, chain(some, chains))

    def timeline(self, timeline: Timeline, found: Found) -> None:
        """Draw calls over time, if there are any."""
        from inspector.views.timeline_view import print_timeline

        def plot(title: str) -> str:
            from inspector.views.timeline_plot import timeline_plot

            return timeline_plot(timeline, found.report(), title)

        if timeline.count:
            screen = self.output.screen()
            self.output.plot(plot)
            print_timeline(screen, timeline, found.report())
            self._lead_on(screen, timeline.worst.number, found)

    def services(self, services: Sequence[Service], found: Found) -> None:
        """Print who asks whom, and the map of it, if anybody does."""
        from inspector.views.report_view import print_next
        from inspector.views.services_view import print_failed, print_services

        screen, report = self.output.screen(), found.report()
        if report.connections:
            print_services(screen, services, report.names)
        print_failed(screen, report)
        if report.connections and services:
            print_next(screen, report, found.captures, found.repeated)

    def contract(self, contract: Contract, found: Found) -> None:
        """Print the payloads of each pattern as trees."""
        from inspector.views.contract_view import print_contract

        print_contract(self.output.screen(), contract)

    def check(self, checking: Checking, found: Found) -> None:
        """Print violations as they come, and whether there were any."""
        from inspector.views.check_view import print_check

        print_check(self.output.screen(), checking, found.items())

    def diff(self, comparison: Comparison, found: Sequence[Found]) -> None:
        """Print the answer, tables, and how it was judged."""
        from inspector.views.diff_view import print_diff

        print_diff(self.output.screen(), comparison)

    def packets(
        self, packets: Iterator[CapturedPacket], found: Found, *, whole: bool
    ) -> None:
        """Print packets as they come, and their sum if they are all."""
        from inspector.views.packets_view import print_packets, print_sum

        first = next(packets, None)
        if first is None:
            return
        screen, first_ns = self.output.screen(), found.report().first_ns or 0
        apart = Counter[bool]()
        shown = _counted(chain([first], packets), apart)
        print_packets(screen, shown, first_ns, found.times)
        if whole:
            print_sum(screen, found.report(), apart[True])

    def ladder(
        self, packets: Iterator[CapturedPacket], found: Found, options: LadderOptions
    ) -> None:
        """Draw arrows as they come."""
        from inspector.views.ladder_rows import Ladder
        from inspector.views.ladder_view import print_ladder

        rows = Ladder.of(options).rows(packets)
        first = next(rows, None)
        if first is not None:
            first_ns = found.report().first_ns or 0
            shown, screen = chain([first], rows), self.output.screen()
            print_ladder(screen, shown, first_ns, found.times)
            worst = options.worst.number if options.worst else None
            self._lead_on(screen, worst, found)

    def _lead_on(self, screen: Console, number: int | None, found: Found) -> None:
        """Print the command that shows an exchange of those that were listed."""
        from inspector.views.report_view import print_next_show

        report = found.report()
        print_next_show(screen, number, report, found.captures, found.repeated)

    def follow(self, packets: Iterator[CapturedPacket], *, full: bool) -> None:
        """Print frames as they come."""
        from inspector.views.carried import followed
        from inspector.views.follow_view import print_followed

        print_followed(self.output.screen(), followed(packets), full=full)

    def explain(self, explanations: Sequence[Explanation]) -> None:
        """Print explanations, one below the other."""
        from inspector.views.explain_view import print_explanations

        print_explanations(self.output.screen(), explanations)

    def live(self, source: str, slow_ns: int) -> LiveView:
        """Return a table that goes on; lines, where nobody has a screen for it."""
        from inspector.views.keyboard import Keyboard
        from inspector.views.live_lines import TextLines
        from inspector.views.live_view import LiveTable

        screen = self.output.screen(endless=True)
        if screen.is_terminal and not screen.is_dumb_terminal:
            return LiveTable(screen, source, slow_ns, Keyboard.of_terminal())
        return TextLines(screen, source)


def _counted(
    packets: Iterator[CapturedPacket], apart: Counter[bool]
) -> Iterator[CapturedPacket]:
    """Pass on packets, and count those of connections that carried no Nest."""
    for packet in packets:
        apart[packet.connection is not None and not packet.connection.carrier] += 1
        yield packet
