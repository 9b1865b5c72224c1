"""What there is to know of one exchange: its packets, its neighbours, what was found.

It is gathered in one pass, while the capture is read and before it is known which
connection the exchange is on, in memory that does not grow with the capture: of each
connection the neighbours are kept, four at most, and of the packets of others in
between how many there are.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING

import msgspec

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.findings.finding import Severity
from inspector.streams.flags import TcpFlag
from inspector.streams.packets import PacketKind
from protocol.named_tuple import NamedTuple

from .concerns import concerns, is_named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from inspector.findings.finding import Finding
    from inspector.journal import CapturedPacket, CarriedFrame, Journal
    from inspector.streams.connections import Connection
    from protocol import Json

_NEAR = 2  # neighbours on each side
_CONNECTIONS = 4096  # of which neighbours are kept, those of the latest exchanges
_ENDS = 10_000  # packets that are kept from the first on, and up to the last
_SEQUENCES = 2**32  # numbers of bytes, after which they begin again
_NAMED = 4  # exchanges that are named in a row of others


class Neighbour(NamedTuple):
    """Another exchange of the same connection, without its payloads."""

    number: int
    kind: Kind
    outcome: Outcome | None
    pattern: Json
    route: str | None
    time_ns: int
    latency_ns: int | None
    ended_ns: int | None
    in_flight: bool

    @classmethod
    def of(cls, exchange: Exchange) -> Neighbour:
        """Return what is kept of an exchange."""
        return cls(
            exchange.number,
            exchange.kind,
            exchange.outcome,
            exchange.pattern,
            exchange.route,
            exchange.time_ns,
            exchange.latency_ns,
            exchange.last_reply_ns,
            exchange.in_flight,
        )


class Others(msgspec.Struct):
    """Packets in between that belong to other exchanges, or to none.

    Attributes:
        first: The number of the first of them.
        count: How many there are.
        acks: How many of those carried nothing.
        exchanges: What the first of the others carried, by the numbers of exchanges.
        more: Whether there are more of these than are named.
    """

    first: int
    count: int = 0
    acks: int = 0
    exchanges: list[int] = msgspec.field(default_factory=list)
    more: bool = False

    def add(self, packet: CapturedPacket) -> None:
        """Take in a packet."""
        self.count += 1
        self.acks += packet.kind is not PacketKind.DATA
        for number in _exchanges_in(packet):
            if number not in self.exchanges:
                self.more = self.more or len(self.exchanges) == _NAMED
                self.exchanges = [*self.exchanges, number][:_NAMED]


PacketRow: TypeAlias = "CapturedPacket | Others"


class Closeup(NamedTuple):
    """One exchange, and what is around it.

    Attributes:
        exchange: The exchange.
        findings: About it, the worst first.
        rows: Its packets, the ACKs of those, what went wrong meanwhile, and the packets
            of others in between.
        omitted: How many rows were not kept, from the middle.
        neighbours: Two exchanges of its connection that began before, two after.
    """

    exchange: Exchange
    findings: list[Finding]
    rows: list[PacketRow]
    omitted: int
    neighbours: list[Neighbour]

    def frames(self) -> Iterator[CarriedFrame]:
        """Yield its frames, as far as their packets were kept."""
        for row in self.rows:
            for share in () if isinstance(row, Others) else row.shares:
                own = _number_of(share.frame) == self.exchange.number
                if own and share.part == share.parts:
                    yield share.frame


def close_up(
    number: int, items: Iterable[Exchange | Finding], journal: Journal
) -> tuple[Closeup | None, int]:
    """Read a capture for the sake of one exchange.

    Args:
        number: Its number.
        items: What the inspection yields that the journal listens to.
        journal: It notes all packets.

    Returns:
        What was gathered, None where there is no such exchange; and the highest number
        that there is.
    """
    around, packets = _Around(number), _Packets(number)
    for packet in journal.read(around.watched(items)):
        packets.add(packet, around.exchange)
    exchange = around.exchange
    if exchange is None:
        return None, around.highest
    rows = packets.rows(exchange)
    findings = {id(each): each for each in around.findings}
    for row in rows:
        if not isinstance(row, Others):
            about = (each for each in row.findings if each.exchange is None)
            findings |= {id(each): each for each in about}
    neighbours = around.neighbours(exchange.connection)
    return (
        Closeup(exchange, _sorted(findings), rows, packets.omitted, neighbours),
        around.highest,
    )


def _sorted(findings: dict[int, Finding]) -> list[Finding]:
    severities = list(Severity)
    return sorted(findings.values(), key=lambda each: severities.index(each.severity))


class _Around:
    """The exchange, the findings about it, and its neighbours."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._kept: OrderedDict[Connection, list[Neighbour]] = OrderedDict()
        self.exchange: Exchange | None = None
        self.findings: list[Finding] = []
        self.highest = 0

    def watched(
        self, items: Iterable[Exchange | Finding]
    ) -> Iterator[Exchange | Finding]:
        """Pass on what is found."""
        for item in items:
            if not isinstance(item, Exchange):
                if self._is_about(item):
                    self.findings.append(item)
            elif item.number == self._number:
                self.exchange = item
            else:
                self._keep(item)
            if isinstance(item, Exchange):
                self.highest = max(self.highest, item.number)
            yield item

    def _is_about(self, finding: Finding) -> bool:
        """Whether a finding is about it: conclusions come after the last exchange."""
        if self.exchange is None:
            return is_named(finding, self._number)
        return concerns(finding, self.exchange)

    def _keep(self, exchange: Exchange) -> None:
        connection = exchange.connection
        if self.exchange is not None and self.exchange.connection is not connection:
            return
        kept = sorted([*self._kept.pop(connection, []), Neighbour.of(exchange)])
        before = [each for each in kept if each.number < self._number]
        after = [each for each in kept if each.number > self._number]
        self._kept[connection] = before[-_NEAR:] + after[:_NEAR]
        if len(self._kept) > _CONNECTIONS:
            self._kept.popitem(last=False)

    def neighbours(self, connection: Connection) -> list[Neighbour]:
        """Return those on a connection, in the order of their requests."""
        return self._kept.get(connection, [])


