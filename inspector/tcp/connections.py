"""What is known of a TCP connection while its segments pass by."""

from __future__ import annotations

from inspector.streams import connections as streams
from inspector.streams.flags import CONTROL, TcpFlag
from inspector.streams.packets import DELAYED_ACK_NS, DataPacket, InFlight

from .reordering import ReorderBuffer
from .segments import Segment, endpoints, network_in, reverse_flow

_SEQUENCE_MASK = 0xFFFFFFFF
_HALF = 1 << 31
_OPENING = TcpFlag.SYN | TcpFlag.ACK
"""Of these flags the segment that asks for a connection has SYN alone."""
_UNKNOWN = -1
"""In place of a sequence number: none is known."""
_UNRELATED = 1 << 24
"""Bytes between what belongs to one connection and what cannot."""
STOPPED_NS = 200_000_000
"""A side that has no room for so long does not merely catch up.

Source: Linux, ``include/net/tcp.h``, ``TCP_RTO_MIN``: when the first probe is due.
"""
RELEASED_WITHIN_NS = 2_000_000
"""What an ACK releases is sent at once; what comes later was not held by it."""


class Direction(streams.Direction):
    """One direction of a TCP connection; the byte after the SYN has place 0.

    Attributes:
        counts: The packets of its connection.
        expected: The sequence number of an ordinary next segment; none is expected
            while anything about the connection is unusual.
        acknowledged: Place up to which the other side says that it has what was
            captured.
        provisional: Whether neither a SYN nor data have shown where it begins: bytes
            missing there were sent before the capture began, and are not a hole.
        fin: Place of the FIN, which follows the last byte; None before it comes.
        stopped: Whether its side said last that it has no room for more bytes.
        stopped_ns: Since when it says so; 0 while it has room.
        buffer: What came ahead of the bytes before it.
        probe: What tried last whether the other side is there. If it brought the next
            byte, that is data once the other side takes it.
        unacknowledged: Data packets that the other side has not acknowledged yet.
        latest: The data packet that was captured last.
        late_ack_ns: When a delayed ACK for that packet came; 0 when none did.
    """

    __slots__ = (
        "_acknowledged_seq",
        "_start_seq",
        "acknowledged",
        "buffer",
        "counts",
        "expected",
        "fin",
        "late_ack_ns",
        "latest",
        "probe",
        "provisional",
        "stopped",
        "stopped_ns",
        "unacknowledged",
    )
    connection: Connection
    opposite: Direction

    def __init__(self, connection: Connection, side: int) -> None:
        super().__init__(connection, side)
        self.counts = connection.counts
        self.expected = _UNKNOWN
        self.acknowledged = 0
        self.provisional = False
        self.fin: int | None = None
        self.stopped = False
        self.stopped_ns = 0
        self.buffer = ReorderBuffer()
        self.probe: Segment | None = None
        self.unacknowledged = InFlight()
        self.latest: DataPacket | None = None
        self.late_ack_ns = 0
        self._start_seq = _UNKNOWN
        self._acknowledged_seq = _UNKNOWN

    @property
    def begun(self) -> bool:
        """Whether a sequence number of this direction is known."""
        return self._start_seq != _UNKNOWN

    @property
    def start_seq(self) -> int:
        """The sequence number of its first byte, or of the first that was captured."""
        return self._start_seq

    @property
    def finished(self) -> bool:
        """Whether its FIN has come, and all bytes before it."""
        return self.fin is not None and self.next >= self.fin

    @property
    def undisturbed(self) -> bool:
        """Whether nothing is missing, and its side has room for the other's bytes."""
        waits = self.buffer or (self.fin is not None and self.next < self.fin)
        return self.begun and not (waits or self.stopped)

    def begin(
        self, seq: int, *, from_start: bool = False, provisional: bool = False
    ) -> None:
        """Learn the sequence number of the first byte."""
        self._start_seq = seq & _SEQUENCE_MASK
        self.from_start = from_start
        self.provisional = provisional

    def place(self, seq: int) -> int:
        """Return the place of a sequence number, by its distance (RFC 1982)."""
        distance = (seq - self._start_seq - self.next) & _SEQUENCE_MASK
        return self.next + (distance if distance < _HALF else distance - 2 * _HALF)

    def begins_anew(self, segment: Segment) -> bool:
        """Whether a segment is of a new connection on the ports of this one.

        A repeated SYN has the sequence number of the first one. An answer to a SYN, or
        data far from the stream, are of another connection only where this one has
        ended: the capture lacks the SYN.
        """
        flags, connection = segment.flags, self.connection
        closed = connection.closed or (connection.pending is not None and self.heard)
        if not self.begun:
            return False
        if flags & TcpFlag.SYN:
            repeated = self._start_seq == (segment.seq + 1) & _SEQUENCE_MASK
            return not repeated and (closed or not flags & TcpFlag.ACK)
        distance = self.place(segment.seq) - self.next
        return closed and bool(segment.payload) and abs(distance) > _UNRELATED

    def continues(self, segment: Segment) -> bool:
        """Whether a segment of these addresses in another network is of this direction.

        Its way may change the network, in one direction alone or for a copy of each
        packet; then the numbers go on. Those of another connection hardly do.
        """
        flags, opposite = segment.flags, self.opposite
        if self.begun and flags & TcpFlag.SYN:
            return self._start_seq == (segment.seq + 1) & _SEQUENCE_MASK
        near = [self.place(segment.seq) - self.next] if self.begun else []
        if flags & TcpFlag.ACK and opposite.begun:
            near.append(opposite.place(segment.ack) - opposite.next)
        return bool(near) and all(abs(each) < _UNRELATED for each in near)

    def only_probes(self, segment: Segment) -> bool:
        """Whether a segment only asks whether the other side is there, or has room.

        A keep-alive names the byte before the next one (RFC 9293, section 3.8.4), and
        so does Linux to a side that has no room; others send it the next byte (RFC
        9293, section 3.8.6.1).
        """
        size = len(segment.payload)
        if size > 1 or segment.flags & CONTROL or self.fin is not None:
            return False
        place = self.place(segment.seq)
        if size and place == self.next:
            return self.opposite.stopped
        return place == self.next - 1

    def settle(self, *, ordinary: bool) -> None:
        """Say which segment would be an ordinary one, if any would."""
        self.expected = (
            (self._start_seq + self.next) & _SEQUENCE_MASK
            if ordinary and not self.provisional and self.fin is None
            else _UNKNOWN
        )

    def take(self, number: int, time_ns: int, size: int) -> DataPacket:
        """Take in a segment that is expected and has a payload.

        Args:
            number: The record that carried it.
            time_ns: When that was captured, in nanoseconds.
            size: Bytes of the payload.
        """
        start = self.next
        self.next = end = start + size
        self.expected = (self.expected + size) & _SEQUENCE_MASK
        self.counts.data_packets += 1
        packet = DataPacket(number, time_ns, start, end)
        if self.late_ack_ns:
            self._release(packet)
        self.latest = packet
        self.unacknowledged.append(packet)
        return packet

    def acknowledge(
        self, ack: int, number: int, time_ns: int, *, pure: bool
    ) -> DataPacket | None:
        """Take in an ACK of the other side; return the last packet that it is for.

        None when it acknowledges nothing new of what was captured.

        Args:
            ack: The next sequence number that the other side expects.
            number: The record of its segment.
            time_ns: When that was captured, in nanoseconds.
            pure: Whether the segment carries nothing else.
        """
        waiting = self.unacknowledged
        if not waiting or ack == self._acknowledged_seq:
            return None
        self._acknowledged_seq = ack
        packet: DataPacket | None
        if ack == self.expected:  # nearly every ACK is for all there is
            packet, self.acknowledged = waiting[-1], self.next
            waiting.clear()
        else:
            packet = self._acknowledge_part(self.place(ack))
        if pure and packet is not None and packet is self.latest:
            waited = time_ns - packet.time_ns
            self.late_ack_ns = 0
            if waited > DELAYED_ACK_NS:
                self.late_ack_ns = time_ns
                self.connection.late_ack = number, waited
        return packet

    def _acknowledge_part(self, place: int) -> DataPacket | None:
        if place <= self.acknowledged:
            return None
        # What the capture lacks is not trusted: a damaged number may be anything.
        self.acknowledged = min(place, self.buffer.end if self.buffer else self.next)
        waiting, packet = self.unacknowledged, None
        while waiting and waiting[0].start < place:
            packet = waiting[0]
            if packet.end > place:
                break
            waiting.popleft()
        return packet

    def sent(self, packet: DataPacket) -> None:
        """Learn of a new data packet."""
        self.counts.data_packets += 1
        if self.late_ack_ns:
            self._release(packet)
        self.latest = packet
        self.unacknowledged.add(packet)

    def _release(self, packet: DataPacket) -> None:
        """Learn which data packet followed a delayed ACK."""
        if (
            self.latest is not None
            and 0 <= packet.time_ns - self.late_ack_ns < RELEASED_WITHIN_NS
        ):
            packet.held_ns = packet.time_ns - self.latest.time_ns
            self.connection.held = True
        self.late_ack_ns = 0

    def hear(self, segment: Segment) -> None:
        """Learn what the header of a segment says beside its place."""
        flags, opposite = segment.flags, self.opposite
        self.heard = True
        if flags & TcpFlag.SYN:
            self._hear_syn(segment)
        elif not self.begun or (segment.payload and self._begins_elsewhere(segment)):
            self.begin(segment.seq, provisional=True)
        if flags & _OPENING != TcpFlag.SYN and not flags & TcpFlag.RST:
            self.connection.established = True
        if flags & TcpFlag.ACK and not opposite.begun:
            opposite.begin(segment.ack, provisional=True)
        if flags & TcpFlag.ACK and not opposite.heard and self.fin is None:
            opposite.claimed = max(opposite.claimed, opposite.place(segment.ack))
        self.stopped = not segment.window and not flags & CONTROL
        if not self.stopped:
            self.stopped_ns = 0
            return
        self.counts.zero_windows += 1
        self.stopped_ns = self.stopped_ns or segment.time_ns
        if segment.time_ns - self.stopped_ns >= STOPPED_NS:
            self.note("zero window", segment)

    def _begins_elsewhere(self, segment: Segment) -> bool:
        """Whether the first data show that a provisional beginning was wrong.

        It was that of a keep-alive, or of an ACK for bytes that are sent again.
        """
        if not self.provisional or self.buffer:
            return False
        place = self.place(segment.seq)
        return place < 0 or place == 1

    def note(self, trouble: str, segment: Segment) -> None:
        """Remember which segment was the first to show a trouble of a kind."""
        first = (self.side, segment.number)
        self.connection.trouble.setdefault(trouble, first)

    def _hear_syn(self, segment: Segment) -> None:
        asks = not segment.flags & TcpFlag.ACK
        self.connection.attempts += asks
        if self.from_start:
            return
        if not self.begun or self.provisional:
            self.begin(segment.seq + 1, from_start=True)
        self.connection.client = self.side if asks else 1 - self.side

    def advance(self, size: int) -> None:
        """Learn that ``size`` more bytes are consumed."""
        self.next += size
        self.provisional = False


