"""Parts of an inspection to the report of the whole."""

from __future__ import annotations

from functools import partial
from heapq import merge
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from inspector.analysis.detective import Detective
from inspector.analysis.exchanges import Exchange
from inspector.analysis.pairing import Doubled, Stray
from inspector.analysis.report import Report
from inspector.analysis.seen import Remark
from inspector.analysis.strangers import Strangers
from inspector.capture.connections import DataPacket
from inspector.capture.flows import LINGERING

from .moments import Numbers
from .packing import unpack
from .part import Note, Part, UnshareableError, connection_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.analysis.pairing import ExchangeItem
    from inspector.capture.connections import Connection
    from protocol import NestVersion


def merged(parts: Sequence[Part], nest: NestVersion) -> Report:
    """Return the report of the whole; the parts are used up.

    Args:
        parts: In the order of their shares.
        nest: The version of Nest by which findings are judged.

    Raises:
        UnshareableError: The parts do not tell what the whole would.
    """
    _check(parts)
    whole = _Whole(parts, nest)
    for index, part in enumerate(parts):
        whole.add(index, part.report)
    for note, index in merge(
        *([(note, index) for note in part.notes] for index, part in enumerate(parts)),
        key=lambda each: each[0].moment,
    ):
        whole.judge(index, note)
    return whole.finish()


def _check(parts: Sequence[Part]) -> None:
    """Make sure that all parts read the same, and remember what the whole would."""
    if len({part.records for part in parts}) > 1:  # the file grows
        raise UnshareableError
    connections = sum(len(part.connections) for part in parts)
    latest = max(part.latest for part in parts)
    # Each connection that ends takes a record at least.
    if connections > LINGERING and latest > LINGERING:
        raise UnshareableError


class _Whole:
    """The report of the whole, while it is made."""

    def __init__(self, parts: Sequence[Part], nest: NestVersion) -> None:
        self._exchanges = Numbers([part.exchanges for part in parts])
        self._connections = Numbers([part.connections for part in parts])
        self._report = Report()
        self._detective = Detective(nest)
        self._strangers = Strangers()
        self._patterns: dict[Any, None] = {}  # in order of appearance

    def add(self, index: int, report: Report) -> None:
        """Take in the figures of a part."""
        for connection in report.nest:
            self._number(index, connection)
        appeared = partial(self._connections.of_whole, index)
        report.forgotten.clients.renumber(appeared)
        report.forgotten.servers.renumber(appeared)
        number = partial(self._exchanges.of_whole, index)
        for row in report.packet_rows.values():
            for reason in row.reasons.values():
                reason.handles.renumber(number)
        self._report.join(report)

    def judge(self, index: int, note: Note) -> None:
        """Find what a note gives cause for."""
        what = unpack(note.packed)
        for each in what:
            self._renumber(index, each)
        items: Sequence[ExchangeItem] = what
        if note.deed != "investigate":
            items = getattr(self._strangers, note.deed)(*what)
        for item in items:
            if isinstance(item, Exchange) and item.route is not None:
                self._patterns[item.route, item.kind] = None
            for finding in self._detective.investigate(item):
                self._report.add_finding(finding)

    def finish(self) -> Report:
        """Return the report, with everything in order of appearance."""
        report = self._report
        report.nest.sort(key=attrgetter("number"))
        report.foreign = self._strangers.foreign
        report.patterns = {key: report.patterns[key] for key in self._patterns}
        return report

    def _renumber(self, index: int, item: Any) -> None:  # noqa: ANN401 — of a note
        """Give what a note is about the numbers of the whole."""
        if isinstance(item, str | DataPacket):
            return
        self._number(index, connection_of(item))
        number = partial(self._exchanges.of_whole, index)
        if isinstance(item, Exchange | Stray | Doubled):
            item.ledger.number = number(item.ledger.number)
        if isinstance(item, Exchange):
            item.number = item.ledger.number
        if isinstance(item, Remark) and item.exchange is not None:
            item.exchange = number(item.exchange)

    def _number(self, index: int, connection: Connection) -> None:
        connection.number = self._connections.of_whole(index, connection.number)
