"""TCP reassembly: segments to consecutive bytes of one direction.

::

    Segment ─► connection ─► direction ─► in order? ──────────► Chunk
                                          ahead: kept ─► later ─► Chunk
                                          never captured ───────► Gap

A byte counts once, for the segment that was captured first with it; what comes again
is a retransmission. A hole is given up, as a Gap, when the other side acknowledges
bytes after it (so those in it did arrive, and the capture lacks them), when what waits
takes too much memory, or at the end. ``docs/reassembly.md`` describes the policies.

Source: RFC 9293, sections 3.4 (sequence numbers), 3.6 (closing) and 3.8.
"""

from __future__ import annotations

from heapq import heapify, heapreplace
from typing import TYPE_CHECKING

from inspector.limits import Limits
from inspector.streams.connections import Ending
from inspector.streams.flags import CONTROL, TcpFlag
from inspector.streams.items import (
    Acknowledgement,
    Chunk,
    Closed,
    End,
    Gap,
    Limited,
    StreamItem,
)
from inspector.streams.packets import DataPacket, PacketKind

from .copies import RecentSegments
from .flows import FlowTable
from .interest import Interest
from .reordering import Piece
from .translations import Translations

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from .connections import Connection, Direction
    from .segments import Segment

_ACK = TcpFlag.ACK
_ORDINARY = CONTROL | _ACK
"""Of these flags an ordinary segment has ACK alone."""
_ENDING = TcpFlag.FIN | TcpFlag.RST
# Looking a member up in an enumeration costs more than in a module.
_EVICTED = 16
"""The part of the open connections that is forgotten when there are too many."""


