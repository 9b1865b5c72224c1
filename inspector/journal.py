"""What every packet of the Nest connections carried, in the order of capture.

::

    segments ─► CapturedPacket ◄─ frames, gaps, anomalies ◄─ exchanges ◄─ findings
                   └── held until all of it is known, then yielded in order

A frame that took several packets is in each of them. What a packet carried is
known when the exchanges of its frames are over, so packets wait for that, but no more
than :data:`MAX_HELD` of them.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from protocol import Event, Request

from .calls.costs import begins
from .calls.exchanges import Exchange
from .calls.passages import way_of
from .calls.seen import Anomaly, Answers, Remark, Sighting, Upkeep, goes_on, serves
from .pipeline import Tap
from .streams.items import Acknowledgement, Chunk, Gap
from .streams.packets import PacketKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .calls.observing import SightingItem
    from .calls.passages import Hop, Way
    from .calls.seen import Seen
    from .findings.finding import Finding
    from .streams.connections import Connection, Direction
    from .streams.items import StreamItem
    from .streams.packets import DataPacket
    from .tcp.reassembly import Reassembler
    from .tcp.segments import Segment

# decision 49: A packet waits until it is known what it carried
MAX_HELD = 20_000
"""Packets that wait at most, by default."""
_EXCERPT = 160  # bytes of a payload that are kept to be shown


class CarriedFrame(msgspec.Struct, eq=False):
    """A frame that passed, and the exchange that it belongs to.

    Attributes:
        sighting: The frame, its packet and the data packets that carried it.
        exchange: None while that goes on, or when nobody asked for it.
    """

    sighting: Sighting
    exchange: Exchange | None = None

    @property
    def reply(self) -> int:
        """Which of the replies it is, from 1; 0 for a request or an event."""
        return 0 if self.exchange is None else self.sighting.reply

    @property
    def chosen(self) -> bool:
        """Whether its exchange is, or may be: a packet may hold frames of others."""
        return self.exchange is None or self.exchange.chosen

    @property
    def way(self) -> Way | None:
        """Whether a broker was handed it, or handed it on; None without a broker."""
        if self.sighting.transfer.channel is None:
            return None
        return way_of(self.sighting.direction)

    @property
    def hop(self) -> Hop | None:
        """What it is of how its exchange passed over a broker, if that is kept."""
        passage = None if self.exchange is None else self.exchange.passage
        hops = () if passage is None else passage.hops
        records = self.sighting.records
        return next((hop for hop in hops if hop.records is records), None)

    @property
    def kind(self) -> str:
        """What it is: ``request``, ``event`` or ``reply``."""
        if isinstance(self.sighting.packet, Request):
            return "request"
        return "event" if isinstance(self.sighting.packet, Event) else "reply"


class FramePart(msgspec.Struct, eq=False):
    """What of a frame is in a packet: part ``part`` of ``parts``, from 1."""

    frame: CarriedFrame
    part: int
    parts: int


class CapturedPacket(msgspec.Struct, eq=False):
    """A captured packet of a Nest connection.

    Attributes:
        segment: The TCP segment in it.
        connection: Where it passed.
        side: The side that sent it.
        shares: The frames with bytes in it, in their order.
        anomalies: Bytes in it that say nothing in this protocol.
        upkeep: What its carrier does besides, with bytes in it.
        answers: The last data packet that it newly acknowledges.
        gap: Bytes before it that the capture lacks.
        findings: What shows in it.
        excerpt: How its payload begins.
    """

    segment: Segment
    connection: Connection | None = None
    side: int = 0
    shares: list[FramePart] = msgspec.field(default_factory=list)
    anomalies: list[Anomaly] = msgspec.field(default_factory=list)
    upkeep: list[Upkeep] = msgspec.field(default_factory=list)
    answers: DataPacket | None = None
    gap: int = 0
    findings: list[Finding] = msgspec.field(default_factory=list)
    excerpt: bytes = b""
    record: DataPacket | None = None

    @property
    def kind(self) -> PacketKind:
        """What it is."""
        return self.segment.kind

    @property
    def number(self) -> int:
        """The record of the capture."""
        return self.segment.number

    @property
    def time_ns(self) -> int:
        """When it was captured."""
        return self.segment.time_ns

    @property
    def from_client(self) -> bool:
        """Whether the client sent it."""
        assert self.connection is not None
        return self.side == (self.connection.client or 0)


# decision 48: What a packet carried is noted between the stages
class Journal(Tap):
    """Note what passes while an inspection goes on.

    Args:
        selective: Whether only packets with frames of chosen exchanges are wanted.
        beginnings: Whether what may begin what Nest does is wanted, as HTTP is.
        excerpts: Whether the beginnings of payloads are kept, to be shown.
        polls: Whether what asks a broker for records waits until that is answered.
        most_held: Packets that may wait until it is known what they carried.

    Attributes:
        nest: The connections that are Nest's, as far as they are known.
    """

    def __init__(
        self,
        *,
        selective: bool = False,
        beginnings: bool = False,
        excerpts: bool = True,
        polls: bool = False,
        most_held: int = MAX_HELD,
    ) -> None:
        self._polls, self._answers = polls, Answers()
        self._selective, self._most_held = selective, most_held
        self._beginnings = beginnings
        self._excerpt = _EXCERPT if excerpts else 0
        self.nest: dict[Connection, None] = {}
        self._hosts: set[object] = set()  # … that speak it
        self._held: deque[CapturedPacket] = deque()
        self._ready: deque[CapturedPacket] = deque()  # … to be yielded
        self._by_number: dict[int, CapturedPacket] = {}
        self._frames: dict[int, list[CarriedFrame]] = {}  # by number of the exchange
        self._latest: CarriedFrame | None = None  # … which is not known at once
        self._fresh: Exchange | None = None  # … of which findings may still come
        self._chosen: dict[int, None] = {}  # exchanges over brokers, the latest

    def read(self, items: Iterable[Exchange | Finding]) -> Iterator[CapturedPacket]:
        """Yield the packets, while the inspection yields what it finds.

        Args:
            items: What the inspection yields that this journal listens to.
        """
        for item in items:
            if isinstance(item, Exchange):
                # What is found about an exchange comes after it, so what was held
                # for the one before is complete now.
                self._choose(item)
                yield from self._release()
            elif item.packet in self._by_number:
                self._by_number[item.packet].findings.append(item)
        self._fresh = None
        yield from self._release(at_end=True)

    def _choose(self, exchange: Exchange) -> None:
        """Remember one over a broker that was chosen, for the sake of its errands."""
        if self._selective and exchange.passage is not None:
            self._chosen[exchange.number] = None
            if len(self._chosen) > self._most_held:
                del self._chosen[next(iter(self._chosen))]

    def segments(
        self, segments: Iterator[Segment], reassembler: Reassembler
    ) -> Iterator[Segment]:
        """Note each segment, and where it passed."""
        for segment in segments:
            packet = CapturedPacket(segment, excerpt=segment.payload[: self._excerpt])
            self._held.append(packet)
            self._by_number[segment.number] = packet
            if self._selective and len(self._held) > self._most_held:
                self._sort_out()  # nothing may have been chosen for long
            yield segment
            self._place(packet, reassembler.direction_of(segment.flow))

    def items(self, items: Iterator[StreamItem]) -> Iterator[StreamItem]:
        """Note which packets newly carry bytes, and which acknowledge them."""
        for item in items:
            if isinstance(item, Acknowledgement):
                self._held[-1].answers = item.packet
            elif isinstance(item, Chunk) and item.packet.number in self._by_number:
                self._by_number[item.packet.number].record = item.packet
            yield item

    def sightings(self, sightings: Iterator[SightingItem]) -> Iterator[SightingItem]:
        """Note the frames, each in the packets that carried it."""
        for item in sightings:
            if isinstance(item, Sighting | Anomaly | Remark | Upkeep):
                self._see(item)
            if isinstance(item, Sighting):
                self._carry(item)
            elif isinstance(item, Anomaly):
                for packet in self._captured(item.record):
                    packet.anomalies.append(item)
            elif isinstance(item, Upkeep):
                for packet in self._captured(*item.records):
                    packet.upkeep.append(item)
            elif isinstance(item, Gap) and item.packet in self._by_number:
                self._by_number[item.packet].gap += item.size
            yield item
            self._file()

    def _see(self, item: Seen) -> None:
        """Learn that a connection is Nest's, which one to a broker need not be."""
        connection = item.direction.connection
        self._answers.hear(item)
        if begins(connection.carrier) and not self._beginnings:
            return
        if connection.carrier or not isinstance(item, Upkeep):
            self._know(connection)

    def _know(self, connection: Connection) -> None:
        if connection not in self.nest:
            self.nest[connection] = None
            if connection.carrier and not begins(connection.carrier):
                self._hosts.update(each.address for each in connection.endpoints)

    def _captured(self, *records: DataPacket) -> Iterator[CapturedPacket]:
        """Yield the packets of some data packets that are still held."""
        for record in records:
            if (packet := self._by_number.get(record.number)) is not None:
                yield packet

    def _carry(self, sighting: Sighting) -> None:
        frame, records = CarriedFrame(sighting), sighting.records
        self._latest = frame
        for part, record in enumerate(records, start=1):
            for packet in self._captured(record):
                packet.shares.append(FramePart(frame, part, len(records)))

    def _file(self) -> None:
        """Keep the latest frame under its exchange, which it belongs to by now."""
        frame, self._latest = self._latest, None
        if frame is not None and frame.sighting.ledger is not None:
            number = frame.sighting.ledger.number
            self._frames.setdefault(number, []).append(frame)

    def exchange(self, exchange: Exchange) -> None:
        """Learn of an exchange that is over: its frames are complete."""
        self._file()
        self._fresh = exchange
        frames = self._frames.pop(exchange.number, [])
        if exchange.left_out:  # replies of which the exchange knows no more
            last = len(exchange.replies)
            known = [frame for frame in frames if frame.sighting.reply < last]
            frames = known + frames[-1:]
        for frame in frames:
            frame.exchange = exchange

    def _place(self, packet: CapturedPacket, direction: Direction | None) -> None:
        """Note where a packet passed, or drop one that nobody listens to."""
        if direction is None or direction.connection.ignored:
            self._drop(packet)
            return
        packet.connection, packet.side = direction.connection, direction.side

    def _drop(self, packet: CapturedPacket) -> None:
        if self._held and self._held[-1] is packet:
            self._held.pop()
        self._by_number.pop(packet.number, None)

    def _release(self, *, at_end: bool = False) -> Iterator[CapturedPacket]:
        """Yield the first packets of which all is known, those of no use left out."""
        self._sort_out(at_end=at_end)
        while self._ready:
            yield self._ready.popleft()

    def _sort_out(self, *, at_end: bool = False) -> None:
        """Part the first packets of which all is known into wanted and others."""
        held = self._held
        while held:
            packet = held[0]
            forced = at_end or len(held) > self._most_held
            if not self._settled(packet) and not forced:
                return
            held.popleft()
            self._by_number.pop(packet.number, None)
            for share in packet.shares:
                if share.part == share.parts:
                    self._drop_frame(share.frame)
            if self._selective and packet.upkeep:
                packet.upkeep = [each for each in packet.upkeep if self._serves(each)]
            if self._wanted(packet):
                self._ready.append(packet)

    def _drop_frame(self, frame: CarriedFrame) -> None:
        """Forget a frame that was yielded before its exchange was over."""
        ledger = frame.sighting.ledger
        if frame.exchange is None and ledger is not None:
            frames = self._frames.get(ledger.number, [])
            if frame in frames:
                frames.remove(frame)
            if not frames:
                self._frames.pop(ledger.number, None)

    def _wanted(self, packet: CapturedPacket) -> bool:
        if packet.connection not in self.nest:
            return False
        if not self._selective or packet.upkeep:
            return True
        return any(
            share.frame.exchange is not None and share.frame.exchange.chosen
            for share in packet.shares
        )

    def _serves(self, upkeep: Upkeep) -> bool:
        """Whether an errand is for an exchange that was chosen."""
        ledger = upkeep.ledger
        return ledger is not None and ledger.number in self._chosen

    def _settled(self, packet: CapturedPacket) -> bool:
        connection = packet.connection
        if connection is None:
            return False
        if _failed(connection) and connection not in self.nest:
            return self._judge(connection)
        if connection.ignored or connection.closed:
            return connection not in self.nest or self._complete(packet)
        return connection in self.nest and self._complete(packet)

    def _judge(self, connection: Connection) -> bool:
        """Whether one that was never established is known to concern Nest, or not to.

        What is found about it comes at the end, for which its packets cannot wait: it
        does if its client speaks Nest, on whatever connection.
        """
        if connection.client_endpoint.address in self._hosts:
            self._know(connection)
        return bool(self._hosts)

    def _complete(self, packet: CapturedPacket) -> bool:
        if packet.kind is not PacketKind.DATA:
            return True
        expected = packet.record.frames if packet.record is not None else 1
        if self._polls and any(map(self._answers.lacks, packet.upkeep)):
            return False
        errands = sum(map(serves, packet.upkeep))
        if self._selective and any(map(goes_on, packet.upkeep)):
            return False
        known = len(packet.shares) + len(packet.anomalies) + errands
        unknown = {None, self._fresh}
        return known >= expected and all(
            share.frame.exchange not in unknown for share in packet.shares
        )


def _failed(connection: Connection) -> bool:
    """Whether a connection is over, and was never established."""
    return connection.closed and connection.attempts > 0 and not connection.established
