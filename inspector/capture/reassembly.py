"""TCP reassembly: segments to consecutive bytes of one direction.

::

    Segment ─► connection ─► direction ─► in order? ──────────► Chunk
                                          early: kept ─► later ─► Chunk
                                          never captured ───────► Gap

A byte counts once, from the first segment that carried it: what comes again is a
retransmission, and where the two differ the first wins. A hole is given up, as a Gap,
when a segment comes from behind it although the other side has already acknowledged
the bytes in it (so they did arrive, and the capture lacks them), or at the end.

Source: RFC 9293, sections 3.4 (sequence numbers) and 3.8.4 (keep-alives).
"""

from __future__ import annotations

from bisect import insort
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from .connections import Chunk, Connection, DataPacket, Direction
from .segments import Segment, TcpFlag, reverse_flow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CONTROL = TcpFlag.SYN | TcpFlag.FIN | TcpFlag.RST
_MAX_EARLY = 1024
"""Packets of one direction that may wait for the bytes in front of them."""
_LINGERING = 4096
"""Closed connections that are remembered, for the ACKs that follow a FIN or RST."""


class Gap(msgspec.Struct, gc=False):
    """Bytes of one direction that the capture lacks.

    Attributes:
        direction: Where they are missing.
        size: How many they are.
        packet: The record that came behind them.
    """

    direction: Direction
    size: int
    packet: int


class Acknowledgement(msgspec.Struct, gc=False):
    """A pure ACK that newly acknowledged bytes, the last of them in ``packet``."""

    direction: Direction
    packet: DataPacket


class Closed(msgspec.Struct, gc=False):
    """Nothing more is expected of a connection.

    Attributes:
        connection: The connection.
        time_ns: When that was known.
        cause: ``close`` (both FINs), ``reset``, or ``end`` (of the capture).
    """

    connection: Connection
    time_ns: int
    cause: str


StreamItem: TypeAlias = Chunk | Gap | Acknowledgement | Closed


