"""What is known of a TCP connection while its segments pass by."""

from __future__ import annotations

from collections import deque
from typing import Any

import msgspec

from .segments import Segment, TcpFlag, endpoints

_SEQUENCE_SPACE = 1 << 32
_CONTROL = TcpFlag.SYN | TcpFlag.FIN | TcpFlag.RST
NOT_BEGUN = -1
"""In place of a sequence number: none is known."""
DELAYED_ACK_NS = 30_000_000
"""An ACK that comes so much later was delayed: Linux waits for 40 ms."""
RELEASED_WITHIN_NS = 2_000_000
"""What an ACK releases is sent at once; what comes later was not held by it."""


class DataPacket(msgspec.Struct, gc=False):
    """A captured packet that was the first to carry some bytes of a stream.

    Attributes:
        number: The record that carried it.
        time_ns: When that was captured, nanoseconds since 1970.
        start: Place of its first new byte in the stream of its direction.
        end: Place behind its last new byte.
        frames: How many frames have a byte in it, as far as they were decoded.
        acks: Pure ACKs that newly acknowledged it while it had no owner.
        owner: The ledger of what the first frame in it belongs to, once it is known.
        held_ns: How long it waited for the delayed ACK of the data packet before it
            (Nagle's algorithm, RFC 9293, section 3.7.4); 0 when it did not.
    """

    number: int
    time_ns: int
    start: int
    end: int
    frames: int = 0
    acks: int = 0
    owner: Any = None
    held_ns: int = 0


class Chunk(msgspec.Struct, gc=False):
    """Consecutive bytes of one direction, carried by one packet."""

    direction: Direction
    data: bytes
    packet: DataPacket


class Direction:
    """One direction of a connection: the bytes of one side.

    Places in the stream count from 0 for the first byte behind the SYN, or for the
    first byte that was captured.

    Attributes:
        connection: The connection that it belongs to.
        opposite: The other direction.
        side: 0 for the side that the first captured packet came from, else 1.
        next: Place of the next byte wanted.
        acknowledged: Place up to which the other side says that it has the bytes.
        from_start: Whether the capture holds the SYN.
        early: Packets that came before the bytes in front of them, by place.
        unacknowledged: Data packets that the other side has not acknowledged yet.
        latest: The data packet that was captured last.
        late_ack_ns: When a delayed ACK for that packet came; 0 when none did.
    """

    __slots__ = (
        "_acknowledged_seq",
        "_next_seq",
        "acknowledged",
        "connection",
        "early",
        "finished",
        "from_start",
        "late_ack_ns",
        "latest",
        "next",
        "opposite",
        "side",
        "unacknowledged",
    )

    def __init__(self, connection: Connection, side: int) -> None:
        self.connection = connection
        self.side = side
        self.next = 0
        self.acknowledged = 0
        self.from_start = False
        self.finished = False
        self.early: list[tuple[int, bytes, DataPacket]] = []
        self.unacknowledged: deque[DataPacket] = deque()
        self.latest: DataPacket | None = None
        self.late_ack_ns = 0
        self.opposite = self
        self._next_seq = NOT_BEGUN
        self._acknowledged_seq = NOT_BEGUN

    @property
    def begun(self) -> bool:
        """Whether a sequence number of this direction is known."""
        return self._next_seq != NOT_BEGUN

    def begin(self, seq: int, *, from_start: bool) -> None:
        """Learn the sequence number of the first byte."""
        self._next_seq = seq % _SEQUENCE_SPACE
        self.from_start = from_start

    def place(self, seq: int) -> int:
        """Return the place of a sequence number, by its distance (RFC 1982)."""
        distance = (seq - self._next_seq) & 0xFFFFFFFF
        return self.next + (
            distance if distance < 1 << 31 else distance - _SEQUENCE_SPACE
        )

    def expects(self, segment: Segment) -> bool:
        """Whether a segment is the next one, and nothing about it is unusual."""
        connection = self.connection
        return (
            segment.seq == self._next_seq
            and segment.flags & (_CONTROL | TcpFlag.ACK) == TcpFlag.ACK
            and not self.early
            and not connection.closed
            and not connection.ignored
            and self.opposite.begun
        )

    def take(self, segment: Segment) -> Chunk:
        """Take in a segment that is expected and has a payload."""
        size, start = len(segment.payload), self.next
        self.next = start + size
        self._next_seq = (segment.seq + size) & 0xFFFFFFFF
        self.connection.data_packets += 1
        packet = DataPacket(segment.number, segment.time_ns, start, start + size)
        self.sent(packet)
        return Chunk(self, segment.payload, packet)

    def acknowledge(self, segment: Segment) -> DataPacket | None:
        """Take in an ACK of the other side; return the last packet that it is for.

        None when it acknowledges nothing new.
        """
        if segment.ack == self._acknowledged_seq:
            return None
        place = self.place(segment.ack)
        if place <= self.acknowledged:
            return None
        self._acknowledged_seq = segment.ack
        self.acknowledged = place
        packet, waiting = None, self.unacknowledged
        while waiting and waiting[0].start < place:
            packet = waiting[0]
            if packet.end > place:
                break
            waiting.popleft()
        if packet is not None and packet is self.latest and not segment.payload:
            waited = segment.time_ns - packet.time_ns
            self.late_ack_ns = segment.time_ns if waited > DELAYED_ACK_NS else 0
        return packet

    def sent(self, packet: DataPacket) -> None:
        """Learn of a new data packet."""
        if self.late_ack_ns and self.latest is not None:
            if packet.time_ns - self.late_ack_ns < RELEASED_WITHIN_NS:
                packet.held_ns = packet.time_ns - self.latest.time_ns
            self.late_ack_ns = 0
        self.latest = packet
        self.unacknowledged.append(packet)

    def reopened_by(self, segment: Segment) -> bool:
        """Whether a SYN is of a new connection on the same ports.

        A repeated SYN has the sequence number of the first one.
        """
        if segment.flags & TcpFlag.ACK or not self.begun:
            return False
        return not (self.from_start and self.place(segment.seq + 1) == 0)

    def probed_by(self, segment: Segment) -> bool:
        """Whether a segment is a keep-alive: it names the byte before the next one.

        Source: RFC 9293, section 3.8.4.
        """
        return (
            len(segment.payload) <= 1
            and not segment.flags & (TcpFlag.SYN | TcpFlag.FIN | TcpFlag.RST)
            and self.place(segment.seq) == self.next - 1
            and not self.finished
        )

    def advance(self, size: int) -> None:
        """Learn that ``size`` more bytes are consumed."""
        self.next += size
        self._next_seq = (self._next_seq + size) & 0xFFFFFFFF


