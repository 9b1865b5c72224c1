"""Trees by hand, with places, for what is counted of chains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.chains.trees import Node, Trees
from inspector.calls.links import Evidence, Link
from inspector.findings.evidence import answer_place
from tests.inspector.calls.chains.exchanges import Traffic

if TYPE_CHECKING:
    from collections.abc import Iterator

Call = tuple[str, int, int, int, str]
"""Route, number of the parent, begin and end in ms, and the text of an error."""


def grown(*calls: Call) -> Iterator[Node]:
    """Yield the trees of some calls, all with the same data."""
    traffic, trees = Traffic(), Trees(place=answer_place)
    for number, (route, parent, begin, end, error) in enumerate(calls, start=1):
        made = traffic.add(
            route,
            f"10.0.0.1:{number}",
            "10.0.0.2:8",
            {"order": "order-1"},
            at=begin,
            until=end,
            answer={"message": error} if error else 1,
            error=bool(error),
        )
        made.link = Link(parent, Evidence.DATA) if parent else None
        made.ledger.packets = 2
    for each in traffic.exchanges:
        yield from trees.add(each)
    yield from trees.finish()