class Reassembler:
    """Follow the connections in a sequence of segments.

    Args:
        limits: What may be kept while they pass by.
        interest: Learns which connections are over, so that segments on their ports
            are of interest again.

    Attributes:
        translations: Connections that are seen once more, with an end translated.
        directions: Flow → the direction that it is.
        recent: The segments that were captured last.
    """

    def __init__(
        self, limits: Limits | None = None, interest: Interest | None = None
    ) -> None:
        self._limits = limits or Limits()
        interest = interest or Interest()
        self._flows = FlowTable(interest, self._limits.lingering)
        self.directions = self._flows.directions
        self.translations = Translations(interest)
        self.recent = RecentSegments()
        self._waiting: dict[Direction, None] = {}  # directions with pieces that wait
        self._held = 0  # bytes of memory that those take

    @property
    def connections(self) -> int:
        """How many connections have appeared."""
        return self._flows.opened

    def direction_of(self, flow: bytes) -> Direction | None:
        """Return the direction of a flow, None when no connection has it now."""
        return self._flows.directions.get(flow)

    def reassemble(self, segments: Iterable[Segment]) -> Iterator[StreamItem]:
        """Yield what the segments add to their streams, in the order of the capture.

        A segment is given its kind before what it adds is yielded.
        """
        directions, remember = self.directions, self.recent.append
        for segment in segments:
            direction = directions.get(segment.flow)
            # Nearly every segment is of an open connection, in order, with nothing
            # unusual about either, and is dealt with here.
            if (
                direction is not None
                and segment.seq == direction.expected
                and segment.flags & _ORDINARY == _ACK
                and segment.window
                and not segment.missing
            ):
                opposite, payload = direction.opposite, segment.payload
                number, time_ns = segment.number, segment.time_ns
                packet = None
                if opposite.unacknowledged:
                    packet = opposite.acknowledge(
                        segment.ack, number, time_ns, pure=not payload
                    )
                if payload:
                    remember(segment)
                    taken = direction.take(number, time_ns, len(payload))
                    yield Chunk(direction, payload, taken)
                    continue
                if packet is not None:
                    remember(segment)
                    direction.counts.pure_acks += 1
                    yield Acknowledgement(opposite, packet)
                    continue
            yield from self.receive(direction, segment)

    # decision 17: What is open at the end of a capture was open until its last record
    def end(self, end: End) -> Iterator[StreamItem]:
        """Yield what the end of the capture brings: connections that are open end."""
        for connection in self._flows.still_open():
            yield from self._conclude(connection, "end", end)
        yield end

    def receive(
        self, direction: Direction | None, segment: Segment
    ) -> Iterator[StreamItem]:
        """Yield what any one segment adds, whatever it is.

        Args:
            direction: That of its flow; None where no connection has that now.
            segment: The segment.
        """
        if direction is None:
            direction = self._flows.elsewhere(segment)
        if direction is None:
            direction = yield from self._open(segment)
        elif direction.connection.ignored and not segment.flags & TcpFlag.SYN:
            yield from self._end_ignored(direction, segment)
            return
        elif self.recent.hold_copy_of(segment):
            segment.unusual = PacketKind.COPY
            direction.counts.copies += 1
            direction.note("copy", segment)
            return
        elif direction.begins_anew(segment):
            yield from self._replace(direction.connection, segment)
            direction = yield from self._open(segment)
        if segment.flags & TcpFlag.SYN:
            self.translations.see(direction, segment, self.recent, self._flows)
        self.recent.append(segment)
        if direction.connection.closed:
            yield from self._linger(direction, segment)
        else:
            yield from self._receive(direction, segment)
            direction.connection.settle()

    def _open(self, segment: Segment) -> Generator[StreamItem, None, Direction]:
        if len(self._flows) >= self._limits.connections:
            yield from self._evict(segment)
        return self._flows.open(segment)

    def _evict(self, segment: Segment) -> Iterator[StreamItem]:
        """Forget the connections that are over, or were silent for longest."""
        count = len(self._flows) // _EVICTED + 1
        over = self._flows.pending(count)
        for connection in over:
            yield from self._conclude(connection, "limit", segment)
        for connection in () if over else self._flows.quietest(count):
            yield Limited(connection.directions[0], "connections", segment.number)
            yield from self._finish(connection, "limit", segment)
            self._flows.forget(connection)

    def _end_ignored(
        self, direction: Direction, segment: Segment
    ) -> Iterator[StreamItem]:
        """Take in the FIN or RST of a connection that is passed over."""
        connection = direction.connection
        if segment.flags & _ENDING and not connection.closed:
            direction.heard, direction.fin = True, direction.next
            if segment.flags & TcpFlag.RST:
                connection.reset = True
                direction.note("reset", segment)
            if connection.finished:
                yield from self._finish(connection, "close", segment)

    def _linger(self, direction: Direction, segment: Segment) -> Iterator[StreamItem]:
        """Count what follows the end of a connection; only ACKs still matter."""
        for item in self._receive(direction, segment):
            if isinstance(item, Acknowledgement):
                yield item

    def _receive(self, direction: Direction, segment: Segment) -> Iterator[StreamItem]:
        flags = segment.flags
        direction.hear(segment)
        probing = direction.only_probes(segment)
        packet = None
        if flags & TcpFlag.ACK:
            # Before its data: they may answer what this acknowledges.
            packet = direction.opposite.acknowledge(
                segment.ack,
                segment.number,
                segment.time_ns,
                pure=not segment.payload,
            )
            yield from self._believe(direction.opposite, segment)
        if probing:
            segment.unusual = PacketKind.KEEP_ALIVE
            direction.counts.keep_alives += 1
            direction.probe = segment
        elif (segment.payload or segment.missing) and not flags & TcpFlag.RST:
            yield from self._receive_data(direction, segment)
        elif flags & CONTROL:
            segment.unusual = PacketKind.CONTROL
            direction.counts.control += 1
        else:
            direction.counts.pure_acks += 1
            if packet is not None:
                yield Acknowledgement(direction.opposite, packet)
        yield from self._receive_end(direction, segment)

    # decision 10: A hole is given up by evidence, not by a timer
    def _believe(self, direction: Direction, segment: Segment) -> Iterator[StreamItem]:
        """Take for lost what the other side says that it has, and the capture lacks."""
        place, probe = direction.place(segment.ack), direction.probe
        if probe is not None and place > direction.place(probe.seq) >= direction.next:
            direction.probe = None
            direction.counts.keep_alives -= 1
            yield from self._receive_data(direction, probe)
        while direction.buffer and direction.buffer.first.start < place:
            yield from self._give_up(direction)
        if direction.fin is not None and direction.next < direction.fin < place:
            yield from self._skip(direction, direction.fin, segment.number)

    def _receive_data(
        self, direction: Direction, segment: Segment
    ) -> Iterator[StreamItem]:
        seq = segment.seq + 1 if segment.flags & TcpFlag.SYN else segment.seq
        start, payload = direction.place(seq), segment.payload
        end = start + len(payload) + segment.missing
        skip = direction.next - start
        if skip > 0:
            start, payload = direction.next, payload[skip:]
        spans = direction.buffer.unclaimed(start, end)
        if not spans:
            segment.unusual = PacketKind.RETRANSMISSION
            direction.counts.retransmissions += 1
            direction.note("retransmission", segment)
            return
        segment.unusual = None
        packet = DataPacket(segment.number, segment.time_ns, spans[0][0], spans[-1][1])
        direction.sent(packet)
        if start == direction.next and not direction.buffer:
            yield from self._deliver(direction, Chunk(direction, payload, packet), end)
            return
        if direction.connection.closed:  # the bytes before it are not waited for
            return
        before = direction.buffer.size
        direction.buffer.add(Piece(start, end, payload, packet), spans)
        self._account(direction, before)
        yield from self._release(direction)
        yield from self._keep_to_limits(direction, segment)

    # decision 14: Of bytes that overlap, what fills a hole wins
    def _deliver(
        self, direction: Direction, chunk: Chunk, end: int
    ) -> Iterator[StreamItem]:
        """Yield bytes whose turn has come, and what the capture cut off of them."""
        if chunk.data:
            direction.advance(len(chunk.data))
            yield chunk
        if direction.next < end:
            yield from self._skip(direction, end, chunk.packet.number, cut=True)

    def _release(self, direction: Direction) -> Iterator[StreamItem]:
        """Yield the pieces that wait no longer."""
        buffer = direction.buffer
        before = buffer.size
        while (piece := buffer.pop(direction.next)) is not None:
            for start, end, packet in buffer.carriers(direction.next, piece.end):
                data = piece.data[start - piece.start : end - piece.start]
                yield from self._deliver(direction, Chunk(direction, data, packet), end)
        self._account(direction, before)

    def _account(self, direction: Direction, before: int) -> None:
        """Note how much waits now."""
        self._held += direction.buffer.size - before
        if direction.buffer:
            self._waiting[direction] = None
        else:
            self._waiting.pop(direction, None)

    # decision 15: A hole waits for an ACK after it, not for one of the bytes in it
    def _skip(
        self, direction: Direction, place: int, packet: int, *, cut: bool = False
    ) -> Iterator[Gap]:
        size = place - direction.next
        if not direction.provisional:
            yield Gap(direction, size, packet, cut)
        direction.advance(size)

    def _give_up(self, direction: Direction) -> Iterator[StreamItem]:
        """Take the first hole of a direction for lost."""
        first = direction.buffer.first
        yield from self._skip(direction, first.start, first.packet.number)
        yield from self._release(direction)

    def _keep_to_limits(
        self, direction: Direction, segment: Segment
    ) -> Iterator[StreamItem]:
        buffer, other = direction.buffer, direction.opposite.buffer
        while buffer and buffer.size + other.size > self._limits.connection_memory:
            yield Limited(direction, "connection_memory", segment.number)
            yield from self._give_up(direction)
        if self._held > self._limits.memory:
            yield from self._make_room(segment)

    def _make_room(self, segment: Segment) -> Iterator[StreamItem]:
        """Take for lost the first holes of those with most, until an eighth is free.

        So much, because to find those takes a look at all.
        """
        enough = self._limits.memory * 7 // 8
        heap = [
            (-each.buffer.size, index, each) for index, each in enumerate(self._waiting)
        ]
        heapify(heap)
        while self._held > enough:
            _, index, largest = heap[0]
            yield Limited(largest, "memory", segment.number)
            yield from self._give_up(largest)
            largest.connection.settle()
            heapreplace(heap, (-largest.buffer.size, index, largest))

    def _receive_end(
        self, direction: Direction, segment: Segment
    ) -> Iterator[StreamItem]:
        """Take in a FIN or RST, and close a connection that has nothing to wait for."""
        connection, flags = direction.connection, segment.flags
        if flags & _ENDING and connection.ending is None:
            reset = bool(flags & TcpFlag.RST)
            connection.ending = Ending(
                direction.side, reset, segment.number, segment.time_ns
            )
        if flags & TcpFlag.FIN and direction.fin is None:
            size = len(segment.payload) + segment.missing
            direction.fin = direction.place(segment.seq) + size
        if flags & TcpFlag.RST:
            connection.reset = True
            direction.note("reset", segment)
        if connection.closed:
            return
        if not connection.finished:
            self._flows.resume(connection)
        elif connection.lacks_a_side:
            self._flows.suspend(connection, segment)
        else:
            yield from self._conclude(
                connection, "close", connection.pending or segment
            )

    def _conclude(
        self, connection: Connection, cause: str, end: Segment | End
    ) -> Iterator[StreamItem]:
        """Close a connection with what ended it, if that is known, else otherwise."""
        if connection.pending is not None:
            cause, end = "close", connection.pending
        if connection.reset:
            cause = "reset"
        yield from self._finish(connection, cause, end)

    def _finish(
        self, connection: Connection, cause: str, end: Segment | End
    ) -> Iterator[StreamItem]:
        """Give up what a connection still waits for, and close it."""
        for direction in connection.directions:
            while direction.buffer:
                yield from self._give_up(direction)
            if direction.fin is not None and direction.next < direction.fin:
                yield from self._skip(direction, direction.fin, end.number)
        self._flows.close(connection)
        yield Closed(connection, end.time_ns, cause)

    def _replace(
        self, connection: Connection, segment: Segment
    ) -> Iterator[StreamItem]:
        """Close a connection whose ports are used anew."""
        if not connection.closed:
            yield from self._finish(connection, "close", segment)
        self._flows.forget(connection)
