"""Errors of patterns of which not too many calls fail: each text, and each status.

What `failing-pattern` reports is not reported again; nor are errors that have a finding
for each of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.statuses import FAILED
from inspector.findings.conclusions import ThrownError
from inspector.ranges import RangeSet
from inspector.shorthand import short
from inspector.words import listing, without_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .failures import Alike
    from .rows import PatternRow

_NAMED = 4
"""Routes that are named; of each, as many ranges of numbers."""
_MOST = 100
"""Kinds of errors that are reported; a hundred findings are more than anybody reads."""


class _Kind:
    """Errors with one text, or one status code, whatever route and server they have."""

    def __init__(self) -> None:
        self.all: list[Alike] = []
        self.routes: dict[str, RangeSet] = {}
        self.servers: dict[str, None] = {}
        self.among: set[tuple[str, str]] = set()

    def add(self, route: str, server: str, alike: Alike) -> None:
        self.all.append(alike)
        self.routes.setdefault(route, RangeSet()).merge(alike.numbers)
        self.servers[server] = None
        self.among.add((route, server))


def thrown(rows: Iterable[tuple[str, str, PatternRow]]) -> Iterator[ThrownError]:
    """Yield the errors of calls, those with one text or one status code together.

    Args:
        rows: Route, server, and what happened there, where not too many calls fail.
    """
    kinds: dict[tuple[int | None, str | None], _Kind] = {}
    for route, server, row in rows:
        if row.failures is None:
            continue
        for (status, text), alike in row.failures.kinds.items():
            own = (status, "") if status in FAILED else (None, text)
            if alike.told or (own not in kinds and len(kinds) >= _MOST):
                continue
            kinds.setdefault(own, _Kind()).add(route, server, alike)
    for (status, text), kind in kinds.items():
        yield _concluded(status, kind, others=text is None)


def _concluded(status: int | None, kind: _Kind, *, others: bool) -> ThrownError:
    commonest = max(kind.all, key=lambda each: each.numbers.count)
    first = min(kind.all, key=lambda each: each.place.exchange or 0)
    packets = RangeSet()
    for each in kind.all:
        packets.merge(each.packets)
        if each is not first:
            packets.add(each.place.packet)
    texts = {each.shown for each in kind.all}
    text = commonest.shown
    if status is None and len(texts) > 1:  # they differ in numbers alone
        text = without_numbers(text)
    return ThrownError(
        place=first.place,
        server=first.place.server or first.place.connection.server_text,
        last_ns=max(each.last_ns for each in kind.all),
        status=status,
        text=None if others else text,
        more=len(texts) > 1,
        failed=sum(each.numbers.count for each in kind.all),
        routes=_named(kind.routes),
        servers=list(kind.servers),
        among=frozenset(kind.among),
        packets=packets,
    )


def _named(routes: dict[str, RangeSet]) -> str:
    """Return routes with the numbers of their calls: ``pay (#3 #9) and log (#4)``."""
    names = [
        f"{short(route)} ({numbers.text(_NAMED, '#')})"
        for route, numbers in list(routes.items())[:_NAMED]
    ]
    rest = sum(numbers.count for numbers in list(routes.values())[_NAMED:])
    return listing(names, f"{rest:,} more" if rest else "")
