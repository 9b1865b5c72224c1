"""Totals of an inspection: exchanges and findings to plain data.

The packets of the Nest connections add up: every one is a data packet (of an exchange
or of none), a pure ACK, a control segment, a retransmission, a keep-alive or a copy. A
data packet counts in the row of the exchange whose frame is the first in it, a pure ACK
in the row of the data packet whose bytes it newly acknowledged last.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.calls.costs import usual, varies
from inspector.calls.counting import UnitCounts
from inspector.calls.exchanges import Kind, Outcome
from inspector.findings.groups import FindingGroup, group_key
from inspector.streams.decrypted import Decrypted
from inspector.streams.names import NO_NAMES
from inspector.streams.packets import PacketCounts

from .chain_rows import ChainRows
from .longest import LEAST_NS, completed_by, long_call, nothing_completed
from .nesting import Nesting
from .requests import RequestRows
from .rows import PacketRow
from .sharing import Sharing
from .slowest import Slowest
from .summary import CarrierSummary, Summary, secret_summary
from .totals import Appearances, Totals, both
from .traffic import MAX_ROWS, Traffic, place_in
from .turns import LEAST_NS as WAITED_NS
from .turns import Turns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from inspector.calls.exchanges import Exchange
    from inspector.findings.finding import Finding
    from inspector.streams.clocks import Clock
    from inspector.streams.connections import Connection

    from .rows import PatternRow
    from .totals import Ends

# Looking a member up in an enumeration costs more than in a module.
_MESSAGE = Kind.MESSAGE
_COMPLETED, _ERROR = Outcome.COMPLETED, Outcome.ERROR

_SUMS = "packet_records other_connections replies gap_bytes unread_bytes in_doubt"
_COUNTS = ("translated", "foreign", "skipped", "not_understood", "_troubles")


class Report:
    """What an inspection found, in figures.

    Args:
        max_patterns: Rows of patterns, one for each client and server, after which
            one row of these and of each kind is for all others.

    Attributes:
        selective: Whether exchanges were left out that nobody asked for; then
            exchanges, patterns and findings are of the others alone.
        omissions: By what packets were left out of the capture on purpose.
        forced: Port → the carrier that its connections were taken for.
        slow_ns: From how long on a call is slow whatever its pattern takes; None for
            no such limit.
        packet_records: Records of the capture.
        first_ns: When the first was captured; None if there are none.
        last_ns: When the last was; of a clock that was set back, the latest time known.
        names: What people call addresses and ports.
        nest: The Nest connections, in order of appearance, as far as they are not long
            over.
        forgotten: Those that are.
        other_connections: TCP connections that are not Nest's.
        foreign: Other protocols that were recognised → connections.
        skipped: Records that are not TCP → how many, by what they are.
        not_understood: Records that may hold TCP and could not be read → how many, by
            why.
        units: Carrier → how much of what was read on its connections.
        replies: Responses that were read.
        gap_bytes: Bytes of Nest connections that the capture lacks.
        unread_bytes: Captured bytes around those, of which nothing was read.
        in_doubt: Exchanges that were under way where it lacks bytes.
        packet_rows: By carrier, kind and number of packets.
        traffic: What happened between clients and servers, by route and kind.
        slowest: The exchanges that took longest.
        nesting: What went on around those.
        sharing: What the calls that failed have in common.
        turns: Calls that waited until another was answered.
        requests: What passed beside Nest's that may have begun it.
        chains: Which route causes which calls.
        findings: Groups of equal findings, in order of appearance.
        long_ns: From when on a call is looked at more closely.
        note_completed: Notes who answered a call on which connection, and when.
        translated: An end, and what it is translated to → connections that are seen
            before and after that, and count once.
        decrypted: What became of connections of TLS.
        clocks: Of captures that saw the same packets; empty for one capture.
    """

    def __init__(self, max_patterns: int = MAX_ROWS) -> None:
        self.selective = False
        self.omissions: list[str] = []
        self.slow_ns: int | None = None
        self.forced: Mapping[int, str] = {}
        self.packet_records = 0
        self.first_ns: int | None = None
        self.last_ns = 0
        self.names = NO_NAMES
        self.nest: list[Connection] = []
        self.forgotten = Totals()
        self.other_connections = 0
        self.foreign: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.not_understood: Counter[str] = Counter()
        self.units: dict[str, UnitCounts] = {}
        self.replies = 0
        self.gap_bytes = 0
        self.unread_bytes = 0
        self.in_doubt = 0
        self._troubles: Counter[Outcome] = Counter()  # that messages ended in
        self.packet_rows: dict[tuple[str, Kind, int], PacketRow] = {}
        self.traffic = Traffic(max_patterns)
        self.slowest = Slowest()
        self.nesting = Nesting()
        self.sharing = Sharing()
        self.turns = Turns()
        self.requests = RequestRows()
        self.chains = ChainRows()
        self._completed = nothing_completed()
        self.note_completed = self._completed.append
        self.long_ns = WAITED_NS  # what calls take that are looked at more closely
        self.findings: dict[tuple[str, ...], FindingGroup] = {}
        self.translated: Counter[tuple[str, str]] = Counter()
        self.decrypted = Decrypted()
        self.clocks: Sequence[Clock] = ()

    def meet(self, connection: Connection) -> None:
        """Learn of a new connection who speaks."""
        self.nesting.meet(connection)
        if self.nesting.middle:
            self.long_ns = LEAST_NS

    def add_exchange(self, exchange: Exchange) -> None:
        """Count an exchange that has ended."""
        kind, route, outcome = exchange.kind, exchange.route, exchange.outcome
        ledger, direct = exchange.ledger, exchange.passage is None
        if outcome is not _COMPLETED and kind is _MESSAGE and outcome is not None:
            self._troubles[outcome] += not exchange.in_flight
        if not direct:
            self.traffic.roles[ledger.carrier].add(exchange)
        self.in_doubt += exchange.gapped
        if route is None:
            self.packet_row(ledger.carrier, kind, ledger.packets or 0).add(exchange)
        else:
            key = exchange.connection.number, route, kind
            key = key if direct else place_in(exchange)
            row = self.traffic.known.get(key) or self.traffic.row_of(exchange, key)
            packet_row = row.packet_row
            if packet_row is None or packet_row.packets != ledger.packets:
                packet_row = self.packet_row(ledger.carrier, kind, ledger.packets or 0)
                row.packet_row = packet_row
            packet_row.add(exchange)
            latency_ns = row.add(exchange)
            if latency_ns >= 0:
                if latency_ns > self.slowest.least_ns:
                    self.slowest.add(exchange)
                if row.answered_ns != exchange.first_reply_ns:
                    self._note_stream(exchange, row)
                if latency_ns > row.longest_ns or latency_ns >= self.long_ns:
                    self._note_long(exchange, row, latency_ns)
                who = row.server if direct else completed_by(exchange, row.server)
                self.note_completed((key[0], who, row.answered_ns))
        if outcome is _ERROR or self.sharing.failed:
            self._compare(exchange)

    def _compare(self, exchange: Exchange) -> None:
        """See what calls that failed share, and what other calls have as well."""
        if exchange.outcome is _ERROR:
            self.sharing.fail(exchange, before=self.kinds[_MESSAGE] > 1)
        else:
            self.sharing.pass_by(exchange)

    def _note_stream(self, exchange: Exchange, row: PatternRow) -> None:
        """Note when a server sent several values."""
        row.streams += 1
        first_ns, last_ns = exchange.first_reply_ns, exchange.last_reply_ns
        self.turns.stream(row.server, first_ns or 0, last_ns or 0)

    def _note_long(self, exchange: Exchange, row: PatternRow, latency_ns: int) -> None:
        """Note a call that took longer than those of its row before, or some time."""
        if self.nesting.middle:
            self.nesting.add(exchange, self.slowest)
        if latency_ns >= WAITED_NS and exchange.values == 1:
            self.turns.add(exchange, row, self._completed)
        if latency_ns > row.longest_ns:
            row.longest_ns = latency_ns
            if latency_ns >= LEAST_NS:
                row.longest = long_call(exchange, row.server, self._completed)

    @property
    def patterns(self) -> dict[tuple[str, str, Kind], PatternRow]:
        """What happened by carrier, route and kind."""
        return self.traffic.patterns

    @property
    def kinds(self) -> Counter[Kind]:
        """Exchanges by kind."""
        kinds: Counter[Kind] = Counter()
        for (_, kind, _), row in self.packet_rows.items():
            kinds[kind] += row.exchanges
        return kinds

    @property
    def in_flight(self) -> int:
        """Messages that were under way when the capture ended, and may end after it."""
        return sum(row.in_flight for row in self.packet_rows.values())

    @property
    def outcomes(self) -> Counter[Outcome]:
        """Messages by outcome, without those in flight."""
        over = self.kinds[_MESSAGE] - self.in_flight
        completed = over - self._troubles.total()
        return +Counter({_COMPLETED: completed, **self._troubles})

    def add_finding(self, finding: Finding) -> None:
        """Group a finding with those that say the same."""
        key = group_key(finding)
        group = self.findings.get(key)
        if group is None:
            group = self.findings[key] = FindingGroup(finding)
        group.add(finding)

    def merge(self, other: Report) -> None:
        """Take in the report of a later part of the capture.

        Connections, exchanges and records of the part are new ones: their numbers
        follow those that were counted so far. Figures do not depend on the order of
        the parts; only what is named by number, or shown in order of appearance, does.
        What is judged of all exchanges together is left out: of two parts, nobody has
        judged it.
        """
        exchanges, records = self.kinds.total(), self.packet_records
        for key, packet_row in other.packet_rows.items():
            row = self.packet_rows.setdefault(key, packet_row.blank())
            row.merge(packet_row, exchanges)
        self.traffic.merge(other.traffic, exchanges)
        self.slowest.merge(other.slowest, exchanges, records)
        self.nesting.merge(other.nesting, exchanges)
        self.requests.merge(other.requests, exchanges)
        self.chains.merge(other.chains)
        self.findings = _without_conclusions(self.findings)
        for name, group in _without_conclusions(other.findings).items():
            if name not in self.findings:
                self.findings[name] = FindingGroup(group.first)
            self.findings[name].merge(group, exchanges, records)
        self._add_figures(other)

    def _add_figures(self, other: Report) -> None:
        begins = [each for each in (self.first_ns, other.first_ns) if each is not None]
        self.first_ns = min(begins, default=None)
        self.last_ns = max(self.last_ns, other.last_ns)
        self.selective = self.selective or other.selective
        self.omissions = list(dict.fromkeys([*self.omissions, *other.omissions]))
        self.slow_ns = other.slow_ns if self.slow_ns is None else self.slow_ns
        self.nest = [*self.nest, *other.nest]
        self.forgotten.merge(other.forgotten)
        self.decrypted.add(other.decrypted)
        for carrier, units in other.units.items():
            self.units[carrier] = both(self.units.get(carrier, UnitCounts()), units)
        for name in _SUMS.split():
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _COUNTS:
            counted = Counter(getattr(self, name))
            counted.update(getattr(other, name))
            setattr(self, name, counted)

    def packet_row(self, carrier: str, kind: Kind, packets: int) -> PacketRow:
        """Return the row of exchanges of a carrier and kind that took so many."""
        key = carrier, kind, packets
        row = self.packet_rows.get(key)
        if row is None:
            changes = varies(carrier)
            always = None if changes else usual(carrier, kind)
            row = self.packet_rows[key] = PacketRow(packets, always, varies=changes)
        return row

    @property
    def counts(self) -> PacketCounts:
        """The packets of Nest connections."""
        return PacketCounts.sum([self.forgotten.counts, *(c.counts for c in self.nest)])

    def packets_per(self, kind: Kind, carrier: str | None = None) -> dict[int, int]:
        """Return number of packets → exchanges of a kind that took it.

        Args:
            kind: Of the exchanges that are counted.
            carrier: … and their carrier; None for all.
        """
        counted: Counter[int] = Counter()
        for (own, each, packets), row in self.packet_rows.items():
            if each is kind and carrier in {None, own}:
                counted[packets] += row.exchanges
        return dict(sorted(counted.items()))

    @property
    def carriers(self) -> list[str]:
        """What carried the Nest connections, in order of appearance."""
        carriers = Appearances()
        for carrier, ends in self.forgotten.ends.items():
            carriers.add(carrier, ends.first)
        for each in self.nest:
            carriers.add(each.carrier, each.number)
        return list(carriers)

    @property
    def ends(self) -> dict[str, Ends]:
        """Carrier → who spoke over it, in order of appearance."""
        together = Totals()
        together.merge(self.forgotten)
        for each in self.nest:
            together.add(each)
        return dict(sorted(together.ends.items(), key=lambda item: item[1].first))

    def summary(self) -> Summary:
        """Return the totals by the keys of their JSON line."""
        outcomes, counts, kinds = self.outcomes, self.counts, self.kinds
        return Summary(
            packet_records=self.packet_records,
            connections=self.connections,
            other_connections=self.other_connections,
            frames=self.frames,
            messages=kinds[Kind.MESSAGE],
            events=kinds[Kind.EVENT],
            orphans=kinds[Kind.ORPHAN],
            replies=self.replies,
            completed=outcomes[Outcome.COMPLETED],
            errors=outcomes[Outcome.ERROR],
            no_handler=outcomes[Outcome.NO_HANDLER],
            unanswered=outcomes[Outcome.UNANSWERED],
            incomplete=outcomes[Outcome.INCOMPLETE],
            packets_per_message=self.packets_per(Kind.MESSAGE),
            packets_per_event=self.packets_per(Kind.EVENT),
            data_packets=counts.data_packets,
            pure_acks=counts.pure_acks,
            retransmissions=counts.retransmissions,
            control=counts.control,
            keep_alives=counts.keep_alives,
            copies=counts.copies,
            gap_bytes=self.gap_bytes,
            unread_bytes=self.unread_bytes,
            in_doubt=self.in_doubt,
            skipped=dict(self.skipped),
            not_understood=dict(self.not_understood),
            carriers={
                carrier: self._carrier_summary(carrier, ends)
                for carrier, ends in self.ends.items()
            },
            in_flight=self.in_flight,
            http=self.requests.summary(),
            chains=self.chains.summary(),
            tls=secret_summary(self.decrypted),
        )

    def _carrier_summary(self, carrier: str, ends: Ends) -> CarrierSummary:
        messages = self.packets_per(Kind.MESSAGE, carrier)
        events = self.packets_per(Kind.EVENT, carrier)
        units = self.units.get(carrier, UnitCounts())
        return CarrierSummary(
            ends.connections,
            sum(messages.values()),
            sum(events.values()),
            packets_per_message=messages,
            packets_per_event=events,
            transfers=units.transfers,
            errands=units.errands,
            idle_units=units.idle,
        )

    @property
    def frames(self) -> int:
        """How many packets of Nest were read."""
        return sum(units.transfers for units in self.units.values())

    @property
    def connections(self) -> int:
        """How many Nest connections there are."""
        return len(self.nest) + self.forgotten.connections

    @property
    def resets(self) -> int:
        """How many of them were reset."""
        return self.forgotten.resets + sum(each.reset for each in self.nest)


def _without_conclusions(
    groups: dict[tuple[str, ...], FindingGroup],
) -> dict[tuple[str, ...], FindingGroup]:
    return {k: each for k, each in groups.items() if each.first.conclusion is None}
