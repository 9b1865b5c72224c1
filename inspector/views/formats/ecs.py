"""JSON lines of the Elastic Common Schema, for Elasticsearch, Kibana and Logstash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange
from inspector.calls.ordering import in_order
from inspector.views.output_format import Format, LiveView, registered
from protocol import escape_controls_in_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inspector.filters.projection import Column
    from inspector.views.output_format import Found


@registered("JSON lines of the Elastic Common Schema")
class Ecs(Format):
    """One document for each exchange and finding, as it comes."""

    def write_line(self, line: bytes) -> None:
        """Write a line, without what a terminal would obey; its end is added."""
        super().write_line(escape_controls_in_json(line))

    def report(self, found: Found) -> None:
        """Write all exchanges and findings."""
        from inspector.views.ecs_lines import exchange_line, finding_line

        for item in in_order(found.items()):
            if isinstance(item, Exchange):
                self.write_line(exchange_line(item))
            else:
                self.write_line(finding_line(item))

    def exchanges(
        self,
        exchanges: Iterator[Exchange],
        found: Found,
        columns: Sequence[Column] | None,
    ) -> None:
        """Write exchanges; the columns that are named are all under ``nest``."""
        from inspector.views.ecs_lines import exchange_line

        for exchange in exchanges:
            self.write_line(exchange_line(exchange, columns))

    def live(self, source: str, slow_ns: int) -> LiveView:
        """Return what writes documents as they come."""
        from inspector.views.live_ecs import EcsLines

        return EcsLines(source)
