"""Consecutive bytes of one side to the packets in them.

::

    bytes ─► FrameDecoder ─► parse_packet ─► Transfer
               │                  └ no packet: in another unit? else Trouble
               └ waits, though it is whole in bytes: another unit

What cannot be read is Trouble, never an exception, and reading goes on: after a broken
header with the next piece, as in Nest, after a broken body with the next frame. What
Nest would do with the bytes besides is a Remark.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from inspector.carriers.base import Remark, Skipped, Span, Transfer, Unit
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
)

from .codes import trouble_of
from .dialects import (
    MAX_HEADER,
    Doubt,
    Outlook,
    first_frame,
    remark_unit,
    unit_that_fits,
)
from .patience import Bursts, Silence, stalls
from .pieces import Piece, Pieces

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Talk, Trouble

MAX_SWITCHES = 8
"""How often the unit of one side may change: what goes on so is damage."""
LARGE_UNITS = NEST_MAX_UNITS * 4 // 5
"""UTF-16 code units from which on a frame is close to what Nest buffers."""


class Reader:
    """What is read of one side.

    Args:
        talk: What it is part of: it learns there who asks.
        side: Whose bytes it reads.
        conceal: What hides secrets in bodies; None where nothing is hidden.

    Attributes:
        plain: Frames that were read as one whole plain piece.
    """

    __slots__ = (
        "_again",
        "_announced",
        "_broken",
        "_bursts",
        "_conceal",
        "_decoder",
        "_doubt",
        "_offset",
        "_outlook",
        "_passed",
        "_pieces",
        "_side",
        "_switches",
        "_talk",
        "_unit",
        "plain",
    )

    def __init__(self, talk: Talk, side: int, conceal: Concealment | None) -> None:
        self.plain = 0
        self._talk = talk
        self._side = side
        self._conceal = conceal
        self._unit = LengthUnit.UTF16
        self._pieces = Pieces()
        self._decoder = FrameDecoder(unit=self._unit)
        self._offset = 0  # place at which the decoder began
        self._passed = 0  # bytes of whole frames that both know nothing of yet
        self._doubt: Doubt | None = None
        self._again: deque[Piece] = deque()  # … to be read anew
        self._outlook = Outlook(LengthUnit.UTF8)
        self._switches = 0
        self._announced: Remark | None = None  # … with the next frame
        self._broken: Piece | None = None  # … with which Nest gave up
        self._bursts = Bursts()

    @property
    def received(self) -> int:
        """Bytes that came so far: the place of the next."""
        return self._pieces.received + self._passed

    @property
    def buffered(self) -> int:
        """Bytes that wait for the rest of their frame, or are in doubt."""
        if self._doubt is not None:
            return self._pieces.received - self._doubt.begin
        return self._decoder.buffered

    @property
    def begun(self) -> int:
        """Bytes that wait for the rest of their frame, none while one is in doubt."""
        return 0 if self._doubt is not None else self._decoder.buffered

    @property
    def ready(self) -> bool:
        """Whether the next bytes may be a frame for :meth:`read`.

        Not while a frame is in doubt, nor before it is known who asks.
        """
        return (
            self._decoder.ready
            and self._broken is None
            and self._talk.client is not None
        )

    @property
    def any_text(self) -> bool:
        """Whether its sender counts as Nest does, so that any text has its length."""
        return self._unit is LengthUnit.UTF16

    def pass_over(self, size: int) -> None:
        """Learn that a plain frame of so many bytes was read by somebody else."""
        self.plain += 1
        self._passed += size

    def read(self, body: bytes, size: int) -> Packet | Trouble | None:
        """Return what the body of a plain frame holds.

        None where it might end elsewhere, or something in it is to be concealed.
        """
        if self._conceal and self._conceal.addressed(body) is not body:
            return None
        try:
            packet = parse_body(body)
        except PacketError as error:
            if not body.isascii():
                return None
            self.pass_over(size)
            end = self.received
            return self._trouble(error, end - size, end, Piece(body, -1, end))
        self.pass_over(size)
        return packet

    def receive(self, data: bytes, time_ns: int) -> list[Unit]:
        """Return what the next bytes complete."""
        if self._passed:
            self._decoder.pass_over(self._passed)
            self._pieces.received += self._passed
            self._passed = 0
        units: list[Unit] = []
        if self._pieces.waiting:
            units += self._stalls(Silence(time_ns, "later"))
        self._again.append(Piece(data, time_ns, self._pieces.received + len(data)))
        return units + self._read_again()

    def lose(self) -> list[Unit]:
        """Return what is held back: the next bytes are missing, and will not help."""
        units = self._settle()
        end, left = self.received, self._decoder.buffered
        if left:
            units.append(Skipped(side=self._side, begin=end - left, end=end))
        self._begin(end)
        return units

    def finish(self, silence: Silence) -> list[Unit]:
        """Return what there is to say at the end, and of a frame that lacks its own."""
        return self._settle() + self._stalls(silence)

    def _begin(self, place: int) -> None:
        """Start to decode with the next byte, which is at a place."""
        self._pieces.drop()
        self._pieces.received = self._offset = place
        self._passed = 0
        self._decoder = FrameDecoder(unit=self._unit)
        self._outlook = Outlook(LengthUnit.UTF8)

    def _settle(self) -> list[Unit]:
        """Return what is held back, since the next bytes will not help to judge it."""
        units: list[Unit] = []
        while self._doubt is not None:
            units += self._give_in(self._doubt)
            units += self._read_again()
        return units

    def _read_again(self) -> list[Unit]:
        units: list[Unit] = []
        while self._again:
            units += self._read(self._again.popleft())
        return units

    def _read(self, piece: Piece) -> list[Unit]:
        self._pieces.add(piece)
        if self._doubt is not None:
            return self._weigh(self._doubt)
        self._decoder.receive_data(piece.data)
        units = self._read_frames(self._decoder)
        return units + self._bursts.count(self._side, piece, len(units))

    def _read_frames(self, decoder: FrameDecoder) -> list[Unit]:
        units: list[Unit] = []
        try:
            while (frame := decoder.next_frame()) is not None:
                try:
                    self._accept(frame, units)
                except PacketError as error:
                    units += self._reject(frame, error)
                    if self._doubt is not None or self._decoder is not decoder:
                        return units
        except FramingError as error:
            units += self._fail(decoder, error)
        if self._doubt is None and self._decoder is decoder:
            self._look_ahead(decoder)
        return units

    def _accept(self, frame: Frame, units: list[Unit]) -> None:
        """Add a packet, and what is to be remarked with it.

        Raises:
            PacketError: The frame holds none.
        """
        conceal = self._conceal
        body = conceal.addressed(frame.body) if conceal else frame.body
        packet = parse_body(body, frame.offset)
        begin, end = self._take(frame)
        if self._talk.client is None:
            asks = isinstance(packet, Request | Event)
            self._talk.client = self._side if asks else 1 - self._side
        units.append(
            Transfer(
                side=self._side,
                begin=begin,
                end=end,
                packet=packet,
                body=body,
                original=None if body is frame.body else frame.body,
            )
        )
        self._remark_on(packet, end, end - begin, units)

    def _remark_on(
        self, packet: Packet, end: int, size: int, units: list[Unit]
    ) -> None:
        """Add what is worth knowing of a packet that was just read."""
        if self._announced is not None:
            self._announced.packet = packet
            self._announced.begin = self._announced.end = end
            units.append(self._announced)
            self._announced = None
        broken = self._broken
        if broken is not None and not broken.together(self._pieces.latest):
            self._broken = None
            if isinstance(packet, Request | Event):
                units.append(self._remark("runs-after-error", end, packet=packet))
        if size > LARGE_UNITS:
            units.append(self._remark("large-frame", end, size=size))

    def _remark(
        self, code: str, place: int, *, size: int = 0, packet: Packet | None = None
    ) -> Remark:
        return Remark(
            side=self._side,
            begin=place,
            end=place,
            code=code,
            size=size,
            packet=packet,
        )

    def _reject(self, frame: Frame, error: PacketError) -> list[Unit]:
        """Judge a frame whose body is not a packet: perhaps it ends elsewhere."""
        begin = self._offset + frame.offset
        end = begin + frame.size
        if isinstance(error, InvalidJsonError) and not frame.body.isascii():
            most = MAX_HEADER + MAX_UNIT_SIZE * frame.size
            found = self._other_unit(begin, most)
            if isinstance(found, LengthUnit):
                self._switch(begin, most, found)
                return []
            if found is not None:
                trouble = self._trouble(error, begin, end, self._pieces.latest)
                enough = self._pieces.received + found
                self._doubt = Doubt(begin, most, end, enough, trouble)
                return []
        trouble = self._trouble(error, begin, end, self._pieces.latest)
        self._take(frame)
        return [trouble]

    def _fail(self, decoder: FrameDecoder, error: FramingError) -> list[Unit]:
        """Judge what cannot be cut: perhaps it can in another unit."""
        received = self._pieces.received
        trouble = self._trouble(error, received, received, self._pieces.latest)
        if isinstance(error, SplitCharacterError):
            begin = self._offset + error.offset
            most = MAX_HEADER + MAX_UNIT_SIZE * (decoder.awaited_units or 0)
            found = self._other_unit(begin, most)
            if isinstance(found, LengthUnit):
                self._switch(begin, most, found)
                return []
            if found is not None:
                enough = received + found
                self._doubt = Doubt(begin, most, received, enough, trouble)
                return []
        decoder.reset()
        self._pieces.drop()
        return [trouble]

    def _trouble(
        self, error: DecodeError, begin: int, end: int, piece: Piece
    ) -> Trouble:
        lost = 0
        if not isinstance(error, UnknownPacketError):
            self._broken = piece
            lost = self._decoder.buffered
        return trouble_of(error, Span(begin, end), self._side, lost, self._conceal)

    def _weigh(self, doubt: Doubt) -> list[Unit]:
        """Look again at a frame in doubt, now that more bytes have come."""
        if self._pieces.received < doubt.enough:
            return []
        found = self._other_unit(doubt.begin, doubt.most)
        if isinstance(found, LengthUnit):
            self._switch(doubt.begin, doubt.most, found)
            return []
        if found is None:
            return self._give_in(doubt)
        doubt.enough = self._pieces.received + found
        return []

    def _give_in(self, doubt: Doubt) -> list[Unit]:
        """Take a frame in doubt for unreadable, and read on after it."""
        self._doubt = None
        self._restart(doubt.resume)
        return [doubt.trouble]

    def _look_ahead(self, decoder: FrameDecoder) -> None:
        """Judge a frame that waits for more, though its length may count bytes."""
        length = decoder.awaited_units
        if length is None or decoder.buffered <= length:
            return
        begin = self._pieces.received - decoder.buffered
        if self._switches < MAX_SWITCHES and self._outlook.shows(
            self._pieces, begin, length
        ):
            self._switch(begin, MAX_HEADER + length, LengthUnit.UTF8)

    # decision 18: The unit of a length is judged by one frame
    def _other_unit(self, begin: int, most: int) -> LengthUnit | int | None:
        if self._switches >= MAX_SWITCHES:
            return None
        return unit_that_fits(self._pieces.bytes_from(begin, most), but=self._unit)

    def _switch(self, begin: int, most: int, unit: LengthUnit) -> None:
        """Read on in another unit, from the frame that has shown it."""
        self._doubt, self._broken = None, None
        self._switches += 1
        self._unit = unit
        if unit is not LengthUnit.UTF16:
            frame = first_frame(self._pieces.bytes_from(begin, most), unit)
            self._announced = remark_unit(self._side, unit, frame.body)
        self._restart(begin)

    def _restart(self, place: int) -> None:
        """Read anew what came after a place."""
        again = self._pieces.restart(place)
        self._begin(place)
        self._again.extendleft(reversed(again))

    def _take(self, frame: Frame) -> tuple[int, int]:
        """Return where a frame begins and ends, and forget its pieces."""
        begin = self._offset + frame.offset
        end = begin + frame.size
        self._pieces.take(end)
        return begin, end

    def _stalls(self, silence: Silence) -> list[Remark]:
        """Return a remark on a frame whose rest is late, unless Nest has dropped it."""
        if self._doubt is not None or self._broken is not None:
            return []
        return stalls(self._side, self._decoder, self._pieces, silence)