class Reassembler:
    """Follow the connections in a sequence of segments.

    Attributes:
        connections: How many have appeared.
    """

    def __init__(self) -> None:
        self.connections = 0
        self._flows: dict[bytes, Direction] = {}
        self._open: dict[Connection, bytes] = {}  # → the flow of its first packet
        self._closed: OrderedDict[Connection, bytes] = OrderedDict()
        self._last_ns = 0

    def reassemble(self, segments: Iterable[Segment]) -> Iterator[StreamItem]:
        """Yield what the segments add, connection by connection, as it comes."""
        flows = self._flows
        for segment in segments:
            direction = flows.get(segment.flow)
            self._last_ns = segment.time_ns
            # Nearly every segment is of an open connection and in order, and is
            # dealt with here; the others take the longer way.
            if direction is not None and direction.expects(segment):
                if segment.payload:
                    yield direction.take(segment)
                else:
                    direction.connection.pure_acks += 1
                packet = direction.opposite.acknowledge(segment)
                if packet is not None and not segment.payload:
                    yield Acknowledgement(direction.opposite, packet)
            else:
                yield from self._receive_unusual(direction, segment)
        for connection in list(self._open):
            yield from self._finish(connection, "end")

    def _receive_unusual(
        self, direction: Direction | None, segment: Segment
    ) -> Iterator[StreamItem]:
        if direction is None:
            direction = self._open_connection(segment)
        elif segment.flags & TcpFlag.SYN and direction.reopened_by(segment):
            yield from self._replace(direction.connection)
            direction = self._open_connection(segment)
        connection = direction.connection
        if connection.closed:
            yield from self._linger(direction, segment)
        elif not connection.ignored:
            yield from self._receive(direction, segment)
        elif segment.flags & (TcpFlag.FIN | TcpFlag.RST):
            yield from self._end(direction, segment)

    def _open_connection(self, segment: Segment) -> Direction:
        self.connections += 1
        connection = Connection(self.connections, segment)
        first, second = connection.directions
        self._flows[segment.flow] = first
        self._flows[reverse_flow(segment.flow)] = second
        self._open[connection] = segment.flow
        return first

    def _receive(self, direction: Direction, segment: Segment) -> Iterator[StreamItem]:
        connection, flags = direction.connection, segment.flags
        if flags & TcpFlag.SYN:
            self._receive_syn(direction, segment)
        elif not direction.begun:
            direction.begin(segment.seq, from_start=False)
        if direction.probed_by(segment):
            connection.keep_alives += 1
        elif segment.payload:
            yield from self._receive_data(direction, segment)
        elif flags & _CONTROL:
            connection.control += 1
        else:
            connection.pure_acks += 1
        if flags & TcpFlag.ACK:
            yield from self._receive_ack(direction, segment)
        if flags & (TcpFlag.FIN | TcpFlag.RST):
            yield from self._end(direction, segment)

    def _linger(self, direction: Direction, segment: Segment) -> Iterator[StreamItem]:
        """Count what follows the end of a connection; only ACKs still matter."""
        for item in self._receive(direction, segment):
            if isinstance(item, Acknowledgement):
                yield item

    def _receive_syn(self, direction: Direction, segment: Segment) -> None:
        if direction.begun:
            return
        direction.begin(segment.seq + 1, from_start=True)
        opener = (
            direction.side if not segment.flags & TcpFlag.ACK else 1 - direction.side
        )
        direction.connection.client = opener

    def _receive_data(
        self, direction: Direction, segment: Segment
    ) -> Iterator[StreamItem]:
        seq = segment.seq + 1 if segment.flags & TcpFlag.SYN else segment.seq
        start = direction.place(seq)
        fresh = self._fresh(direction, start, segment.payload)
        if not fresh:
            direction.connection.retransmissions += 1
            return
        direction.connection.data_packets += 1
        end = fresh[-1][0] + len(fresh[-1][1])
        packet = DataPacket(segment.number, segment.time_ns, fresh[0][0], end)
        direction.sent(packet)
        for place, data in fresh:
            if place == direction.next:
                direction.advance(len(data))
                yield Chunk(direction, data, packet)
            else:
                insort(
                    direction.early, (place, data, packet), key=lambda piece: piece[0]
                )
        if direction.early:
            yield from self._release(direction)

    def _fresh(
        self, direction: Direction, start: int, payload: bytes
    ) -> list[tuple[int, bytes]]:
        """Return the pieces of a payload that no earlier packet carried."""
        skip = direction.next - start
        if skip > 0:
            start, payload = direction.next, payload[skip:]
        if not direction.early:
            return [(start, payload)] if payload else []
        pieces = []
        for place, data, _ in direction.early:
            if place > start and payload:
                pieces.append((start, payload[: place - start]))
            behind = place + len(data) - start
            if behind > 0:
                start, payload = start + behind, payload[behind:]
        pieces.append((start, payload))
        return [(place, piece) for place, piece in pieces if piece]

    def _release(self, direction: Direction) -> Iterator[StreamItem]:
        """Yield the early pieces whose turn has come, giving up a hole if need be."""
        while direction.early:
            place, data, packet = direction.early[0]
            if place > direction.next:
                if not self._lost(direction, place):
                    return
                yield self._give_up(direction, place, packet.number)
            del direction.early[0]
            direction.advance(len(data))
            yield Chunk(direction, data, packet)

    def _lost(self, direction: Direction, place: int) -> bool:
        return direction.acknowledged >= place or len(direction.early) > _MAX_EARLY

    def _give_up(self, direction: Direction, place: int, packet: int) -> Gap:
        gap = Gap(direction, place - direction.next, packet)
        direction.advance(gap.size)
        return gap

    def _receive_ack(
        self, direction: Direction, segment: Segment
    ) -> Iterator[Acknowledgement]:
        """Take in what a side says that it has of the other side's bytes."""
        other = direction.opposite
        if not other.begun:
            other.begin(segment.ack, from_start=False)
        packet = other.acknowledge(segment)
        if packet is not None and not segment.payload and not segment.flags & _CONTROL:
            yield Acknowledgement(other, packet)

    def _end(self, direction: Direction, segment: Segment) -> Iterator[StreamItem]:
        """Take in a FIN or RST, and close the connection when it was the last."""
        connection = direction.connection
        direction.finished = True
        connection.reset = connection.reset or bool(segment.flags & TcpFlag.RST)
        if connection.finished and not connection.closed:
            yield from self._finish(
                connection, "reset" if connection.reset else "close"
            )

    def _finish(self, connection: Connection, cause: str) -> Iterator[StreamItem]:
        """Give up what a connection still waits for, and close it."""
        for direction in connection.directions:
            while direction.early:
                place, data, packet = direction.early.pop(0)
                if place > direction.next:
                    yield self._give_up(direction, place, packet.number)
                direction.advance(len(data))
                yield Chunk(direction, data, packet)
        connection.closed = True
        yield Closed(connection, self._last_ns, cause)
        self._closed[connection] = self._open.pop(connection)
        if len(self._closed) > _LINGERING:
            self._forget(*self._closed.popitem(last=False))

    def _replace(self, connection: Connection) -> Iterator[StreamItem]:
        """Close a connection whose ports are used anew."""
        if not connection.closed:
            yield from self._finish(connection, "close")
        self._forget(connection, self._closed.pop(connection))

    def _forget(self, connection: Connection, flow: bytes) -> None:
        for key in (flow, reverse_flow(flow)):
            direction = self._flows.get(key)
            if direction is not None and direction.connection is connection:
                del self._flows[key]
