"""Both sides of a connection: frames to methods and messages, and what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Idle, Skipped, Trouble

from .concealing import hide_names
from .contents import Contents, Message
from .frames import BODY, GREETING, HEADER, METHOD, Cut, Flaw, Frame, FrameReader
from .hops import HopReader
from .meanings import Meanings
from .methods import METHODS, WITH_CONTENT, Said, code_at, read_arguments
from .properties import read_header

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Express, Side, Unit

PROTOCOL = "amqp-protocol"
"""The code of the Trouble that bytes are not AMQP."""
_CODE = 4  # bytes of class and method
_HEAD = 7  # bytes of a frame before its payload


class RabbitTalk:
    """What both sides of one connection say.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
        whole: Whether the capture holds the beginning of the connection.

    Attributes:
        plain: Packets that were read on an express way, which there is none.
    """

    plain = 0

    def __init__(self, conceal: Concealment | None, *, whole: bool) -> None:
        self._conceal = conceal
        self._readers = FrameReader(), FrameReader()
        keep = conceal is not None  # who hides nothing writes what was captured
        self._contents = Contents(keep=keep), Contents(keep=keep)
        self._meanings = Meanings(conceal, whole=whole)
        self._hops = [
            HopReader(reader, contents, self._meanings)
            for reader, contents in zip(self._readers, self._contents, strict=True)
        ]

    @property
    def client(self) -> Side | None:
        """The side that is not the broker, once that is known."""
        return self._meanings.client

    @client.setter
    def client(self, side: Side | None) -> None:
        self._meanings.client = side

    def receive(self, side: Side, data: bytes, time_ns: int) -> list[Unit]:
        """Return the units that the next bytes of a side complete."""
        self._meanings.now_ns = time_ns
        reader = self._readers[side]
        units: list[Unit] = []
        frames: list[Frame | Flaw] = []
        sent = reader.cut(data, frames)
        conceal = self._conceal
        data = sent if conceal is None else hide_names(sent, frames, conceal)
        cut = Cut(data, sent, reader.base)
        base, contents = reader.base, self._contents[side]
        for frame in frames:
            if isinstance(frame, Flaw):
                contents.lose()
                begin, end = base + frame.begin, base + frame.end
                units.append(self._trouble(side, begin, end, frame.detail))
            elif frame.kind == METHOD:
                self._read_method(side, frame, cut, units)
            elif frame.kind == HEADER:
                self._read_header(side, frame, cut, units)
            elif frame.kind == BODY:
                read = contents.add(frame, cut)
                if isinstance(read, Message):
                    units.append(self._meanings.pass_on(side, read))
                elif not read:
                    units.append(_skipped(side, frame, base))
            else:
                units.append(_sign(side, frame, data, base))
        return units

    def lose(self, side: Side) -> list[Unit]:
        """Return what was held back of a side whose next bytes are missing."""
        reader = self._readers[side]
        begin, end = self._begin(side), reader.received
        reader.lose()
        self._contents[side].lose()
        self._meanings.lose(side)
        return [Skipped(side=side, begin=begin, end=end)] if begin < end else []

    def received(self, side: Side) -> int:
        """Return how many bytes of a side it was given."""
        return self._readers[side].received

    def buffered(self, side: Side) -> int:
        """Return how many of them came since the first message that is not complete."""
        return self._readers[side].received - self._begin(side)

    def begun(self, side: Side) -> int:
        """Return how many of the last bytes belong to one that is not complete."""
        return 0 if self._readers[side].lost else self.buffered(side)

    def finish(self, side: Side, time_ns: int, cause: str) -> list[Unit]:  # noqa: ARG002 — there is nothing to say
        """Return nothing: what lacks its end says nothing."""
        return []

    def express(self, side: Side) -> Express | None:  # noqa: ARG002 — a broker has none
        """Return None: of a transfer more matters than the packet."""
        return None

    def hops(self, side: Side) -> HopReader | None:
        """Return what reads plain hops of a side, if its next bytes may be one."""
        hops = self._hops[side]
        usual = self._meanings.client is not None and self._conceal is None
        return hops if usual and hops.ready else None

    def _begin(self, side: Side) -> int:
        """Return the place of the first byte of what is not complete."""
        reader = self._readers[side]
        place = reader.received - reader.buffered
        begin = self._contents[side].begin
        return place if begin is None else min(place, begin)

    def _read_method(
        self, side: Side, frame: Frame, cut: Cut, units: list[Unit]
    ) -> None:
        """Read a method, which may begin a message."""
        data, base, contents = cut.data, cut.base, self._contents[side]
        place = base + frame.begin - _HEAD
        dropped = contents.drop(frame.channel)
        if dropped is not None:
            detail = "a method comes before the end of a message"
            units.append(self._trouble(side, dropped.begin, place, detail))
        code = _code_of(frame, data)
        if code is None:
            detail = "a frame of a method has none that there is"
            units.append(self._trouble(side, place, base + frame.end + 1, detail))
            return
        arguments = read_arguments(code, data, frame.begin + _CODE, frame.end)
        if arguments is None:
            detail = f"the arguments of {METHODS[code][0]} are malformed"
            units.append(self._trouble(side, place, base + frame.end + 1, detail))
        elif code in WITH_CONTENT:
            contents.start(code, arguments, frame, cut)
        else:
            begin, end = frame.begin - _HEAD, frame.end + 1
            text, original = data[begin:end], cut.original(begin, end)
            said = Said(side, frame.channel, code, arguments, place, text, original)
            units.append(self._meanings.mean(said))

    def _read_header(
        self, side: Side, frame: Frame, cut: Cut, units: list[Unit]
    ) -> None:
        """Read the header of a message, which may have no body."""
        data, base, contents = cut.data, cut.base, self._contents[side]
        if not contents.waits(frame.channel):
            units.append(_skipped(side, frame, base))
            return
        properties = read_header(data, frame.begin, frame.end, self._conceal)
        if properties is None:
            contents.drop(frame.channel)
            begin, end = base + frame.begin - _HEAD, base + frame.end + 1
            detail = "the properties of a message are malformed"
            units.append(self._trouble(side, begin, end, detail))
            return
        message = contents.head(properties, frame, cut)
        if message is not None:
            units.append(self._meanings.pass_on(side, message))

    def _trouble(self, side: Side, begin: int, end: int, detail: str) -> Trouble:
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        return Trouble(side=side, begin=begin, end=end, code=PROTOCOL, detail=detail)


def _code_of(frame: Frame, data: bytes) -> int | None:
    """Return class and method of a frame; None where there is no such method."""
    if frame.end - frame.begin < _CODE:
        return None
    code = code_at(data, frame.begin)
    return code if code in METHODS else None


def _skipped(side: Side, frame: Frame, base: int) -> Skipped:
    """Return a part of a message whose beginning is missing."""
    begin, end = base + frame.begin - _HEAD, base + frame.end + 1
    return Skipped(side=side, begin=begin, end=end)


def _sign(side: Side, frame: Frame, data: bytes, base: int) -> Idle:
    """Return a sign of life, or the preamble."""
    greeting = frame.kind == GREETING
    begin = frame.begin - _HEAD * (not greeting)
    end = frame.end + (not greeting)
    return Idle(
        side=side,
        begin=base + begin,
        end=base + end,
        verb="protocol header" if greeting else "heartbeat",
        text=data[begin:end],
    )
