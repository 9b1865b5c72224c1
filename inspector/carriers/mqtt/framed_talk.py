"""Both sides of a connection over WebSocket: frames, and what is in them.

::

    Cutter ─► Head ──────────────────────────────────────► Idle
           └► Frame ─► Assembler ─► Envelope ─► MqttTalk ─► its units, placed in frames

A client of Nest writes a packet in several frames: its first byte, its length, its
topic and its payload each in one, and each frame in a packet of TCP.

Source: MQTT 5.0, section 6 (WebSocket as a network transport).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.carriers.base import Remark, Skipped, Transfer, Trouble
from inspector.carriers.web.cutting import Cutter, Flaw, Frame, Mode
from inspector.carriers.web.heads import Head
from inspector.carriers.web.messages import Assembler, Envelope, Unread
from inspector.carriers.web.upkeep import control_unit, head_unit

from .framing import find_framed
from .headers import REACH
from .messages import Messages
from .placing import placed
from .searching import first_packet
from .talk import MqttTalk

if TYPE_CHECKING:
    from inspector.carriers.base import Concealment, Express, Side, Unit
    from inspector.carriers.web.cutting import Piece

    from .hops import HopReader

HTTP = (b"GET ", b"HTTP/1.")
_SWITCHED = 101
_CODE = "mqtt-protocol"
_SPLIT = 3
"""Messages of one PUBLISH from which on that is worth knowing."""


class _Half:
    """One side.

    Attributes:
        cutter: Cuts its bytes.
        assembler: Puts its messages together.
        messages: Those of which not all is read.
        hunted: Bytes in which the next frame is looked for; None while it is known
            where that begins.
        sought: Place, among the bytes of its messages, from which on the next control
            packet is looked for; None while it is known where that begins …
        shift: … and how far those bytes are ahead of those that were read then.
        splits: Whether a PUBLISH of it has come in several messages.
    """

    __slots__ = (
        "assembler",
        "cutter",
        "hunted",
        "messages",
        "shift",
        "sought",
        "splits",
    )

    def __init__(self, *, whole: bool) -> None:
        self.cutter = Cutter()
        self.assembler = Assembler()
        self.messages = Messages()
        self.hunted: bytes | None = None if whole else b""
        self.sought: int | None = None if whole else 0
        self.shift = 0
        self.splits = False

    @property
    def received(self) -> int:
        """How many bytes have come."""
        return self.cutter.received + len(self.hunted or b"")

    def lose(self) -> None:
        """Forget what is kept: frames and control packets have to be found again."""
        self.cutter.received += len(self.hunted or b"")
        self.cutter.lose()
        self.assembler.lose()
        self.messages.forget(self.messages.end)
        self.hunted, self.sought = b"", self.messages.end

    def left(self, received: int) -> bytes:
        """Return what is to be read; nothing while a control packet is looked for.

        Args:
            received: How many bytes were read already.
        """
        if self.sought is not None:
            return b""
        return self.messages.payload(received + self.shift, self.messages.end)

    def hunt(self, data: bytes) -> tuple[int, bytes]:
        """Look for a frame in what has come.

        Returns:
            How many bytes were passed over, and what is read now.
        """
        data = (self.hunted or b"") + data
        place = 0 if data.startswith(HTTP) else find_framed(data)
        skipped = max(len(data) - REACH, 0) if place < 0 else place
        self.cutter.received += skipped
        self.hunted = data[skipped:] if place < 0 else None
        return skipped, b"" if place < 0 else data[skipped:]


# decision 156
class FramedTalk:
    """What both sides of one connection say over WebSocket.

    Args:
        conceal: What hides secrets; None where nothing is hidden.
        whole: Whether the capture has the beginning of the connection.

    Attributes:
        plain: Packets that were read on an express way, which there is none.
    """

    plain = 0

    def __init__(self, conceal: Concealment | None, *, whole: bool) -> None:
        self._conceal = conceal
        self._inner = MqttTalk(conceal)
        self._halves = _Half(whole=whole), _Half(whole=whole)

    @property
    def client(self) -> Side | None:
        """The side that is not the broker, once that is known."""
        return self._inner.client

    @client.setter
    def client(self, side: Side | None) -> None:
        self._inner.client = side

    def receive(self, side: Side, data: bytes, time_ns: int) -> list[Unit]:
        """Return the units that the next bytes of a side complete."""
        half = self._halves[side]
        units: list[Unit] = []
        if half.hunted is not None:
            begin = half.cutter.received
            skipped, data = half.hunt(data)
            units += _skipped(side, begin, begin + skipped)
        half.cutter.feed(data)
        while (piece := half.cutter.cut()) is not None:
            units += self._read(side, piece, time_ns)
        return units

    def lose(self, side: Side) -> list[Unit]:
        """Return what was held back of a side whose next bytes are missing."""
        half = self._halves[side]
        end, kept = half.received, self.buffered(side)
        self._inner.lose(side)
        half.lose()
        return _skipped(side, end - kept, end)

    def received(self, side: Side) -> int:
        """Return how many bytes of a side it was given."""
        return self._halves[side].received

    def buffered(self, side: Side) -> int:
        """Return how many of them it keeps for a packet that is not complete."""
        half = self._halves[side]
        inner = self._inner.received(side) - self._inner.buffered(side) + half.shift
        place = inner if half.sought is None else half.sought
        begins = [half.cutter.begin, half.assembler.begin, half.messages.begin(place)]
        return half.received - min(each for each in begins if each is not None)

    def begun(self, side: Side) -> int:
        """Return how many of the last bytes belong to one that is not complete."""
        half, inner = self._halves[side], self._inner
        lost = half.sought is not None or inner.begun(side) < inner.buffered(side)
        return 0 if lost else self.buffered(side)

    def finish(self, side: Side, time_ns: int, cause: str) -> list[Unit]:
        """Return nothing: what lacks its end says nothing."""
        return self._inner.finish(side, time_ns, cause)

    def express(self, side: Side) -> Express | None:
        """Return None: of a transfer more matters than the packet."""
        return self._inner.express(side)

    def hops(self, side: Side) -> HopReader | None:  # noqa: ARG002 — none has one
        """Return None: a packet may be in several frames, and a mask over it."""
        return None

    def _read(self, side: Side, piece: Piece, time_ns: int) -> list[Unit]:
        """Return what a piece of a stream is."""
        if isinstance(piece, Frame):
            return self._frame(side, piece, time_ns)
        if isinstance(piece, Head):
            return [self._head(side, piece)]
        if isinstance(piece, Flaw):
            trouble = self._trouble(side, piece.begin, piece.end, piece.detail)
            self._inner.lose(side)
            self._halves[side].lose()
            return [trouble]
        return _skipped(side, piece.begin, piece.end)

    def _head(self, side: Side, head: Head) -> Unit:
        """Return a head of the handshake; nothing is read after a refusal."""
        if self.client is None:
            self.client = side if head.method else 1 - side
        if head.method:
            return head_unit(side, head, f"{head.method} upgrade")
        accepted = head.status == _SWITCHED
        self._halves[side].cutter.expect(Mode.FRAMES if accepted else Mode.REST)
        return head_unit(side, head, f"{head.status}", shown=accepted)

    def _frame(self, side: Side, frame: Frame, time_ns: int) -> list[Unit]:
        if self.client is None:  # clients mask what they send: RFC 6455, section 5.1
            self.client = side if frame.head.mask else 1 - side
        half = self._halves[side]
        if frame.head.control:
            return self._control(side, half, frame)
        message = half.assembler.add(frame, time_ns)
        if message is None:
            return []
        if isinstance(message, Envelope) and message.binary:
            return self._message(side, half, message, time_ns)
        if isinstance(message, Envelope):
            return self._give_up(side, message.begin, message.end, "it is text")
        return self._give_up(side, message.begin, message.end, message.detail)

    def _control(self, side: Side, half: _Half, frame: Frame) -> list[Unit]:
        """Return a control frame; one inside a packet is written with that."""
        inside = half.assembler.add_control(frame)
        if isinstance(inside, Unread):
            return self._give_up(side, inside.begin, inside.end, inside.detail)
        if not inside and self._inner.buffered(side):
            half.messages.add(Envelope(frame.begin, frame.end, b"", (frame,)))
            inside = True
        hides = self._conceal is not None
        return [control_unit(side, frame, hides=hides, shown=not inside)]

    def _message(
        self, side: Side, half: _Half, message: Envelope, time_ns: int
    ) -> list[Unit]:
        """Return what a message completes."""
        half.messages.add(message)
        data = message.payload
        units: list[Unit] = []
        if half.sought is not None:
            units += self._seek(side, half, half.sought, len(data))
            data = half.left(self._inner.received(side))
        read = self._inner.receive(side, data, time_ns)
        parts = 0 if half.splits else _parts_of(read, half)
        hides = self._conceal is not None
        units += placed(read, half.messages, half.shift, conceals=hides)
        if parts >= _SPLIT:
            half.splits = True
            units.append(_split(side, message.end, parts))
        if half.sought is None:
            half.messages.forget(half.messages.end - self._inner.buffered(side))
        if half.messages.crowded:
            begin, end = half.received - self.buffered(side), message.end
            units += self._give_up(side, begin, end, "it comes in too many frames")
        return units

    def _seek(self, side: Side, half: _Half, sought: int, last: int) -> list[Unit]:
        """Look for a control packet, in the last message or from before that on.

        Args:
            side: Whose messages they are.
            half: What is known of that.
            sought: From where on.
            last: Bytes of the last message.
        """
        messages = half.messages
        text = messages.payload(sought, messages.end)
        before = len(text) - last
        found = first_packet(text, boundary=True)
        if found < 0 <= (alone := first_packet(text[before:], boundary=True)):
            found = before + alone
        place = sought + found if found >= 0 else max(sought, messages.end - REACH)
        units = _skipped(side, messages.begin(sought), messages.after(place))
        messages.forget(place)
        half.sought = place if found < 0 else None
        half.shift = place - self._inner.received(side)
        return units

    def _give_up(self, side: Side, begin: int, end: int, detail: str) -> list[Unit]:
        """Return a message that is not read: the next packet has to be found."""
        half = self._halves[side]
        self._inner.lose(side)
        half.messages.forget(half.messages.end)
        half.sought = half.messages.end
        if not detail:  # it refers to what the capture lacks
            return _skipped(side, begin, end)
        return [self._trouble(side, begin, end, detail)]

    def _trouble(self, side: Side, begin: int, end: int, detail: str) -> Trouble:
        if self._conceal is not None:
            detail = self._conceal.words(detail)
        return Trouble(side=side, begin=begin, end=end, code=_CODE, detail=detail)


def _parts_of(units: list[Unit], half: _Half) -> int:
    """Return how many messages the first packet of Nest's has come in; 0 for none."""
    found = next((each for each in units if isinstance(each, Transfer)), None)
    if found is None:
        return 0
    return half.messages.count(found.begin + half.shift, found.end + half.shift)


def _split(side: Side, place: int, parts: int) -> Remark:
    """Return that a side writes packets in so many messages."""
    return Remark(side=side, begin=place, end=place, code="split-frames", size=parts)


def _skipped(side: Side, begin: int | None, end: int | None) -> list[Unit]:
    """Return bytes of which nothing is read; nothing where there are none."""
    if begin is None or end is None or begin >= end:
        return []
    return [Skipped(side=side, begin=begin, end=end)]