class Connection(streams.Connection):
    """A TCP connection.

    Attributes:
        flow: The flow of its first packet.
        original: Which it may be, seen once more with an end translated.
        others: More flows of it, in other virtual networks.
        pending: What ended it, while packets of a side may still follow later
            in the capture; else None.
    """

    __slots__ = ("flow", "original", "others", "pending")
    directions: tuple[Direction, Direction]

    def __init__(self, number: int, segment: Segment) -> None:
        ends = endpoints(segment.flow)
        super().__init__(number, ends, segment.number, segment.time_ns)
        self.flow = segment.flow
        self.network = network_in(segment.flow)
        self.original: Connection | None = None
        self.others: tuple[bytes, ...] = ()
        self.pending: Segment | None = None
        self.directions = first, second = Direction(self, 0), Direction(self, 1)
        first.opposite, second.opposite = second, first

    @property
    def flows(self) -> tuple[bytes, ...]:
        """The flows of its two directions, that of its first packet first."""
        return self.flow, reverse_flow(self.flow), *self.others

    def ignore(self) -> None:
        """Learn that no stage reads it any more: no segment is an ordinary one."""
        super().ignore()
        self.settle()

    def settle(self) -> None:
        """Say which segments would be ordinary ones, until something unusual comes."""
        first, second = self.directions
        # What acknowledges bytes of a side that was never heard is worth a look.
        ordinary = (
            not (self.closed or self.ignored)
            and first.heard
            and second.heard
            and first.undisturbed
            and second.undisturbed
        )
        first.settle(ordinary=ordinary)
        second.settle(ordinary=ordinary)

    @property
    def finished(self) -> bool:
        """Whether both sides have sent their FIN, or one its RST.

        Of a side of which nothing was captured since the SYN no FIN is asked for; but
        see :attr:`lacks_a_side`.
        """
        return self.reset or all(
            direction.finished
            or (direction.opposite.from_start and not direction.heard)
            for direction in self.directions
        )

    @property
    def lacks_a_side(self) -> bool:
        """Whether a side was not captured (yet), or not up to what was acknowledged.

        The rest may follow later, if the records are not in the order of time.
        """
        return any(
            (self.established and not each.heard)
            or (each.next < each.claimed and not each.finished)
            for each in self.directions
        )