class Connection:
    """A TCP connection, and the count of its packets.

    Attributes:
        number: In order of appearance, from 1.
        opened_ns: When its first packet was captured.
        directions: Its two directions; the first is that of its first packet.
        client: The side that sent the SYN; None while nobody knows.
        ignored: Whether nobody listens to it: its segments are passed over.
        reset: Whether a side has sent an RST.
        closed: Whether its end was reported.
        control: Segments with SYN, FIN or RST and no data.
        pure_acks: Segments with an ACK and nothing else.
        data_packets: Segments that were the first to carry some bytes.
        retransmissions: Segments that carried bytes that had passed before.
        keep_alives: Segments that probe whether the other side is there.
    """

    def __init__(self, number: int, segment: Segment) -> None:
        self.number = number
        self.opened_ns = segment.time_ns
        self.directions = first, second = Direction(self, 0), Direction(self, 1)
        first.opposite, second.opposite = second, first
        self.client: int | None = None
        self.ignored = False
        self.reset = False
        self.closed = False
        self.control = 0
        self.pure_acks = 0
        self.data_packets = 0
        self.retransmissions = 0
        self.keep_alives = 0
        self._endpoints = endpoints(segment.flow)

    @property
    def packets(self) -> int:
        """How many packets of the capture belong to it."""
        return (
            self.control
            + self.pure_acks
            + self.data_packets
            + self.retransmissions
            + self.keep_alives
        )

    @property
    def finished(self) -> bool:
        """Whether both sides have sent their FIN, or one its RST."""
        return self.reset or all(direction.finished for direction in self.directions)

    def endpoint(self, side: int) -> str:
        """Return the ``address:port`` of a side."""
        return self._endpoints[side]

    @property
    def client_endpoint(self) -> str:
        """The client, or the side of the first packet while nobody knows."""
        return self.endpoint(self.client or 0)

    @property
    def server_endpoint(self) -> str:
        """The server, or the other side while nobody knows."""
        return self.endpoint(1 - (self.client or 0))
