"""Exchanges to rows of figures that merge: packets by kind, and what routes do."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.calls.costs import cost_of
from inspector.calls.exchanges import Exchange, Outcome
from inspector.calls.reasons import irregular, ordinary, reasons_of
from inspector.ranges import RangeSet
from protocol.on_demand import on_demand

from .latency import Latencies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.calls.exchanges import Ledger
    from inspector.carriers.base import Cost
    from inspector.findings.conclusions import LongCall

    from .failures import Failures
    from .silence import Silence
    from .stage_times import StageTimes
    from .stretches import Stretch
else:  # decision 158
    StageTimes = on_demand("inspector.figures.stage_times:StageTimes")
    Failures = on_demand("inspector.figures.failures:Failures")

# Looking a member up in an enumeration costs more than in a module.
_COMPLETED, _SENT = Outcome.COMPLETED, Outcome.SENT


class Reason:
    """Why exchanges took the packets that they took.

    Attributes:
        numbers: Those of the exchanges.
        smallest: Of what the reason counts (values of a stream), the fewest …
        largest: … and the most.
        splits: For frames split over packets: (packets of the request, of the
            replies) → exchanges.
    """

    def __init__(self) -> None:
        self.numbers = RangeSet()
        self.smallest = 0
        self.largest = 0
        self.splits: Counter[tuple[int, int]] = Counter()

    def add(self, number: int, values: int, split: tuple[int, int]) -> None:
        """Take in one more exchange."""
        first = not self.numbers.count
        self.numbers.add(number)
        self.smallest = values if first else min(self.smallest, values)
        self.largest = max(self.largest, values)
        self.splits[split] += 1

    def merge(self, other: Reason, shift: int = 0) -> None:
        """Take in the exchanges of a later part, their numbers raised by ``shift``."""
        if not self.numbers.count:
            self.smallest = other.smallest
        elif other.numbers.count:
            self.smallest = min(self.smallest, other.smallest)
        self.largest = max(self.largest, other.largest)
        self.numbers.merge(other.numbers, shift)
        self.splits.update(other.splits)


class PacketRow:
    """The exchanges of one carrier and kind that took the same number of packets.

    Args:
        packets: That number.
        usual: What all of them should take, where that does not vary.
        varies: Whether it does.

    Attributes:
        packets: The number.
        exchanges: How many they are.
        in_flight: How many of them may take more after the capture.
        varied: How many packets they should take → how many of them, where that varies.
        apart: How many of them are judged by that.
        words: What the packets of those are; empty where none took what it should.
        data: Data packets that are theirs.
        acks: Pure ACKs that are theirs.
        plain: How many of them need no reason: nothing came in between.
        shared: How many of those that are over shared a packet with another exchange.
        reasons: Why others took it, in words of a fixed vocabulary → which.
    """

    def __init__(
        self, packets: int, usual: int | None = None, *, varies: bool = True
    ) -> None:
        self.packets = packets
        self.exchanges = 0
        self.in_flight = 0
        self._usual = usual
        self._varies = varies
        self.varied: dict[int, int] = {}
        self.apart = 0
        self.words = ""
        self.data = 0
        self.acks = 0
        self.plain = 0
        self.shared = 0
        self.reasons: dict[str, Reason] = {}

    def add(self, exchange: Exchange) -> None:
        """Take in one more exchange; later ACKs of its packets find this row."""
        ledger = exchange.ledger
        ledger.row = self
        self.exchanges += 1
        self.data += ledger.data_packets
        self.acks += ledger.acks
        wanted = self._usual
        if exchange.in_flight:
            self.in_flight += 1
        elif self._varies or exchange.errands is not None:
            wanted = self._count_expected(exchange)
        plain = wanted == self.packets and ordinary(exchange)
        if plain or not (words := reasons_of(exchange)):
            self.plain += 1
            return
        for word in words:
            self.shared += word == "shared" and not exchange.in_flight
            reason = self.reasons.get(word)
            if reason is None:
                reason = self.reasons[word] = Reason()
            split = len(exchange.request_packets), len(exchange.reply_packets)
            reason.add(exchange.number, exchange.values, split)

    def add_plain(self, ledger: Ledger, cost: Cost) -> None:
        """Take in one that took what it should, and shows no reason for anything.

        Args:
            ledger: Its packets.
            cost: What it should take, where that varies.
        """
        ledger.row, ledger.packets = self, self.packets
        self.exchanges += 1
        self.data += ledger.data_packets
        self.acks += ledger.acks
        self.apart += 1
        self.varied[cost.packets] = self.varied.get(cost.packets, 0) + 1
        self.words = self.words or cost.words
        self.plain += 1

    def _count_expected(self, exchange: Exchange) -> int | None:
        self.apart += 1
        cost = None if irregular(exchange) else cost_of(exchange)
        if cost is None:
            return None
        self.varied[cost.packets] = self.varied.get(cost.packets, 0) + 1
        if cost.packets == self.packets:
            self.words = self.words or cost.words
        return cost.packets

    @property
    def judged(self) -> int:
        """How many of them are over, so that they can be judged."""
        return self.exchanges - self.in_flight

    @property
    def expected(self) -> dict[int, int]:
        """How many packets they should take → how many exchanges.

        Empty where no number can be expected.
        """
        expected, others = dict(self.varied), self.judged - self.apart
        if others and self._usual is not None:
            expected[self._usual] = expected.get(self._usual, 0) + others
        return expected

    @property
    def as_expected(self) -> int:
        """How many of them took what they should."""
        return self.expected.get(self.packets, 0)

    def blank(self) -> PacketRow:
        """Return a row of the same kind, with nothing in it yet."""
        return PacketRow(self.packets, self._usual, varies=self._varies)

    def merge(self, other: PacketRow, shift: int = 0) -> None:
        """Take in the exchanges of a later part, their numbers raised by ``shift``."""
        self.exchanges += other.exchanges
        self.in_flight += other.in_flight
        for packets, count in other.varied.items():
            self.varied[packets] = self.varied.get(packets, 0) + count
        self.apart += other.apart
        self.words = self.words or other.words
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
        errors: … that ended in an error, or that nobody handled …
        failures: … and how; None for none.
        unanswered: Exchanges that had no reply.
        streams: Exchanges that were answered with several values, not all at once.
        bytes: Of all their frames on the wire.
        latencies: From request to first reply.
        stages: Over a broker, what of that it took, and the handler; None without one.
        longest_ns: The longest of them; -1 without one …
        longest: … and where that was, where it took long enough to ask; None else.
        server: The server that is asked; empty in sums.
        stretch: How the calls of the route go on its server; None in sums.
        silence: What that server has not answered; None in sums.
        answered_ns: When the last of them that was answered had its last reply; 0 for
            none.
        packet_row: Where the packets of its latest exchange are counted; None before
            the first. Nearly always it is that of the next, too.
    """

    def __init__(
        self, stretch: Stretch | None = None, silence: Silence | None = None
    ) -> None:
        self.answered_ns = 0
        self.longest_ns = -1
        self.longest: LongCall | None = None
        self.packet_row: PacketRow | None = None
        self.stretch = stretch
        self.server = "" if stretch is None else stretch.server
        if stretch is not None:
            stretch.rows.append(self)
        self.silence = silence
        self.count = 0
        self.errors = 0
        self.failures: Failures | None = None
        self.unanswered = 0
        self.streams = 0
        self.bytes = 0
        self.latencies = Latencies()
        self.stages: StageTimes | None = None

    def add(self, exchange: Exchange) -> int:
        """Take in one more exchange.

        Returns:
            How long it took to the first reply, in nanoseconds; -1 without one.
        """
        self.count += 1
        self.bytes += exchange.request_bytes + exchange.reply_bytes
        outcome = exchange.outcome
        if outcome is not _COMPLETED and outcome is not _SENT:
            self._add_trouble(exchange, outcome)
        first_ns = exchange.first_reply_ns  # an event has none
        if first_ns is None:
            return -1
        latency_ns = first_ns - exchange.asked_ns
        self.latencies.add(latency_ns)
        if exchange.passage is not None:
            self.stages = self.stages or StageTimes()
            self.stages.add(exchange.passage)
        self.answered_ns = last_ns = exchange.last_reply_ns or 0
        silence = self.silence
        if silence is not None and last_ns > silence.answered_ns:
            silence.answered_ns = last_ns
        return latency_ns

    def count_plain(self, size: int, latency_ns: int | None) -> None:
        """Count one that has nothing but bytes and a latency; an event has none."""
        self.count += 1
        self.bytes += size
        if latency_ns is not None:
            self.latencies.add(latency_ns)

    @classmethod
    def sum(cls, rows: Sequence[PatternRow]) -> PatternRow:
        """Return what happened in all of some rows; of one, that row itself."""
        if len(rows) == 1:
            return rows[0]
        together = cls()
        for row in rows:
            together.merge(row)
        return together

    def _add_trouble(self, exchange: Exchange, outcome: Outcome | None) -> None:
        in_doubt = exchange.gapped or exchange.in_flight
        if outcome is Outcome.UNANSWERED and not in_doubt:
            self.unanswered += 1
            if self.silence is not None:
                self.silence.add(exchange)
            if self.stretch is not None:
                self.stretch.wait(exchange, self.answered_ns)
        if outcome is Outcome.ERROR or outcome is Outcome.NO_HANDLER:
            self.errors += 1
            self.failures = self.failures or Failures()
            if self.failures.add(exchange) and self.stretch is not None:
                self.stretch.fail(exchange)

    @property
    def refused(self) -> int:
        """How many of the errors are the caller's fault, by their status code."""
        return self.failures.refused if self.failures else 0

    @property
    def failed(self) -> int:
        """How many of the errors are not."""
        return self.errors - self.refused

    def merge(self, other: PatternRow, shift: int = 0) -> None:
        """Take in what happened elsewhere, its numbers raised by ``shift``."""
        self.count += other.count
        self.answered_ns = max(self.answered_ns, other.answered_ns)
        self.errors += other.errors
        if other.failures is not None:
            self.failures = self.failures or Failures()
            self.failures.merge(other.failures, shift)
        if other.longest_ns > self.longest_ns:
            self.longest_ns, self.longest = other.longest_ns, other.longest
        self.unanswered += other.unanswered
        self.streams += other.streams
        self.bytes += other.bytes
        self.latencies.merge(other.latencies)
        if other.stages is not None:
            self.stages = self.stages or StageTimes()
            self.stages.merge(other.stages)
