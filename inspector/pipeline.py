"""The whole inspection, in the order the bytes take.

::

    records ─► segments ─► reassembly ─► sightings ─► exchanges ─► findings ─► report
    sources/    tcp/───────────────────  calls/───────────────────   findings/  figures/

Every stage is a generator over the one before, so a capture is read in one pass and
in bounded memory. Where nobody listens in between, a chunk that is one plain frame goes
from the segments to the exchanges in one step; the tests hold both ways equal.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from protocol import NEWEST, NestVersion
from protocol.on_demand import on_demand

from .calls.costs import begins
from .calls.dispatching import Dispatcher
from .calls.exchanges import Exchange
from .calls.matching import Late
from .calls.observing import Observer
from .calls.seen import Recognised, Remark, Upkeep
from .calls.steps import ClockStep
from .carriers.registry import NEST_TCP
from .carriers.registry import carriers as registered
from .express.batches import ScannedPackets
from .express.chunks import ExpressWay
from .express.plain_exchanges import PlainExchanges
from .figures.chaining import TRIES, Chaining
from .figures.connections import Connections
from .figures.judging import conclusions
from .figures.report import Report
from .findings.detective import Detective
from .streams.items import Acknowledgement, Closed
from .streams.names import NO_NAMES, Names
from .tcp.interest import Interest
from .tcp.reassembly import Reassembler
from .tcp.segments import SegmentDecoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from .calls.exchanges import Ledger
    from .calls.joining.joining import Joining
    from .calls.matching import ExchangeItem
    from .calls.observing import SightingItem
    from .carriers.base import Carrier, Concealment
    from .express.kept_exchanges import Keeper, KeptExchanges
    from .express.plain_passages import PlainPassages, passages_of
    from .express.plain_unary import PlainUnary
    from .findings.finding import Finding
    from .limits import Limits
    from .listening import Tap
    from .sources.records import PacketRecord
    from .streams.connections import Connection
    from .streams.endpoints import Endpoint
    from .streams.items import StreamItem
    from .streams.packets import DataPacket
    from .tls.decryption import Decryption
    from .tls.keylog import KeyLog
else:  # decision 158
    Decryption = on_demand("inspector.tls.decryption:Decryption")
    Joining = on_demand("inspector.calls.joining.joining:Joining")
    KeptExchanges = on_demand("inspector.express.kept_exchanges:KeptExchanges")
    passages_of = on_demand("inspector.express.plain_passages:passages_of")
    PlainUnary = on_demand("inspector.express.plain_unary:PlainUnary")


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of an inspection.

    Attributes:
        where: Which exchanges are reported; None for all.
        ports: TCP ports whose connections are taken for Nest whatever they carry.
        nest: The version of Nest by which findings are judged.
        limits: What may be kept of connections; None for the usual.
        carriers: Port → name of the carrier that its connections are taken for.
        described: Name of a carrier → the same, with what files say of its messages.
        same_brokers: Broker → what it is known by together with others, where several
            are one.
        conceal: What hides secrets in all that is read; None where nothing is hidden.
        slow_ns: From how long on a call is slow whatever its pattern takes; None for
            no such limit.
        names: What people call addresses and ports.
        beginnings: Whether requests of HTTP beside Nest's traffic are exchanges, too,
            which may have begun it. They are wherever a port is said to carry HTTP.
        exchanges_only: Whether nothing else is wanted: no findings, and no figures of
            exchanges in the report.
        keylog: The secrets of what TLS protects; None where nobody has them.
        now_ns: The time of a source that is watched, in nanoseconds since 1970; None
            where the last record is the end of what is known, as in a file.
    """

    where: Callable[[Exchange], bool] | None = None
    ports: frozenset[int] = frozenset()
    nest: NestVersion = NEWEST
    limits: Limits | None = None
    carriers: Mapping[int, str] = msgspec.field(default_factory=dict)
    described: Mapping[str, Carrier] = msgspec.field(default_factory=dict)
    same_brokers: Mapping[Endpoint, Endpoint] = msgspec.field(default_factory=dict)
    conceal: Concealment | None = None
    slow_ns: int | None = None
    names: Names = NO_NAMES
    beginnings: bool = False
    exchanges_only: bool = False
    keylog: KeyLog | None = None
    now_ns: Callable[[], int] | None = None


