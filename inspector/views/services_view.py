"""Who asks whom: a table of all pairs, worst first, and the map of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from inspector.figures.services import one_host

from .service_map import map_lines
from .theme import show, table_width
from .traffic_tables import pair_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from inspector.figures.services import Service


def print_services(console: Console, found: Sequence[Service]) -> None:
    """Print services for people."""
    for line in services_lines(found, table_width(console)):
        show(console, line)


def services_lines(found: Sequence[Service], width: int) -> Iterator[Text]:
    """Yield the table and the map; a sentence where no request was seen."""
    if not found:
        yield Text("No request was seen, so the clients are unknown.", "answer")
        return
    host = one_host(each.pair for each in found) or ""
    yield from pair_lines(found, width, None, host)
    yield Text()
    yield from map_lines(found, width, host)
