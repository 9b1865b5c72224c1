"""The exchanges of a task, written to files as they are over, by who speaks.

::

    exchanges ─► in order, with parents ─► scope of each ─► a piece for each capture

Which of them count is known when all sources were read. So each goes to a piece with
the scope that its row in the report belongs to, and :mod:`.gathering` decides by that
as the report does.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from inspector.calls.chains.sought import PossibleParents
from inspector.calls.costs import begins
from inspector.figures.traffic import place_in

from .counting import named_scope, scope_of_row
from .placing import safe_name
from .scopes import Scope, scope_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.columnar.pieces import PieceWriter
    from inspector.figures.rows import PatternRow
    from inspector.figures.traffic import Pair, Traffic

    from .stores import Store

    Hear: TypeAlias = Callable[[Exchange], None]

END = -1
"""In the place of a capture: what is over with the last of them."""


class RowsAsked(msgspec.Struct, frozen=True):
    """How exchanges are written.

    Attributes:
        folder: Where to, in the end.
        key: By what the files there are known.
        payloads: Whether with payloads.
        hides: Whether secrets are hidden.
    """

    folder: str
    key: str
    payloads: bool = False
    hides: bool = True


def mark_of(scope: Scope) -> str:
    """Return a scope as one text."""
    return "\n".join(scope)


def scope_of_mark(mark: str) -> Scope:
    """Return the scope of such a text."""
    return Scope(*mark.split("\n"))


# decision 199
class SourceRows:
    """Writes the exchanges of a source, or what several saw together.

    Args:
        asked: How.
        sources: Whose they are.
        traffic: What counts them.
        scopes: Those that are meant; None for all.
        parents: Whether it is known who caused what: not where only some are given.

    Attributes:
        names: The files that they are in.
    """

    def __init__(
        self,
        asked: RowsAsked,
        sources: tuple[str, ...],
        traffic: Traffic,
        scopes: Collection[Scope] | None = None,
        *,
        parents: bool = True,
    ) -> None:
        self._asked, self._sources = asked, sources
        self._own = sources[0] if len(sources) == 1 else ""
        self._traffic, self._scopes = traffic, scopes
        self._parents = PossibleParents() if scopes is None and parents else None
        self._known: dict[PatternRow, str] = {}
        self._seen: dict[Pair, int] = {}
        self._writer: PieceWriter | None = None
        self.names: list[str] = []

    @contextmanager
    def hearing(self, store: Store, name: str, *, last: bool) -> Iterator[Hear]:
        """Yield what is given the exchanges of a file that is being read.

        Args:
            store: Where they are written.
            name: The name there.
            last: Whether no more come after it.
        """
        from inspector.columnar.pieces import PieceWriter  # noqa: PLC0415 — an extra

        asked = self._asked
        with store.placed(name) as path:
            writer = self._writer = PieceWriter(
                path,
                ", ".join(self._sources),
                payloads=asked.payloads,
                hides=asked.hides,
            )
            try:
                yield self._hear
                if last:
                    self._finish()
                writer.close()
            finally:
                writer.abandon()
                self._writer = None
        self.names.append(name)

    def _hear(self, exchange: Exchange) -> None:
        if self._parents is None:
            self._write(exchange)
            return
        for each in self._parents.add(exchange):
            self._write(each)

    def _finish(self) -> None:
        for each in () if self._parents is None else self._parents.finish():
            self._write(each)

    def _write(self, exchange: Exchange) -> None:
        mark = self._mark_of(exchange)
        if mark:
            assert self._writer is not None
            self._writer.add(exchange, mark)

    def _mark_of(self, exchange: Exchange) -> str:
        """Return the scope of the row of the report that an exchange is counted in.

        Returns:
            As a mark; empty if it is not meant.
        """
        if exchange.route is None or begins(exchange.carrier):
            return self._named(scope_of(exchange.connection))  # which no row counts
        key, traffic = place_in(exchange), self._traffic
        row = traffic.known.get(key) or traffic.row_of(exchange, key)
        if row not in self._known:
            self._learn()
        return self._known[row]

    def _learn(self) -> None:
        """Learn the scopes of the rows that are new."""
        for pair, table in self._traffic.tables.items():
            seen = self._seen.get(pair, 0)
            if len(table) > seen:
                mark = self._named(scope_of_row(*pair[:3]))
                rows = islice(table.values(), seen, None)
                self._known |= dict.fromkeys(rows, mark)
                self._seen[pair] = len(table)

    def _named(self, scope: Scope) -> str:
        if self._scopes is not None and scope not in self._scopes:
            return ""
        return mark_of(named_scope(scope, self._own))


def piece_name(source: str, place: int) -> str:
    """Return the file of the exchanges that a capture of a source ends."""
    return f"{safe_name(source)}.{'end' if place == END else f'{place:06}'}.rows"
