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
    MAX_SEARCHED,
    SEARCH_WINDOW,
    Verdict,
    find_frame,
    name_protocol,
    recognise,
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
        searching: Whether its beginning is not in the capture, so that a frame has to
            be found in the middle.
        searched: Bytes that were searched in vain.
        held: Chunks that wait until the direction is recognised.
        gaps: Gaps in front of those.
        received: Bytes that the decoder got.
        waiting: The pieces with bytes of a frame that is not complete: the place
            behind them in what the decoder got, and the data packet.
        counted: Numbers of the data packets that count that frame already.
    """

    __slots__ = (
        "counted",
        "decoder",
        "gaps",
        "held",
        "received",
        "searched",
        "searching",
        "waiting",
    )

    def __init__(self, *, searching: bool) -> None:
        self.searching = searching
        self.searched = 0
        self.held: list[Chunk] = []
        self.gaps: list[Gap] = []
        self.decoder: FrameDecoder | None = None
        self.received = 0
        self.waiting: list[tuple[int, DataPacket]] = []
        self.counted: set[int] = set()

    def begin(self) -> None:
        """Start to decode with the next byte."""
        self.searching = False
        self.decoder = FrameDecoder()
        self.received = 0

    def lose(self) -> None:
        """Learn that bytes are missing here: the next frame has to be found."""
        self.searching = True
        self.decoder = None
        self.held, self.waiting = [], []
        self.counted.clear()

    def carriers(self, frame: Frame) -> list[DataPacket]:
        """Return the data packets of a frame; keep pieces with bytes of the next."""
        begin, end = frame.offset, frame.offset + frame.size
        records: dict[int, DataPacket] = {}
        for behind, record in self.waiting:
            if begin < end:
                records[record.number] = record
            begin = behind
        self.waiting = [piece for piece in self.waiting if piece[0] > end]
        return list(records.values())


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
                if reader is None or reader.decoder is None:
                    yield from self._read_chunk(item)
                elif (sighting := self._decode_whole(reader, item)) is not None:
                    yield sighting
                else:
                    yield from self._decode(reader, item)
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
        """Hold a chunk until its direction is recognised, then decode what was held."""
        connection = chunk.direction.connection
        reader = self._reader(chunk.direction)
        reader.held.append(chunk)
        if connection in self.nest:
            yield from self._begin(reader)
        elif self._recognise(reader, chunk.direction):
            readers = [self._reader(direction) for direction in connection.directions]
            for each in readers:
                yield from self._report_gaps(each)
            held = [each for each in readers if each.held]
            for each in sorted(held, key=lambda each: each.held[0].packet.number):
                yield from self._begin(each)

    def _recognise(self, reader: Reader, direction: Direction) -> bool:
        """Judge a connection by what one of its directions holds."""
        connection = direction.connection
        data = b"".join(held.data for held in reader.held)
        if self._forced(connection):
            verdict = Verdict.NEST
        elif reader.searching:
            verdict = self._search(reader, direction, data)
        else:
            verdict = recognise(data)
        if verdict is Verdict.NEST:
            self.nest[connection] = None
        elif verdict is Verdict.OTHER:
            self._pass_over(connection, name_protocol(data), direction)
        return verdict is Verdict.NEST

    def _search(self, reader: Reader, direction: Direction, data: bytes) -> Verdict:
        """Judge a connection whose beginning the capture lacks.

        It is given up when both directions were searched in vain, or one for long.
        """
        if find_frame(data) is not None:
            return Verdict.NEST
        if name_protocol(data) is not None:
            return Verdict.OTHER
        reader.searched += len(reader.held[-1].data)
        if len(data) > SEARCH_WINDOW:
            del reader.held[:-1]
        other = self._readers.get(direction.opposite)
        enough = other is not None and other.searched > SEARCH_WINDOW
        limit = SEARCH_WINDOW if enough else MAX_SEARCHED
        return Verdict.OTHER if reader.searched > limit else Verdict.UNDECIDED

    def _forced(self, connection: Connection) -> bool:
        ports = (int(connection.endpoint(side).rpartition(":")[2]) for side in (0, 1))
        return bool(self._ports) and not self._ports.isdisjoint(ports)

    def _pass_over(
        self, connection: Connection, name: str | None, direction: Direction
    ) -> None:
        connection.ignored = True
        if name is not None:
            client = connection.client
            server = direction.opposite.side if client is None else 1 - client
            port = connection.endpoint(server).rpartition(":")[2]
            self.foreign[f"{name} on :{port}"] += 1
        for each in connection.directions:
            self._readers.pop(each, None)

    def _begin(self, reader: Reader) -> Iterator[SightingItem]:
        """Decode what a direction held, from where a frame begins."""
        chunks, skip = reader.held, 0
        if reader.searching:
            data = b"".join(chunk.data for chunk in chunks)
            found = find_frame(data)
            if found is None:
                if len(data) > SEARCH_WINDOW:
                    del chunks[:-1]
                return
            skip = found
        reader.held = []
        reader.begin()
        for chunk in chunks:
            if skip < len(chunk.data):
                rest = Chunk(chunk.direction, chunk.data[skip:], chunk.packet)
                yield from self._decode(reader, rest)
            skip = max(skip - len(chunk.data), 0)

    def _decode_whole(self, reader: Reader, chunk: Chunk) -> SightingItem | None:
        """Return what a chunk holds that is one frame, as nearly every one is."""
        decoder, record = reader.decoder, chunk.packet
        if reader.waiting or decoder is None:
            return None
        frame = decoder.receive_frame(chunk.data)
        if frame is None:
            return None
        self.frames += 1
        reader.received += frame.size
        record.frames += 1
        return self._sight(chunk.direction, frame, [record])

    def _decode(self, reader: Reader, chunk: Chunk) -> list[SightingItem]:
        """Return what a chunk completes."""
        decoder, record, direction = reader.decoder, chunk.packet, chunk.direction
        assert decoder is not None
        decoder.receive_data(chunk.data)
        reader.received += len(chunk.data)
        reader.waiting.append((reader.received, record))
        sightings: list[SightingItem] = []
        try:
            while (frame := decoder.next_frame()) is not None:
                self.frames += 1
                record.frames += record.number not in reader.counted
                reader.counted.clear()
                sightings.append(self._sight(direction, frame, reader.carriers(frame)))
        except FramingError as error:
            sightings.append(Anomaly(direction, error, record, decoder.buffered))
            decoder.reset()
            reader.waiting = []
            reader.counted.clear()
        if decoder.buffered and record.number not in reader.counted:
            reader.counted.add(record.number)
            record.frames += 1
        return sightings

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
        reader.lose()
        reader.gaps.append(gap)
        if gap.direction.connection in self.nest:
            yield from self._report_gaps(reader)

    def _report_gaps(self, reader: Reader) -> Iterator[Gap]:
        """Yield the gaps of a direction, once it is known to be Nest's."""
        gaps, reader.gaps = reader.gaps, []
        self.gap_bytes += sum(gap.size for gap in gaps)
        yield from gaps

    def _close(self, closed: Closed) -> Iterator[SightingItem]:
        for direction in closed.connection.directions:
            self._readers.pop(direction, None)
        if closed.connection in self.nest:
            yield closed
