"""Consecutive bytes of one direction to the packets in them.

::

    Chunk ─► FrameDecoder ─► parse_packet ─► Sighting
               │                  └ no packet: in another unit? else an Anomaly
               └ waits, though it is whole in bytes: another unit

What cannot be read is an Anomaly, never an exception, and reading goes on: after a
broken header with the next chunk, as in Nest, after a broken body with the next frame.
What Nest would do with the bytes besides is a Remark.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from inspector.calls.seen import Anomaly, Remark, Seen, Sighting
from protocol import (
    MAX_UNIT_SIZE,
    NEST_MAX_UNITS,
    DecodeError,
    Event,
    Frame,
    FrameDecoder,
    FramingError,
    InvalidJsonError,
    LengthUnit,
    Packet,
    PacketError,
    Request,
    SplitCharacterError,
    UnknownPacketError,
    parse_body,
    parse_packet,
    whole_body,
)

from .dialects import Doubt, bytes_lacking, first_frame, remark_unit, unit_that_fits
from .patience import Crowds, remark_silence
from .pieces import Pieces

if TYPE_CHECKING:
    from inspector.streams.connections import Direction
    from inspector.streams.items import Chunk, Gap
    from inspector.streams.packets import DataPacket

MAX_SWITCHES = 8
"""How often the unit of one direction may change: what goes on so is damage."""
_MAX_HEADER = 64
"""Bytes of a header that a unit is looked for behind."""
LARGE_UNITS = NEST_MAX_UNITS * 4 // 5
"""UTF-16 code units from which on a frame is close to what Nest buffers."""


class Reader:
    """What is read of one direction.

    Places count the bytes that the decoder got since it began.

    Attributes:
        direction: What is read.
        searching: Whether its beginning is not in the capture, so that a frame has to
            be found in the middle.
        searched: Bytes that were searched in vain.
        held: Chunks that wait until the direction is recognised.
        gaps: Gaps in front of those.
        decoder: Cuts its frames; None while it is not known where one begins.
        unit: What the lengths count, as far as the bytes have shown.
        pieces: The chunks with bytes of a frame that is not complete.
        frames: How many were read.
        partial: Bytes of a frame that is not complete, as far as they came.
        passed: Bytes of whole frames that the decoder and the pieces know nothing of
            yet.
        unread: Captured bytes that nothing was read of, around gaps.
    """

    __slots__ = (
        "_again",
        "_announced",
        "_broken",
        "_crowds",
        "_doubt",
        "_looked_at",
        "_switches",
        "decoder",
        "direction",
        "frames",
        "gaps",
        "held",
        "partial",
        "passed",
        "pieces",
        "searched",
        "searching",
        "unit",
        "unread",
    )

    def __init__(self, direction: Direction) -> None:
        self.direction = direction
        self.searching = not direction.from_start
        self.searched = 0
        self.held: list[Chunk] = []
        self.gaps: list[Gap] = []
        self.decoder: FrameDecoder | None = None
        self.unit = LengthUnit.UTF16
        self.pieces = Pieces()
        self.frames = 0
        self.partial = 0
        self.passed = 0
        self.unread = 0
        self._doubt: Doubt | None = None
        self._again: deque[Chunk] = deque()  # … to be read anew
        self._looked_at = -1  # place of the frame whose unit was looked at
        self._switches = 0
        self._announced: Remark | None = None  # … with the next frame
        self._broken: DataPacket | None = None  # … with which Nest gave up
        self._crowds = Crowds()

    def begin(self) -> None:
        """Start to decode with the next byte."""
        self.searching = False
        self.decoder = FrameDecoder(unit=self.unit)
        self.pieces = Pieces()
        self.passed = 0
        self._looked_at = -1

    @property
    def place(self) -> int:
        """Bytes that were read before the next chunk, while this stands by."""
        return self.pieces.received + self.passed

    def lose(self) -> list[Seen]:
        """Learn that bytes are missing here: the next frame has to be found."""
        self.direction.reader = None
        seen = self.settle()
        if self.decoder is not None:
            self.unread += self.decoder.buffered
        self.unread += sum(len(chunk.data) for chunk in self.held)
        self.searching = True
        self.decoder = None
        self.held = []
        self.partial = 0
        self.pieces.drop()
        return seen

    def read_whole(self, chunk: Chunk) -> Packet | Anomaly | None:
        """Return what a chunk holds that is one plain frame, as nearly every one is.

        To be asked only while this is the reader of its direction. None when there is
        more to it: then :meth:`receive` has to take it.
        """
        data, record = chunk.data, chunk.packet
        body = whole_body(data)
        if body is None:
            return None
        self.frames += 1
        self.passed += len(data)
        record.frames += 1
        try:
            return parse_body(body)
        except PacketError as error:
            error.offset = self.place - len(data)
            anomaly = self._anomaly(error, record)
            self._stand_by()
            return anomaly

    def receive(self, chunk: Chunk) -> list[Seen]:
        """Return what a chunk completes."""
        if self.passed and self.decoder is not None:
            self.decoder.pass_over(self.passed)
            self.pieces.received += self.passed
            self.passed = 0
        seen: list[Seen] = []
        if self.pieces.waiting:
            seen += self._listen(chunk.packet.time_ns, "later")
        self._again.append(chunk)
        seen += self._read_again()
        self.partial = self._incomplete()
        self._stand_by()
        return seen

    def _incomplete(self) -> int:
        """Return how many bytes wait for the rest of their frame, or are in doubt."""
        if self._doubt is not None:
            return self.pieces.received - self._doubt.begin
        return 0 if self.decoder is None else self.decoder.buffered

    def _stand_by(self) -> None:
        """Be the reader of the direction while the next chunk may be a plain frame.

        It is not while a frame is in doubt, which counts as broken until it is judged,
        nor before it is known who asks, which such a frame tells nobody.
        """
        ready = (
            self.decoder is not None
            and self.decoder.ready
            and self._broken is None
            and self.direction.connection.client is not None
        )
        self.direction.reader = self if ready else None

    def settle(self) -> list[Seen]:
        """Return what is held back, since the next bytes will not help to judge it."""
        seen: list[Seen] = []
        while self._doubt is not None:
            seen += self._give_in(self._doubt)
            seen += self._read_again()
        return seen

    def finish(self, time_ns: int, cause: str) -> list[Seen]:
        """Return what there is to say at the end, and of a frame that lacks its own."""
        return self.settle() + self._listen(time_ns, cause)

    def _read_again(self) -> list[Seen]:
        seen: list[Seen] = []
        while self._again:
            seen += self._read(self._again.popleft())
        return seen

    def _read(self, chunk: Chunk) -> list[Seen]:
        assert self.decoder is not None
        self.pieces.add(chunk)
        if self._doubt is not None:
            return self._weigh(self._doubt)
        self.decoder.receive_data(chunk.data)
        seen = self._read_frames(self.decoder, chunk.packet)
        return seen + self._crowds.count(chunk, len(seen))

    def _read_frames(self, decoder: FrameDecoder, record: DataPacket) -> list[Seen]:
        seen: list[Seen] = []
        try:
            while (frame := decoder.next_frame()) is not None:
                try:
                    packet = parse_packet(frame)
                except PacketError as error:
                    seen += self._reject(frame, error, record)
                    if self._doubt is not None or self.decoder is not decoder:
                        return seen
                else:
                    self._accept(packet, frame, record, seen)
        except FramingError as error:
            seen += self._fail(decoder, error, record)
        if self._doubt is None and self.decoder is decoder:
            if decoder.buffered:
                self.pieces.count_rest(record)
            seen += self._look_ahead(decoder)
        return seen

    def _accept(
        self, packet: Packet, frame: Frame, record: DataPacket, seen: list[Seen]
    ) -> None:
        records = self._take(frame, record)
        if self.direction.connection.client is None:
            self._name_client(packet)
        seen.append(Sighting(self.direction, packet, frame, records))
        if self._announced is not None:
            self._announced.packet, self._announced.record = packet, record
            seen.append(self._announced)
            self._announced = None
        if self._broken is not None and record.number != self._broken.number:
            self._broken = None
            if isinstance(packet, Request | Event):
                remark = Remark("runs-after-error", self.direction, record)
                remark.packet = packet
                seen.append(remark)
        if frame.size > LARGE_UNITS:
            seen.append(Remark("large-frame", self.direction, record, size=frame.size))

    def _reject(
        self, frame: Frame, error: PacketError, record: DataPacket
    ) -> list[Seen]:
        """Judge a frame whose body is no packet: perhaps it ends elsewhere."""
        if isinstance(error, InvalidJsonError) and not frame.body.isascii():
            most = _MAX_HEADER + MAX_UNIT_SIZE * frame.size
            found = self._other_unit(frame.offset, most)
            if isinstance(found, LengthUnit):
                self._switch(frame.offset, most, found)
                return []
            if found is not None:
                end = frame.offset + frame.size
                self._doubt = Doubt(
                    frame.offset,
                    most,
                    end,
                    self.pieces.received + found,
                    self._anomaly(error, record),
                    frame,
                )
                return []
        self._take(frame, record)
        return [self._anomaly(error, record)]

    def _fail(
        self, decoder: FrameDecoder, error: FramingError, record: DataPacket
    ) -> list[Seen]:
        """Judge what cannot be cut: perhaps it can in another unit."""
        if isinstance(error, SplitCharacterError):
            most = _MAX_HEADER + MAX_UNIT_SIZE * (decoder.awaited_units or 0)
            found = self._other_unit(error.offset, most)
            if isinstance(found, LengthUnit):
                self._switch(error.offset, most, found)
                return []
            if found is not None:
                enough = self.pieces.received + found
                anomaly = self._anomaly(error, record)
                self._doubt = Doubt(
                    error.offset, most, self.pieces.received, enough, anomaly, None
                )
                return []
        anomaly = self._anomaly(error, record)
        decoder.reset()
        self.pieces.drop()
        return [anomaly]

    def _anomaly(self, error: DecodeError, record: DataPacket) -> Anomaly:
        assert self.decoder is not None
        if isinstance(error, UnknownPacketError):
            return Anomaly(self.direction, error, record, 0)
        self._broken = record
        return Anomaly(self.direction, error, record, self.decoder.buffered)

    def _weigh(self, doubt: Doubt) -> list[Seen]:
        """Look again at a frame in doubt, now that more bytes have come."""
        if self.pieces.received < doubt.enough:
            return []
        found = self._other_unit(doubt.begin, doubt.most)
        if isinstance(found, LengthUnit):
            self._switch(doubt.begin, doubt.most, found)
            return []
        if found is None:
            return self._give_in(doubt)
        doubt.enough = self.pieces.received + found
        return []

    def _give_in(self, doubt: Doubt) -> list[Seen]:
        """Take a frame in doubt for unreadable, and read on behind it."""
        self._doubt = None
        if doubt.frame is not None:
            self._take(doubt.frame, doubt.anomaly.record)
        self._restart(doubt.resume)
        return [doubt.anomaly]

    def _look_ahead(self, decoder: FrameDecoder) -> list[Seen]:
        """Judge a frame that waits for more, though its length may count bytes."""
        length = decoder.awaited_units
        if length is None or decoder.buffered <= length:
            return []
        begin = self.pieces.received - decoder.buffered
        if begin == self._looked_at or self._switches >= MAX_SWITCHES:
            return []
        most = _MAX_HEADER + length
        lacking = bytes_lacking(self.pieces.bytes_from(begin, most), LengthUnit.UTF8)
        if lacking == 0:
            self._switch(begin, most, LengthUnit.UTF8)
            return []
        if lacking is None:
            self._looked_at = begin
        return []

    def _other_unit(self, begin: int, most: int) -> LengthUnit | int | None:
        if self._switches >= MAX_SWITCHES:
            return None
        return unit_that_fits(self.pieces.bytes_from(begin, most), but=self.unit)

    def _switch(self, begin: int, most: int, unit: LengthUnit) -> None:
        """Read on in another unit, from the frame that has shown it."""
        record = self.pieces.waiting[-1][1].packet
        self._doubt, self._broken = None, None
        self._switches += 1
        self.unit = unit
        if unit is not LengthUnit.UTF16:
            frame = first_frame(self.pieces.bytes_from(begin, most), unit)
            self._announced = remark_unit(self.direction, record, unit, frame.body)
        self.pieces.uncount()
        self._restart(begin)

    def _restart(self, place: int) -> None:
        """Read anew what came behind a place."""
        chunks = self.pieces.chunks_from(place)
        self.begin()
        self._again.extendleft(reversed(chunks))

    def _take(self, frame: Frame, record: DataPacket) -> list[DataPacket]:
        self.frames += 1
        return self.pieces.take(frame, record)

    def _listen(self, time_ns: int, cause: str) -> list[Remark]:
        """Remark on a frame whose rest is late."""
        if self.decoder is None or self._doubt is not None:
            return []
        return remark_silence(self.decoder, self.pieces, time_ns, cause)

    def _name_client(self, packet: Packet) -> None:
        side = self.direction.side
        asks = isinstance(packet, Request | Event)
        self.direction.connection.client = side if asks else 1 - side