class _Packets:
    """The packets of the exchange, and what lies between them."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._first: list[PacketRow] = []
        self._last: deque[PacketRow] = deque(maxlen=_ENDS)
        self._connection: Connection | None = None
        self._own: dict[int, None] = {}  # its data packets, the latest
        self._side = 0  # … of the last of which
        self._open = False  # … which was not acknowledged yet …
        self._awaited = 0  # … and would be up to here
        self._end: int | None = None  # the last of them, once the exchange is over
        self.omitted = 0

    def add(self, packet: CapturedPacket, exchange: Exchange | None) -> None:
        """Take in a packet of the capture; the exchange is None while it goes on."""
        own = self._number in _exchanges_in(packet)
        if own:
            self._note(packet)
        if packet.connection is not self._connection:
            if self._answers(packet):  # over a broker it is on several
                self._append(packet)
            return
        if self._over(packet, exchange):
            return
        if own or self._acknowledges(packet) or _is_notable(packet):
            self._append(packet)
        else:
            self._pass_over(packet)

    def _note(self, packet: CapturedPacket) -> None:
        self._connection, self._side = packet.connection, packet.side
        segment = packet.segment
        self._awaited = segment.seq + len(segment.payload) + segment.missing
        self._own[packet.number], self._open = None, True
        if len(self._own) > _ENDS:
            del self._own[next(iter(self._own))]

    def _over(self, packet: CapturedPacket, exchange: Exchange | None) -> bool:
        """Whether nothing of the exchange can follow: it is acknowledged to its end."""
        if self._end is None:
            if exchange is None or not _has_end(exchange):
                return False
            self._end = last_packet(exchange)
        return packet.number > self._end and not self._open

    def _acknowledges(self, packet: CapturedPacket) -> bool:
        """Whether a packet is an ACK, and the first for some packet of the exchange."""
        covers = self._open and packet.side != self._side and self._reaches(packet)
        self._open = self._open and not covers
        if packet.kind is not PacketKind.ACK:
            return False  # data of others may acknowledge too
        return covers or self._answers(packet)

    def _answers(self, packet: CapturedPacket) -> bool:
        """Whether a packet is an ACK that is known to be for one of the exchange."""
        answers = packet.answers
        known = answers is not None and answers.number in self._own
        return known and packet.kind is PacketKind.ACK

    def _reaches(self, packet: CapturedPacket) -> bool:
        """Whether a packet acknowledges the last byte of the exchange so far."""
        segment = packet.segment
        beyond = (segment.ack - self._awaited) % _SEQUENCES
        return bool(segment.flags & TcpFlag.ACK) and beyond < _SEQUENCES // 2

    def _pass_over(self, packet: CapturedPacket) -> None:
        rows = self._last or self._first
        if not isinstance(rows[-1], Others):
            self._append(Others(packet.number))
            rows = self._last or self._first
        row = rows[-1]
        assert isinstance(row, Others)
        row.add(packet)

    def _append(self, row: PacketRow) -> None:
        if len(self._first) < _ENDS:
            self._first.append(row)
            return
        self.omitted += len(self._last) == _ENDS
        self._last.append(row)

    def rows(self, exchange: Exchange) -> list[PacketRow]:
        """Return the rows, up to the last packet that tells of the exchange."""
        rows = [*self._first, *self._last]
        if _has_end(exchange):
            last = last_packet(exchange)
            rows = rows[: _until(rows, last)]
        while rows and isinstance(rows[-1], Others):
            rows.pop()
        for row in rows:
            for share in () if isinstance(row, Others) else row.shares:
                if _number_of(share.frame) == exchange.number:
                    share.frame.exchange = exchange
        return rows


def _until(rows: list[PacketRow], last: int) -> int:
    """Return how many rows tell of an exchange whose last packet is known.

    After that only the ACK of it does, which may cover later packets too.
    """
    for count, row in enumerate(rows, start=1):
        if isinstance(row, Others) or row.number <= last:
            continue
        if row.answers is not None and row.answers.number >= last:
            return count
    return next(
        (
            place
            for place in range(len(rows), 0, -1)
            if not isinstance(row := rows[place - 1], Others) and row.number <= last
        ),
        0,
    )


def _has_end(exchange: Exchange) -> bool:
    return exchange.outcome not in {Outcome.UNANSWERED, Outcome.INCOMPLETE}


def last_packet(exchange: Exchange) -> int:
    """Return the number of the last packet that carried a part of an exchange."""
    ends = [*exchange.request_packets, *exchange.reply_packets, *exchange.reply_ends]
    if exchange.errands is not None and exchange.passage is not None:
        ends += exchange.errands.packets
    return max((packet.number for packet in ends), default=0)


def _is_notable(packet: CapturedPacket) -> bool:
    """Whether a packet tells of trouble, which the exchange may have met."""
    troubled = packet.kind in {PacketKind.RETRANSMISSION, PacketKind.CONTROL}
    return troubled or bool(packet.anomalies) or bool(packet.gap)


def _exchanges_in(packet: CapturedPacket) -> Iterator[int]:
    """Yield the numbers of the exchanges that a packet carried a part of."""
    for share in packet.shares:
        yield _number_of(share.frame)
    for upkeep in packet.upkeep:
        if upkeep.ledger is not None:
            yield upkeep.ledger.number


def _number_of(frame: CarriedFrame) -> int:
    ledger = frame.sighting.ledger
    return 0 if ledger is None else ledger.number
