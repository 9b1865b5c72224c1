"""The inspection of one part of the connections, and the notes that it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from inspector.analysis.detective import Detective
from inspector.analysis.exchanges import Exchange
from inspector.analysis.report import MAX_PATTERNS
from inspector.analysis.sightings import Observer
from inspector.analysis.strangers import Strangers
from inspector.capture.flows import LINGERING
from inspector.capture.limits import Limits
from inspector.capture.reassembly import Limited
from inspector.capture.segments import SegmentDecoder
from inspector.pipeline import Inspection

from .moments import Moments
from .packing import pack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from inspector.analysis.findings import Finding
    from inspector.analysis.pairing import ExchangeItem
    from inspector.analysis.report import Report
    from inspector.analysis.seen import Remark
    from inspector.capture.connections import Connection, DataPacket, Direction
    from inspector.capture.records import PacketRecord
    from inspector.capture.shares import Share
    from protocol import NestVersion

MAX_NOTES = 10_000
"""Beyond so many it is quicker to inspect the whole at once."""
MAX_NOTED = 16 << 20
"""Bytes that they may take."""


class UnshareableError(Exception):
    """A part may judge otherwise than the whole."""


class Note(NamedTuple):
    """Something that the whole has to judge.

    Attributes:
        moment: When it happened, see :class:`PartialInspection`.
        deed: ``investigate`` for the detective; ``welcome``, ``meet`` or ``miss`` for
            the strangers.
        packed: What they take for it.
    """

    moment: int
    deed: str
    packed: bytes


class Part(NamedTuple):
    """What one part found.

    Attributes:
        report: Its figures; numbers are its own.
        notes: What the whole has to judge, in order.
        exchanges: When each exchange began.
        connections: When each connection appeared.
        latest: Records between the end of a connection and what still came of it.
        records: How many were read.
    """

    report: Report
    notes: list[Note]
    exchanges: Moments
    connections: Moments
    latest: int
    records: int


def connection_of(item: Any) -> Connection:  # noqa: ANN401 — all that is noted
    """Return the connection that an item is about, or that it is."""
    place = getattr(item, "direction", item)
    connection: Connection = getattr(place, "connection", place)
    return connection


class PartialInspection(Inspection):
    """One pass over a capture, for some of its connections.

    A moment is the number of the record that is read; behind the last, where what is
    still open is closed one by one, that of the record that opened it on top.

    Args:
        share: Which connections.
        ports: TCP ports whose connections are taken for Nest whatever they carry.
        nest: The version of Nest by which findings are judged.
        limits: What may be kept of all connections, of all parts.

    Raises:
        UnshareableError: That is too little for more than one part.
    """

    def __init__(
        self,
        share: Share,
        ports: frozenset[int],
        nest: NestVersion,
        limits: Limits | None = None,
    ) -> None:
        own = (limits or Limits()).divided(share.parts)
        if not own.connections:
            raise UnshareableError
        super().__init__(ports, nest=nest, limits=own)
        self._share = share
        self._notes: list[Note] = []
        self._noted = 0  # bytes of those
        self._clients: list[tuple[Connection, int | None]] = []
        self._began, self._appeared = Moments(), Moments()
        self._segments = SegmentDecoder(self._reassembler.ignored, share)
        self._observer = Observer(ports, own, _Doorman(self._note))
        self._detective = _Witness(nest, self._note, share.parts)
        self._reassembler.note_opened(self._opened)
        self._pairing.told = self._begun

    def part(self, records: Iterable[PacketRecord]) -> Part:
        """Return what the records hold of these connections.

        Raises:
            UnshareableError: Something depends on the other parts as well.
        """
        for _ in self.inspect(records):
            pass
        report, read = self.report(), self._segments.records
        if len(report.patterns) > MAX_PATTERNS // self._share.parts:
            raise UnshareableError
        if any(connection.client != client for connection, client in self._clients):
            raise UnshareableError  # a finding tells what is known in the end
        if self._share.part:  # what all parts see, the first tells
            report.packet_records = 0
            report.skipped.clear()
            report.not_understood.clear()
        return Part(
            report,
            self._notes,
            self._began,
            self._appeared,
            self._reassembler.latest,
            read,
        )

    def _moment(self) -> int:
        ending = self._reassembler.ending
        return self._segments.records + (0 if ending is None else ending.opened_in)

    def _begun(self) -> None:
        self._began.append(self._moment())

    def _opened(self) -> None:
        self._appeared.append(self._moment())
        if len(self._appeared) > LINGERING and self._reassembler.latest > LINGERING:
            raise UnshareableError  # as all parts will say in the end

    def _note(self, deed: str, connection: Connection, *what: object) -> None:
        """Note what is done with something about a connection."""
        try:
            note = Note(self._moment(), deed, pack(what))
        except RecursionError:  # a pattern that nests deep
            raise UnshareableError from None
        self._notes.append(note)
        self._noted += len(note.packed)
        if len(self._notes) > MAX_NOTES or self._noted > MAX_NOTED:
            raise UnshareableError
        if deed != "welcome":
            self._clients.append((connection, connection.client))


class _Witness(Detective):
    """Note what a detective who sees all has to look at.

    It looks itself as well: what gives no finding, and is usual here, is so there.
    """

    def __init__(
        self, nest: NestVersion, note: Callable[..., None], parts: int
    ) -> None:
        super().__init__(nest)
        self._note = note
        self._parts = parts

    def investigate(self, item: ExchangeItem) -> Iterable[Finding]:
        if isinstance(item, Limited) and item.limit != "connection_memory":
            raise UnshareableError
        usual = not isinstance(item, Exchange) or self._habits.usual(item)
        found = list(super().investigate(item))
        if found or not usual:
            self._note("investigate", connection_of(item), item)
        if not usual and self._habits.too_many_for(self._parts):
            raise UnshareableError
        return ()


class _Doorman(Strangers):
    """Note who came to which door."""

    def __init__(self, note: Callable[..., None]) -> None:
        super().__init__()
        self._note = note

    def welcome(self, connection: Connection) -> list[Remark]:
        if connection.server_endpoint not in self._services:
            self._services.add(connection.server_endpoint)
            self._note("welcome", connection, connection)
        return []

    def meet(
        self, direction: Direction, protocol: str, record: DataPacket
    ) -> list[Remark]:
        self._note("meet", direction.connection, direction, protocol, record)
        return []

    def miss(self, connection: Connection) -> list[Remark]:
        self._note("miss", connection, connection)
        return []
