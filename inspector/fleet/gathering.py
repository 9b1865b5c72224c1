"""The exchanges that a report counts, each once, to files of Parquet.

::

    pieces of each source ─► rows of scopes whose view is that of the source ─┐
    pieces of each group  ─► rows of scopes whose view is that of the group  ─┴► files

Which view of a scope counts is known when all sources were read; so this is a second
pass, over rows and no packets.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from inspector.errors import InspectorError, UnwritableOutputError

from .counting import is_loopback
from .merging import best_views, counts
from .overview import addressed
from .rows import RowsAsked, scope_of_mark
from .scopes import Scope, host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from inspector.columnar.pieces import Piece
    from inspector.streams.clocks import Clock

    from .report import FleetReport
    from .stores import Store


class Written(msgspec.Struct, frozen=True):
    """Where the exchanges of a view are.

    Attributes:
        sources: Whose view it is.
        store: Where they are …
        names: … and the files there.
        gone: Scopes that count with other addresses, in another view.
    """

    sources: tuple[str, ...]
    store: Store
    names: list[str]
    gone: frozenset[Scope] = frozenset()


class Gathered(msgspec.Struct, frozen=True):
    """What was written.

    Attributes:
        rows: How many exchanges …
        files: … in how many files.
    """

    rows: int
    files: int


def gather_rows(
    asked: RowsAsked,
    report: FleetReport,
    written: Sequence[Written],
    clocks: Mapping[str, Clock],
) -> Gathered:
    """Write the exchanges that a report counts, in the order of their sources.

    Args:
        asked: Where to, and with what.
        report: With all views, whether they count or not.
        written: The exchanges of these views.
        clocks: Source → its clock, by those that lead.

    Raises:
        InspectorError: What was kept of an earlier run is damaged.
        UnwritableOutputError: The folder takes no more.
    """
    from inspector.columnar.pieces import gather  # noqa: PLC0415 — an extra

    pieces = _pieces(report, written, clocks)
    try:
        found = gather(pieces, asked.folder, asked.key, payloads=asked.payloads)
    except (FileNotFoundError, KeyError, ValueError):  # of pyarrow is the last
        words = "the rows that were kept are damaged; remove what --checkpoint holds"
        raise InspectorError(f"--parquet: {asked.folder}", words) from None
    except OSError as error:
        if error.errno is not None:  # in the words of the system, and not of pyarrow
            error = OSError(error.errno, os.strerror(error.errno))
        raise UnwritableOutputError.of(f"--parquet: {asked.folder}", error) from None
    return Gathered(*found)


def _pieces(
    report: FleetReport, written: Sequence[Written], clocks: Mapping[str, Clock]
) -> Iterator[Piece]:
    """Yield pieces one by one, as they are read."""
    from inspector.columnar.pieces import Piece  # noqa: PLC0415 — an extra

    best = best_views(report)
    named = addressed(report)
    for each in written:
        own = each.sources[0] if len(each.sources) == 1 else ""
        counting = _counting(best, each)
        for name in each.names:
            with each.store.fetched(name) as path:
                # Those of a group are by the clock that leads already.
                yield Piece(path, counting, clocks.get(own), _naming(named, own))


def _counting(
    best: Mapping[Scope, tuple[str, ...]], written: Written
) -> Callable[[str], bool]:
    """Return what says whether an exchange counts that some sources have seen."""

    def does(mark: str) -> bool:
        scope = scope_of_mark(mark)
        return scope not in written.gone and counts(best, written.sources, scope)

    return does


def _naming(named: Mapping[str, str], own: str) -> Callable[[str], str | None]:
    """Return what says which source an end is at; None for none that is known."""

    def name(end: str) -> str | None:
        host = host_of(end)
        return own or None if is_loopback(host) else named.get(host)

    return name
