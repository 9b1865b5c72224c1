"""Who asks whom: a table of all pairs, worst first, and the map of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.figures.services import named, one_host
from inspector.streams.names import NO_NAMES
from inspector.words import plural

from .rendering import safe
from .service_map import map_lines
from .text import Text
from .theme import show, table_width
from .traffic_tables import pair_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from inspector.figures.report import Report
    from inspector.figures.services import Service
    from inspector.streams.names import Names

_FAILED = "refused-connection"


def print_services(
    console: Console, found: Sequence[Service], names: Names = NO_NAMES
) -> None:
    """Print services for people, with the arguments of :func:`services_lines`."""
    for line in services_lines(found, table_width(console), names):
        show(console, line)


def print_failed(console: Console, report: Report) -> None:
    """Print the servers to which connections failed, if there are any."""
    for number, line in enumerate(failed_lines(report)):
        if report.connections and not number:
            show(console, Text())
        show(console, line)


def failed_lines(report: Report) -> Iterator[Text]:
    """Yield the servers to which connections failed, which have no calls to count."""
    for group in report.findings.values():
        if group.first.code == _FAILED:
            how = "refused" if group.first.subject == "refused" else "without an answer"
            for server, count in group.details.most_common():
                name = safe(report.names.server(server))
                words = f"   {plural(count, 'connection')} {how}"
                yield Text.assemble(("✗ ", "error"), name, (words, "muted"))


def services_lines(
    found: Sequence[Service], width: int, names: Names = NO_NAMES
) -> Iterator[Text]:
    """Yield the table and the map; a sentence where no request was seen.

    Args:
        found: The services by their addresses, worst first.
        width: Cells of a line.
        names: What people call them. A host that all have is left out of those that
            have no name.
    """
    if not found:
        yield Text("No request was seen, so the clients are unknown.", "answer")
        return
    host = one_host(each.pair for each in found) or ""
    found = named(found, names)
    yield from pair_lines(found, width, None, host)
    yield Text()
    yield from map_lines(found, width, host)
