"""Totals of an inspection: exchanges and findings to plain data.

The packets of the Nest connections add up: every one is a data packet (of an exchange
or of none), a pure ACK, a control segment, a retransmission or a keep-alive. A data
packet counts in the row of the exchange whose frame is the first in it, a pure ACK in
the row of the data packet whose bytes it newly acknowledged last.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.reasons import EXPECTED_PACKETS, ordinary, reasons_of
from inspector.findings.groups import Fold
from inspector.ranges import Handles

from .latency import Latencies
from .totals import Endpoints, Totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.findings.finding import Finding
    from inspector.tcp.connections import Connection

# Looking a member up in an enumeration costs more than in a module.
_MESSAGE = Kind.MESSAGE
_COMPLETED, _SENT = Outcome.COMPLETED, Outcome.SENT

MAX_PATTERNS = 10_000
"""Rows of patterns, after which one row is for all others."""
OTHER_PATTERNS = "(other patterns)"
_SUMS = (
    "packet_records",
    "other_connections",
    "frames",
    "replies",
    "gap_bytes",
    "unread_bytes",
    "in_doubt",
)
_COUNTS = ("foreign", "skipped", "not_understood", "outcomes")
_OF_BOTH_SIDES = {"credentials", "capture-gap"}


class Reason:
    """Why exchanges took the packets that they took.

    Attributes:
        handles: The exchanges.
        smallest: Of what the reason counts (values of a stream), the fewest …
        largest: … and the most.
        splits: For frames split over packets: (packets of the request, of the
            replies) → exchanges.
    """

    def __init__(self) -> None:
        self.handles = Handles()
        self.smallest = 0
        self.largest = 0
        self.splits: Counter[tuple[int, int]] = Counter()

    def add(self, number: int, values: int, split: tuple[int, int]) -> None:
        """Take in one more exchange."""
        first = not self.handles.count
        self.handles.add(number)
        self.smallest = values if first else min(self.smallest, values)
        self.largest = max(self.largest, values)
        self.splits[split] += 1

    def merge(self, other: Reason, shift: int = 0) -> None:
        """Take in the exchanges of a later part, their numbers raised by ``shift``."""
        if not self.handles.count:
            self.smallest = other.smallest
        elif other.handles.count:
            self.smallest = min(self.smallest, other.smallest)
        self.largest = max(self.largest, other.largest)
        self.handles.merge(other.handles, shift)
        self.splits.update(other.splits)


class PacketRow:
    """The exchanges of one kind that took the same number of packets.

    Args:
        usual: Whether that is what the kind takes when nothing comes in between.

    Attributes:
        exchanges: How many they are.
        data: Data packets that are theirs.
        acks: Pure ACKs that are theirs.
        plain: How many of them need no reason: a request in one packet and its reply
            in another, or an event in one.
        shared: How many of them shared a packet with another exchange.
        reasons: Why others took it, in words of a fixed vocabulary → which.
    """

    def __init__(self, *, usual: bool = False) -> None:
        self._usual = usual
        self.exchanges = 0
        self.data = 0
        self.acks = 0
        self.plain = 0
        self.shared = 0
        self.reasons: dict[str, Reason] = {}

    def add(self, exchange: Exchange) -> None:
        """Take in one more exchange."""
        ledger = exchange.ledger
        ledger.row = self
        self.exchanges += 1
        self.data += ledger.data_packets
        self.acks += ledger.acks
        plain = self._usual and ordinary(exchange)
        if plain or not (words := reasons_of(exchange)):
            self.plain += 1
            return
        for word in words:
            self.shared += word == "shared"
            reason = self.reasons.get(word)
            if reason is None:
                reason = self.reasons[word] = Reason()
            split = len(exchange.request_packets), len(exchange.reply_packets)
            reason.add(exchange.number, exchange.values, split)

    def merge(self, other: PacketRow, shift: int = 0) -> None:
        """Take in the exchanges of a later part, their numbers raised by ``shift``."""
        self.exchanges += other.exchanges
        self.data += other.data
        self.acks += other.acks
        self.plain += other.plain
        self.shared += other.shared
        for word, reason in other.reasons.items():
            self.reasons.setdefault(word, Reason()).merge(reason, shift)


class PatternRow:
    """What happened under one route, as messages or as events.

    Attributes:
        count: Exchanges.
        errors: … that ended in an error, or that nobody handled.
        unanswered: … that had no reply.
        bytes: Of all their frames on the wire.
        latencies: From request to first reply.
    """

    def __init__(self) -> None:
        self.count = 0
        self.errors = 0
        self.unanswered = 0
        self.bytes = 0
        self.latencies = Latencies()

    def add(self, exchange: Exchange) -> None:
        """Take in one more exchange."""
        self.count += 1
        self.bytes += exchange.request_bytes + exchange.reply_bytes
        outcome = exchange.outcome
        if outcome is not _COMPLETED and outcome is not _SENT:
            self.errors += outcome is Outcome.ERROR or outcome is Outcome.NO_HANDLER
            self.unanswered += outcome is Outcome.UNANSWERED
        if outcome is not _SENT and (latency := exchange.latency_ns) is not None:
            self.latencies.add(latency)

    def merge(self, other: PatternRow) -> None:
        """Take in what happened under the same route in another part."""
        self.count += other.count
        self.errors += other.errors
        self.unanswered += other.unanswered
        self.bytes += other.bytes
        self.latencies.merge(other.latencies)


class Report:
    """What an inspection found, in figures.

    Attributes:
        selective: Whether exchanges were left out that nobody asked for; then
            exchanges, patterns and findings are of the others alone.
        packet_records: Records of the capture.
        first_ns: When the first was captured; None when there is none.
        last_ns: When the last was captured.
        nest: The Nest connections, in order of appearance, as far as they are not long
            over.
        forgotten: Those that are.
        other_connections: TCP connections that are not Nest's.
        foreign: Other protocols that were recognised → connections.
        skipped: Records that are no TCP → how many, by what they are.
        not_understood: Records that may hold TCP and could not be read → how many, by
            why.
        frames: Frames that were read.
        replies: Responses among them.
        gap_bytes: Bytes of Nest connections that the capture lacks.
        unread_bytes: Bytes around those that are captured, but that nothing was read
            of.
        in_doubt: Exchanges that were under way where it lacks bytes.
        outcomes: Messages by outcome.
        packet_rows: By kind and number of packets.
        patterns: By route and kind, in order of appearance.
        findings: Equal findings folded, in order of appearance.
    """

    def __init__(self) -> None:
        self.selective = False
        self.packet_records = 0
        self.first_ns: int | None = None
        self.last_ns = 0
        self.nest: list[Connection] = []
        self.forgotten = Totals()
        self.other_connections = 0
        self.foreign: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.not_understood: Counter[str] = Counter()
        self.frames = 0
        self.replies = 0
        self.gap_bytes = 0
        self.unread_bytes = 0
        self.in_doubt = 0
        self.outcomes: Counter[Outcome] = Counter()
        self.packet_rows: dict[tuple[Kind, int], PacketRow] = {}
        self.patterns: dict[tuple[str, Kind], PatternRow] = {}
        self.findings: dict[tuple[str, ...], Fold] = {}

    def add_exchange(self, exchange: Exchange) -> None:
        """Count an exchange that has ended."""
        kind, route, ledger = exchange.kind, exchange.route, exchange.ledger
        key = kind, ledger.packets or 0
        row = self.packet_rows.get(key) or self._packet_row(key)
        row.add(exchange)
        outcome = exchange.outcome
        if kind is _MESSAGE and outcome is not None:
            self.outcomes[outcome] += 1
        if exchange.gapped:
            self.in_doubt += 1
        if route is not None:
            pattern = self.patterns.get((route, kind)) or self._pattern_row(route, kind)
            pattern.add(exchange)

    @property
    def kinds(self) -> Counter[Kind]:
        """Exchanges by kind."""
        kinds: Counter[Kind] = Counter()
        for (kind, _), row in self.packet_rows.items():
            kinds[kind] += row.exchanges
        return kinds

    def add_finding(self, finding: Finding) -> None:
        """Fold a finding with those that say the same."""
        subject = finding.subject.lower()
        # A password is as readable from either side, and a hole as wide.
        sender = "" if finding.code in _OF_BOTH_SIDES else finding.sender
        key = (finding.code, finding.severity, subject, sender)
        fold = self.findings.get(key)
        if fold is None:
            fold = self.findings[key] = Fold(finding)
        fold.add(finding)

    def merge(self, other: Report) -> None:
        """Take in the report of a later part of the capture.

        Connections, exchanges and records of the part are new ones: their numbers
        follow those that were counted so far. Figures do not depend on the order of
        the parts; only what is named by number, or shown in order of appearance, does.
        """
        exchanges, records = self.kinds.total(), self.packet_records
        for key, packet_row in other.packet_rows.items():
            self._packet_row(key).merge(packet_row, exchanges)
        for (route, kind), row in other.patterns.items():
            known = self.patterns.get((route, kind)) or self._pattern_row(route, kind)
            known.merge(row)
        for name, fold in other.findings.items():
            if name not in self.findings:
                self.findings[name] = Fold(fold.first)
            self.findings[name].merge(fold, exchanges, records)
        self._add_figures(other)

    def _add_figures(self, other: Report) -> None:
        begins = [each for each in (self.first_ns, other.first_ns) if each is not None]
        self.first_ns = min(begins, default=None)
        self.last_ns = max(self.last_ns, other.last_ns)
        self.selective = self.selective or other.selective
        self.nest = [*self.nest, *other.nest]
        self.forgotten.merge(other.forgotten)
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _COUNTS:
            counted = Counter(getattr(self, name))
            counted.update(getattr(other, name))
            setattr(self, name, counted)

    def _pattern_row(self, route: str, kind: Kind) -> PatternRow:
        """Return a new row for a pattern; beyond many, one row for all others."""
        key = (route, kind)
        if len(self.patterns) >= MAX_PATTERNS:
            key = (OTHER_PATTERNS, kind)
        return self.patterns.setdefault(key, PatternRow())

    def _packet_row(self, key: tuple[Kind, int]) -> PacketRow:
        row = self.packet_rows.get(key)
        if row is None:
            usual = EXPECTED_PACKETS.get(key[0]) == key[1]
            row = self.packet_rows[key] = PacketRow(usual=usual)
        return row

    @property
    def data_packets(self) -> int:
        """Segments of Nest connections that were the first to carry some bytes."""
        return self._total("data_packets")

    @property
    def pure_acks(self) -> int:
        """Segments of Nest connections with an ACK and nothing else."""
        return self._total("pure_acks")

    @property
    def retransmissions(self) -> int:
        """Segments of Nest connections that carried nothing new."""
        return self._total("retransmissions")

    @property
    def control(self) -> int:
        """SYN, FIN and RST segments of Nest connections."""
        return self._total("control")

    @property
    def copies(self) -> int:
        """Packets of Nest connections that were captured a second time."""
        return self._total("copies")

    @property
    def keep_alives(self) -> int:
        """Keep-alives of Nest connections."""
        return self._total("keep_alives")

    @property
    def nest_packets(self) -> int:
        """All packets of Nest connections."""
        return self._total("packets")

    def packets_per(self, kind: Kind) -> dict[int, int]:
        """Return number of packets → exchanges of a kind that took it."""
        rows = (item for item in self.packet_rows.items() if item[0][0] is kind)
        return {packets: row.exchanges for (_, packets), row in sorted(rows)}

    @property
    def connections(self) -> int:
        """How many Nest connections there are."""
        return len(self.nest) + self.forgotten.connections

    @property
    def resets(self) -> int:
        """How many of them were reset."""
        return self.forgotten.resets + sum(each.reset for each in self.nest)

    @property
    def clients(self) -> list[str]:
        """The addresses of their clients, in order of appearance."""
        clients = Endpoints()
        clients.merge(self.forgotten.clients)
        for each in self.nest:
            clients.add(each.client_endpoint.rpartition(":")[0], each.number)
        return list(clients)

    @property
    def servers(self) -> list[str]:
        """Their services, in order of appearance."""
        servers = Endpoints()
        servers.merge(self.forgotten.servers)
        for each in self.nest:
            servers.add(each.server_endpoint, each.number)
        return list(servers)

    def _total(self, figure: str) -> int:
        return self.forgotten.figures[figure] + sum(_figures(self.nest, figure))


def _figures(connections: Iterable[Connection], figure: str) -> Iterable[int]:
    return (getattr(connection, figure) for connection in connections)