# decision 33: Floors inside inspector
class Pipeline:
    """One pass over the records of a capture.

    Args:
        options: What is asked for; nothing in particular by default.
        taps: What listens between the stages, and may change what passes.

    Attributes:
        omissions: By what packets were left out of the capture on purpose, as its files
            say that are read.

    Raises:
        KeyError: There is no carrier of such a name.
    """

    def __init__(
        self, options: Options | None = None, *, taps: Iterable[Tap] = ()
    ) -> None:
        self._options = options = options or Options()
        self._taps = tuple(taps)
        self.omissions: Sequence[str] = ()
        self._interest = Interest()
        self._segments = SegmentDecoder(self._interest.passed_over)
        self._reassembler = Reassembler(options.limits, self._interest)
        forced = dict.fromkeys(options.ports, NEST_TCP) | dict(options.carriers)
        known = {**registered(), **options.described}
        self._observer = Observer(
            known=known if options.described else None,
            forced={port: known[name] for port, name in forced.items()},
            limits=options.limits,
            conceal=options.conceal,
            beginnings=options.beginnings,
            pass_over=self._interest.pass_over,
        )
        keylog = options.keylog
        self._decryption = None if keylog is None else Decryption(keylog)
        self._connections = Connections()
        self._calls = Dispatcher(partial(Joining, same=options.same_brokers))
        self._report = Report()
        self._report.slow_ns = options.slow_ns
        self._report.forced = forced
        tries = 0 if options.exchanges_only else TRIES
        self._chaining = Chaining(self._report, self._calls, tries)
        self._latest_ns = 0  # that is known, where the clock was set back after it

    def inspect(
        self,
        records: Iterable[PacketRecord],
        *,
        figures_only: bool = False,
        keeper: Keeper | None = None,
    ) -> Iterator[Exchange | Finding]:
        """Yield what the records show, once they have shown it.

        Args:
            records: In the order in which they were captured.
            figures_only: Whether exchanges are not wanted: those that are plain are
                counted then, and not yielded.
            keeper: What is given those that are plain; they are not yielded then.
        """
        selective = self._report.selective = self._options.where is not None
        counted = (figures_only or keeper is not None) and not (
            selective or self._options.exchanges_only or self._detective.always
        )
        told = self._tell(self._items(records, counted=counted, keeper=keeper))
        if self._options.exchanges_only:
            return told
        return chain(told, self._conclude(self._detective))

    def elapse(self, time_ns: int) -> Iterator[Exchange | Finding]:
        """Yield what is over because time has passed, while no record comes.

        Args:
            time_ns: The time of the source, in nanoseconds since 1970.
        """
        late = [] if self._decryption is None else self._decryption.retry()
        found = self._calls.match(self._observer.observe(late))
        return self._tell(chain(found, self._calls.elapse(time_ns)))

    def _tell(self, items: Iterable[ExchangeItem]) -> Iterator[Exchange | Finding]:
        """Yield what was asked for of some items, and what is found with them."""
        report, chaining = self._report, self._chaining
        selective = report.selective or bool(self._taps)
        detective = None if self._options.exchanges_only else self._detective
        for item in items:
            if isinstance(item, Exchange):
                if begins(item.ledger.carrier):
                    self._introduce(item.connection)
                    chaining.meet(item.connection, item)
                    if not selective or self._choose(item):
                        report.requests.add(item)
                        chaining.add(item)
                        yield item
                    else:
                        chaining.pass_over(item)
                    continue
                if selective and not self._choose(item):
                    chaining.pass_over(item)
                    continue
                if detective is None:
                    yield item
                    continue
                report.add_exchange(item)
                chaining.add(item)
                yield item
                found = detective.examine(item)
            else:
                self._note(item)
                if detective is None:
                    continue
                found = detective.investigate(item)
            for finding in found:
                if self.omissions and finding.rule.missing:
                    continue
                report.add_finding(finding)
                yield finding

    def _conclude(self, detective: Detective) -> Iterator[Finding]:
        """Yield what many exchanges have shown together, when the last is over."""
        self._chaining.finish()
        found = conclusions(self.report(), self._options.slow_ns)
        for conclusion in chain(detective.habits.conclusions(), found):
            for finding in detective.investigate(conclusion):
                self._report.add_finding(finding)
                yield finding

    @cached_property
    def _detective(self) -> Detective:
        """What finds findings; it loads all kinds of them."""
        return Detective(self._options.nest)

    def _note(self, item: ExchangeItem) -> None:
        """Note what belongs to neither exchanges nor findings."""
        if isinstance(item, Acknowledgement):
            owner = item.packet.owner
            if owner is not None and owner.row is not None:
                owner.row.acks += 1
        elif isinstance(item, Upkeep):
            if item.late:
                self._note_late(item.ledger, item.late)
        elif isinstance(item, Late):
            self._note_late(item.ledger, item.packets)
        elif isinstance(item, Recognised):
            self._introduce(item.connection)
            self._connections.add(item.connection)
            self._report.meet(item.connection)
            self._chaining.meet(item.connection)
        elif isinstance(item, Remark):  # may be the first that is heard of one
            self._introduce(item.direction.connection)
        elif isinstance(item, Closed):
            self._introduce(item.connection)
            self._connections.close(item.connection)
        elif isinstance(item, ClockStep):
            self._latest_ns = max(self._latest_ns, item.before.time_ns)

    def _introduce(self, connection: Connection) -> None:
        """Tell a connection of the capture that it is in, and of its names."""
        connection.capture_ns = self._segments.first_ns or connection.capture_ns
        connection.names = self._options.names

    @staticmethod
    def _note_late(ledger: Ledger | None, packets: Sequence[DataPacket]) -> None:
        """Count packets in the row of an exchange whose they are only now."""
        row = None if ledger is None else ledger.row
        if row is not None:
            row.data += len(packets)
            row.acks += sum(packet.acks for packet in packets)

    def _items(
        self, records: Iterable[PacketRecord], *, counted: bool, keeper: Keeper | None
    ) -> Iterator[ExchangeItem]:
        """Yield the exchanges that the records hold, and what belongs to none."""
        if not self.takes_batches:
            return self._calls.match(self._observe(records))
        concealed = keeper is None and self._options.conceal is not None  # unread
        plain = self._plain(keeper) if counted and not concealed else None
        # Whoever keeps exchanges is given those of direct carriers alone.
        figures = counted and keeper is None
        passages = self._passages if figures else None
        unary = self._unary if figures and not concealed else None
        express = ExpressWay(self._observer, self._calls, plain, passages, unary)
        self._chaining.counting = express
        scanned = ScannedPackets(
            self._segments, self._reassembler, self._interest.passed_over, express
        )
        return chain(scanned.match(records), express.pair(self._end()))

    @property
    def takes_batches(self) -> bool:
        """Whether records may come in batches: nobody wants each by itself."""
        return not self._taps and self._decryption is None

    @property
    def words(self) -> tuple[bytes, ...]:
        """What is to be looked for in batches."""
        return () if self._options.exchanges_only else self._detective.signs.words

    def _plain(self, keeper: Keeper | None = None) -> PlainExchanges:
        """Return what counts plain exchanges."""
        calls, signs = self._calls, self._detective.signs
        known = calls.direct, calls.tally, self._report, signs
        if keeper is None:
            return PlainExchanges(*known)
        return KeptExchanges(*known, keeper, self._options.conceal)

    def _unary(self) -> PlainUnary:
        """Return what counts plain calls where requests may be streams."""
        return PlainUnary(self._calls, self._report, self._detective.signs)

    def _passages(self) -> PlainPassages | None:
        """Return what counts those that pass over brokers."""
        signs, events = self._detective.signs, self._chaining.events
        return passages_of(self._calls.brokered, self._report, signs, events)

    def _observe(self, records: Iterable[PacketRecord]) -> Iterator[SightingItem]:
        """Yield what is seen in the records; between the stages the taps listen."""
        segments = self._segments.decode(records)
        for tap in self._taps:
            tap.attend(self._observer)
            segments = tap.segments(segments, self._reassembler)
        items: Iterator[StreamItem] = chain(
            self._reassembler.reassemble(segments), self._end()
        )
        if self._decryption is not None:
            items = self._decryption.read(items)
        for tap in self._taps:
            items = tap.items(items)
        sightings = self._observer.observe(items)
        for tap in self._taps:
            sightings = tap.sightings(sightings)
        return sightings

    def _end(self) -> Iterator[StreamItem]:
        """Yield what the end of the capture brings, when it has come."""
        end, now_ns = self._segments.end, self._options.now_ns
        if now_ns is not None and end.number:
            end.time_ns = max(end.time_ns, now_ns())
        yield from self._reassembler.end(end)

    # decision 39: `--where` chooses exchanges, not packets
    def _choose(self, exchange: Exchange) -> bool:
        for tap in self._taps:
            tap.exchange(exchange)
        where = self._options.where
        exchange.chosen = where is None or where(exchange)
        return exchange.chosen

    def waiting(self, before_ns: int | None = None) -> Iterator[Exchange]:
        """Yield the exchanges that wait for a reply now.

        Args:
            before_ns: Only those that were asked until then.
        """
        return self._calls.waiting(before_ns)

    # decision 37: One process makes the report
    def report(self) -> Report:
        """Return the totals of what was inspected so far."""
        report = self._report
        report.omissions = list(self.omissions)
        report.selective = self._options.where is not None or bool(self.omissions)
        report.packet_records = self._segments.records
        report.first_ns = self._segments.first_ns
        report.last_ns = max(self._segments.last_ns, self._latest_ns)
        report.skipped = self._segments.skipped
        report.not_understood = Counter(self._segments.not_understood)
        known = self._connections.known
        report.nest = sorted(known, key=lambda each: each.number)
        report.foreign = self._observer.foreign
        if self._decryption is not None:
            report.decrypted = self._decryption.counts
        report.forgotten = self._connections.forgotten
        translations = self._reassembler.translations
        report.translated = translations.ends
        other = self._reassembler.connections - report.connections
        report.other_connections = other - translations.connections
        report.units = self._observer.counts
        report.gap_bytes = self._observer.gap_bytes
        report.unread_bytes = self._observer.unread_bytes
        report.names = self._options.names
        report.replies = self._calls.tally.replies
        return report
