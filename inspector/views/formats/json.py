"""JSON lines: one object a line, with the keys that docs/output.md promises."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from inspector.calls.chains.sought import with_possible_parents
from inspector.calls.exchanges import Exchange
from inspector.views.carried import followed
from inspector.views.closeup_line import closeup_line
from inspector.views.jsonlines import (
    chosen_line,
    exchange_line,
    explanation_line,
    finding_line,
    service_line,
    summary_line,
    timeline_line,
)
from inspector.views.output_format import (
    Format,
    LadderOptions,
    LiveView,
    registered,
)
from inspector.views.packet_lines import frame_line, packet_line
from protocol import escape_controls_in_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.calls.chains.trees import Node
    from inspector.comparing.comparison import Comparison
    from inspector.contracts.checking import Checking
    from inspector.contracts.document import Contract
    from inspector.explain.explanation import Explanation
    from inspector.figures.services import Service
    from inspector.figures.timeline import Timeline
    from inspector.filters.projection import Column
    from inspector.journal import CapturedPacket
    from inspector.views.closeup import Closeup
    from inspector.views.output_format import Found, ShowOptions


@registered("JSON lines")
class Json(Format):
    """One JSON line for each thing that is found, as it comes."""

    def write_line(self, line: bytes) -> None:
        """Write a line, without what a terminal would obey; its end is added."""
        super().write_line(escape_controls_in_json(line))

    def report(self, found: Found) -> None:
        """Write all exchanges and findings, and the summary."""
        for item in with_possible_parents(found.items()):
            if isinstance(item, Exchange):
                self.write_line(exchange_line(item))
            else:
                self.write_line(finding_line(item))
        self.write_line(summary_line(found.report()))

    def exchanges(
        self,
        exchanges: Iterator[Exchange],
        found: Found,
        columns: Sequence[Column] | None,
    ) -> None:
        """Write exchanges; the columns are the keys, if they were named."""
        line = exchange_line if columns is None else partial(chosen_line, columns)
        write = self.output.write
        for exchange in exchanges:  # of which there may be millions
            write(escape_controls_in_json(line(exchange)) + b"\n")

    def show(self, closeup: Closeup, found: Found, options: ShowOptions) -> None:
        """Write the line of one exchange, with what is around it."""
        self.write_line(closeup_line(closeup))

    def chain(self, chains: Iterator[Node], found: Found, number: int | None) -> None:
        """Write a line for each chain, its tree in it."""
        from inspector.views.chain_lines import chain_line

        for root in chains:
            self.write_line(chain_line(root))

    def timeline(self, timeline: Timeline, found: Found) -> None:
        """Write a line for each pattern."""
        for key in timeline.rows:
            self.write_line(timeline_line(timeline, key, found.report()))

    def services(self, services: Sequence[Service], found: Found) -> None:
        """Write a line for each client and each server that it asks."""
        for service in services:
            self.write_line(service_line(service))

    def contract(self, contract: Contract, found: Found) -> None:
        """Write the contract itself, as one document."""
        from inspector.contracts.document import written

        self.write_line(written(contract))

    def check(self, checking: Checking, found: Found) -> None:
        """Write a line for each violation, and the totals."""
        from inspector.views.check_view import checked_line, violation_line

        for violation in checking.violations_in(found.items()):
            self.write_line(violation_line(violation))
        self.write_line(checked_line(checking))

    def diff(self, comparison: Comparison, found: Sequence[Found]) -> None:
        """Write a line for each pattern, for each finding, and the totals."""
        from inspector.views.diff_lines import diff_lines

        for line in diff_lines(comparison):
            self.write_line(line)

    def packets(
        self,
        packets: Iterator[CapturedPacket],
        found: Found,
        *,
        whole: bool,
    ) -> None:
        """Write a line for each packet."""
        for packet in packets:
            self.write_line(packet_line(packet))

    def ladder(
        self,
        packets: Iterator[CapturedPacket],
        found: Found,
        options: LadderOptions,
    ) -> None:
        """Write a line for each packet."""
        self.packets(packets, found, whole=False)

    def follow(self, packets: Iterator[CapturedPacket], *, full: bool) -> None:
        """Write a line for each frame."""
        for item in followed(packets):
            if item.frame is not None:
                self.write_line(frame_line(item.packet, item.frame))

    def explain(self, explanations: Sequence[Explanation]) -> None:
        """Write a line for each frame."""
        for number, explanation in enumerate(explanations, start=1):
            self.write_line(explanation_line(explanation, number))

    def live(self, source: str, slow_ns: int) -> LiveView:
        """Return what writes lines as they come."""
        from inspector.views.live_lines import JsonLines

        return JsonLines(source)
