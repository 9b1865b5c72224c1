"""Chunks of one direction to the packets that are seen in them.

::

    Chunk ─► recognised? ─► FrameDecoder ─► parse_packet ─► Sighting
               │ no: held, or the connection is passed over
               └ behind a Gap: the next frame is looked for

What cannot be read is an Anomaly, never an exception, and reading goes on: after a
broken header with the next chunk, as in Nest, after a broken body with the next frame.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from inspector.capture.connections import Chunk
from inspector.capture.reassembly import Acknowledgement, Closed, Gap, StreamItem
from protocol import (
    DecodeError,
    Event,
    Frame,
    FrameDecoder,
    FramingError,
    Packet,
    PacketError,
    Request,
    parse_packet,
)

from .recognition import (
    Verdict,
    find_frame,
    name_protocol,
    recognise,
    search_is_over,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.capture.connections import Connection, DataPacket, Direction


class Sighting(msgspec.Struct, gc=False):
    """A packet, and the data packets of the capture that carried its frame."""

    direction: Direction
    packet: Packet
    frame: Frame
    records: list[DataPacket]


class Anomaly(msgspec.Struct, gc=False):
    """Bytes that say nothing in this protocol.

    Attributes:
        direction: Where they were seen.
        error: What is wrong with them.
        record: The data packet that completed them.
        lost: Bytes that Nest drops with them.
    """

    direction: Direction
    error: DecodeError
    record: DataPacket
    lost: int


SightingItem: TypeAlias = Sighting | Anomaly | Gap | Acknowledgement | Closed


class Reader:
    """What is read of one direction.

    Attributes:
        decoder: Cuts its frames; None while it is not known where one begins.
        base: Place in the stream of the first byte that the decoder got.
        held: Chunks that wait until the direction is recognised.
        waiting: Data packets with bytes of a frame that is not complete.
    """

    __slots__ = ("base", "decoder", "held", "searching", "waiting")

    def __init__(self, *, searching: bool) -> None:
        self.decoder: FrameDecoder | None = None
        self.base = 0
        self.held: list[Chunk] = []
        self.searching = searching
        self.waiting: list[DataPacket] = []


class Observer:
    """Read the packets in the streams of all connections.

    Attributes:
        nest: The connections that are Nest's, in order of appearance.
        foreign: Name of another protocol and port → connections that speak it.
        frames: How many frames were read.
        gap_bytes: Bytes of Nest connections that the capture lacks.
    """

    def __init__(self, ports: frozenset[int] = frozenset()) -> None:
        self.nest: dict[Connection, None] = {}
        self.foreign: Counter[str] = Counter()
        self.frames = 0
        self.gap_bytes = 0
        self._ports = ports
        self._readers: dict[Direction, Reader] = {}

    def observe(self, items: Iterable[StreamItem]) -> Iterator[SightingItem]:
        """Yield what the items say, in the order that it was said."""
        for item in items:
            if isinstance(item, Chunk):
                reader = self._readers.get(item.direction)
                if reader is not None and reader.decoder is not None:
                    yield from self._decode(reader, item)
                else:
                    yield from self._read_chunk(item)
            elif isinstance(item, Acknowledgement):
                yield item
            elif isinstance(item, Gap):
                yield from self._read_gap(item)
            else:
                yield from self._close(item)

    def _reader(self, direction: Direction) -> Reader:
        reader = self._readers.get(direction)
        if reader is None:
            reader = self._readers[direction] = Reader(
                searching=not direction.from_start
            )
        return reader

    def _read_chunk(self, chunk: Chunk) -> Iterator[SightingItem]:
        reader = self._reader(chunk.direction)
        reader.held.append(chunk)
        if chunk.direction.connection in self.nest:
            yield from self._begin(reader)
        elif self._recognise(reader, chunk):
            readers = map(self._reader, chunk.direction.connection.directions)
            held = [each for each in readers if each.held]
            for each in sorted(held, key=lambda each: each.held[0].packet.number):
                yield from self._begin(each)

    def _recognise(self, reader: Reader, chunk: Chunk) -> bool:
        """Judge a connection by what one of its directions holds."""
        direction, connection = chunk.direction, chunk.direction.connection
        data = b"".join(held.data for held in reader.held)
        verdict = recognise(data)
        if verdict is Verdict.OTHER and reader.searching:
            verdict = self._search_verdict(data)
        if self._forced(connection):
            verdict = Verdict.NEST
        if verdict is Verdict.NEST:
            self.nest[connection] = None
        elif verdict is Verdict.OTHER:
            self._pass_over(connection, name_protocol(data), direction)
        return verdict is Verdict.NEST

    def _search_verdict(self, data: bytes) -> Verdict:
        if find_frame(data) is not None:
            return Verdict.NEST
        over = search_is_over(data) or name_protocol(data) is not None
        return Verdict.OTHER if over else Verdict.UNDECIDED

    def _forced(self, connection: Connection) -> bool:
        ports = (int(connection.endpoint(side).rpartition(":")[2]) for side in (0, 1))
        return bool(self._ports) and not self._ports.isdisjoint(ports)

    def _pass_over(
        self, connection: Connection, name: str | None, direction: Direction
    ) -> None:
        connection.ignored = True
        if name is not None:
            server = connection.client if connection.client is not None else None
            side = 1 - server if server is not None else 1 - direction.side
            port = connection.endpoint(side).rpartition(":")[2]
            self.foreign[f"{name} on :{port}"] += 1
        for each in connection.directions:
            self._readers.pop(each, None)

    def _begin(self, reader: Reader) -> Iterator[SightingItem]:
        """Decode what a direction held, from where a frame begins."""
        chunks, reader.held = reader.held, []
        data = b"".join(chunk.data for chunk in chunks)
        skip = 0
        if reader.searching and recognise(data) is not Verdict.NEST:
            found = find_frame(data)
            if found is None:
                reader.held = chunks[-1:] if search_is_over(data) else chunks
                return
            skip = found
        reader.searching = False
        reader.decoder = FrameDecoder()
        reader.base = chunks[0].packet.start + skip
        for chunk in chunks:
            if skip >= len(chunk.data):
                skip -= len(chunk.data)
                continue
            rest = Chunk(chunk.direction, chunk.data[skip:], chunk.packet)
            skip = 0
            yield from self._decode(reader, rest)

    def _decode(self, reader: Reader, chunk: Chunk) -> list[SightingItem]:
        """Return what a chunk completes."""
        decoder, record, direction = reader.decoder, chunk.packet, chunk.direction
        assert decoder is not None
        decoder.receive_data(chunk.data)
        reader.waiting.append(record)
        sightings: list[SightingItem] = []
        try:
            while (frame := decoder.next_frame()) is not None:
                self.frames += 1
                record.frames += 1
                records = reader.waiting
                # Nearly every chunk is one frame: then nothing is left to look for.
                if frame.size == len(chunk.data) and len(records) == 1:
                    reader.waiting = []
                    return [self._sight(direction, frame, records)]
                records = self._carriers(reader, frame)
                sightings.append(self._sight(direction, frame, records))
        except FramingError as error:
            lost = decoder.buffered
            decoder.reset()
            reader.waiting.clear()
            sightings.append(Anomaly(direction, error, record, lost))
        if decoder.buffered:
            record.frames += 1
        return sightings

    def _carriers(self, reader: Reader, frame: Frame) -> list[DataPacket]:
        """Return the data packets of a frame; keep those with bytes of the next."""
        records = reader.waiting
        if len(records) > 1 or records[0].end > reader.base + frame.offset + frame.size:
            end = reader.base + frame.offset + frame.size
            reader.waiting = [record for record in records if record.end > end]
            records = [record for record in records if record.start < end]
        else:
            reader.waiting = []
        return records

    def _sight(
        self, direction: Direction, frame: Frame, records: list[DataPacket]
    ) -> SightingItem:
        try:
            packet = parse_packet(frame)
        except PacketError as error:
            return Anomaly(direction, error, records[-1], 0)
        connection = direction.connection
        if connection.client is None:
            asks = isinstance(packet, Request | Event)
            connection.client = direction.side if asks else 1 - direction.side
        return Sighting(direction, packet, frame, records)

    def _read_gap(self, gap: Gap) -> Iterator[SightingItem]:
        reader = self._reader(gap.direction)
        if gap.direction.connection in self.nest:
            self.gap_bytes += gap.size
        reader.decoder = None
        reader.searching = True
        reader.held, reader.waiting = [], []
        yield gap

    def _close(self, closed: Closed) -> Iterator[SightingItem]:
        for direction in closed.connection.directions:
            self._readers.pop(direction, None)
        if closed.connection in self.nest:
            yield closed
