"""Which bytes of a capture are written, and what replaces others.

Only what was read as frames, and what a carrier says to be harmless, can be known to be
without secrets. So with a redaction all other bytes that a Nest connection carried
(pieces of frames that are not complete, what is not of this protocol) become ``x``, in
as many bytes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import TYPE_CHECKING

from inspector.calls.costs import has_sessions
from inspector.calls.seen import Sighting, Upkeep
from inspector.carriers.sessions import SessionTransfer, WrittenTransfer
from inspector.listening import Tap
from inspector.streams.flags import CONTROL, TcpFlag
from inspector.streams.items import Acknowledgement, Chunk, Closed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.calls.observing import Observer, SightingItem
    from inspector.carriers.base import Errand, Idle, Transfer, Unit
    from inspector.streams.connections import Connection, Direction
    from inspector.streams.items import StreamItem
    from inspector.streams.packets import DataPacket
    from inspector.tcp.reassembly import Reassembler
    from inspector.tcp.segments import Segment

_BLANK = b"x"


class _Stream:
    """The bytes of one direction that are not read yet, and what is known of others.

    Attributes:
        spans: Places of frames: begin, end, begin, …, those that meet joined.
        changes: Place → bytes that are written there instead.
    """

    def __init__(self) -> None:
        self.spans = array("q")
        self.changes: list[tuple[int, bytes]] = []
        self._unread = bytearray()
        self._begin = 0  # place of those
        self._shift: int | None = None  # of the last unit: its place less its own

    def feed(self, data: bytes, end: int) -> None:
        """Take the next bytes; ``end`` is the place after them."""
        if self._begin + len(self._unread) != end - len(data):
            self._unread.clear()
        if not self._unread:
            self._begin = end - len(data)
        self._unread += data

    @property
    def unread(self) -> int:
        """How many bytes it keeps until they are read."""
        return len(self._unread)

    def keep(self, count: int) -> None:
        """Let go of all unread bytes but so many: nobody reads them any more."""
        surplus = len(self._unread) - count
        if surplus > 0:
            del self._unread[:surplus]
            self._begin += surplus

    def read(self, seen: Sighting | Upkeep) -> None:
        """Learn that a unit was read, and what it says when it is redacted."""
        if isinstance(seen, Upkeep):
            self._read_upkeep(seen.unit)
            return
        transfer, size = seen.transfer, seen.size
        if isinstance(transfer, WrittenTransfer):
            self._read_message(transfer)
            return
        shown, original = transfer.body, transfer.original
        body = shown if original is None else original
        place = transfer.body_begin
        head = size - len(body) if place is None else place - transfer.begin
        if transfer.pieces:
            self._read_pieces(transfer, body, shown)
            return
        begin = self._show(transfer, body, head)
        if begin is not None and transfer.head:
            self.changes.append((begin, _blanked(transfer, transfer.head, 0)))
        if begin is not None and original is not None:
            self.changes.append((begin + head, _blanked(transfer, shown, head)))

    def _read_upkeep(self, unit: Errand | Idle) -> None:
        """Learn of a unit that is not a packet; without a text it is not shown."""
        if not unit.text:
            return
        begin = self._show(unit, unit.original or unit.text, 0)
        if begin is not None and unit.original:
            self.changes.append((begin, _blanked(unit, unit.text, 0)))

    def _read_message(self, transfer: WrittenTransfer) -> None:
        """Learn of a message with more than a body; without bytes it is not shown."""
        begin = self._show(transfer, transfer.sent, 0) if transfer.sent else None
        if begin is not None:
            self.changes.append((begin, transfer.shown))

    def _read_pieces(self, transfer: Transfer, body: bytes, shown: bytes) -> None:
        """Learn what a body says whose bytes do not follow each other."""
        first = transfer.pieces[0]
        head, size = first.begin - transfer.begin, first.end - first.begin
        begin = self._show(transfer, body[:size], head)
        if begin is None:
            return
        if transfer.head:
            self.changes.append((begin, _blanked(transfer, transfer.head, 0)))
        if body is shown:
            return
        done, shift = 0, begin - transfer.begin
        for low, high in transfer.pieces:
            part = shown[done : done + high - low]
            self.changes.append((low + shift, part))
            done += high - low

    def _show(self, unit: Unit, part: bytes, head: int) -> int | None:
        """Show a unit without its secrets; return its place, None where it is not.

        Args:
            unit: The unit, whose own places may count from elsewhere.
            part: Bytes of it.
            head: How many come before those.
        """
        # decision 86: where a unit stands in its stream is found by its bytes
        found = self._find(unit, part, head)
        if found < 0:
            return None
        begin = self._begin + found - head
        shift, end = begin - unit.begin, unit.begin
        self._shift = shift
        for secret in sorted(unit.secret):
            self._cover(end + shift, secret.begin + shift)
            end = max(end, secret.end)
        self._cover(end + shift, unit.end + shift)
        consumed = found - head + unit.end - unit.begin
        del self._unread[:consumed]
        self._begin += consumed
        return begin

    def _find(self, unit: Unit, part: bytes, head: int) -> int:
        """Return where a part of a unit is in the unread bytes; -1 if nowhere.

        It is looked for where the unit before says: what could not be read in between
        may hold the same bytes, and secrets around them.
        """
        if self._shift is not None:
            place = unit.begin + self._shift - self._begin + head
            if place >= head and self._unread.startswith(part, place):
                return place
        return self._unread.find(part, head)

    def patched(self, place: int, payload: bytes) -> bytes:
        """Return the bytes at a place, as they may be shown."""
        end = place + len(payload)
        shown = bytearray(_BLANK * len(payload))
        for index in range(self._first(place), len(self.spans), 2):
            begin, after = self.spans[index], self.spans[index + 1]
            if begin >= end:
                break
            low, high = max(begin, place), min(after, end)
            if low < high:
                shown[low - place : high - place] = payload[low - place : high - place]
        start = bisect_right(self.changes, place, key=lambda change: change[0]) - 1
        for begin, text in self.changes[max(start, 0) :]:
            if begin >= end:
                break
            low, high = max(begin, place), min(begin + len(text), end)
            if low < high:
                shown[low - place : high - place] = text[low - begin : high - begin]
        return bytes(shown)

    def _first(self, place: int) -> int:
        index = bisect_right(self.spans, place) - 1
        return max(index - index % 2, 0)

    def _cover(self, begin: int, end: int) -> None:
        if begin >= end:
            return
        if self.spans and self.spans[-1] == begin:
            self.spans[-1] = end
        else:
            self.spans.extend((begin, end))


def _is_late(seen: Sighting) -> bool:
    """Whether a hop over a broker may have come when its exchange was over."""
    ledger = seen.ledger
    over = ledger is None or ledger.packets is not None
    return over and seen.transfer.channel is not None


def _blanked(unit: Unit, text: bytes, head: int) -> bytes:
    """Return a text within a unit, so many bytes after its beginning."""
    shown, place = bytearray(text), unit.begin + head
    for secret in unit.secret:
        low, high = max(secret.begin - place, 0), min(secret.end - place, len(text))
        if low < high:
            shown[low:high] = _BLANK * (high - low)
    return bytes(shown)


class SessionPlaces:
    """Which connections exchanges of sessions run over, besides where they began."""

    def __init__(self) -> None:
        self._names: dict[int, tuple[str, str]] = {}
        self._known: dict[tuple[str, str], dict[Connection, None]] = {}

    def note(self, transfer: Transfer, direction: Direction, number: int) -> None:
        """Note where a packet of an exchange passed."""
        if isinstance(transfer, SessionTransfer) and transfer.session:
            name = transfer.session, direction.connection.server_text
            self._names[number] = name
            self._known.setdefault(name, {})[direction.connection] = None

    def connections(self, number: int) -> dict[Connection, None]:
        """Return the connections of an exchange's session, by now."""
        name = self._names.get(number)
        return {} if name is None else self._known[name]


class PatchTap(Tap):
    """Note which packets are to be written, and what they may hold.

    Args:
        redacted: Whether bytes are hidden; else packets are written as they are.
    """

    def __init__(self, *, redacted: bool) -> None:
        self._redacted = redacted
        self._streams: dict[Direction, _Stream] = {}
        self._places: dict[int, tuple[Direction, int]] = {}
        self._wanted: set[int] = set()
        self._chosen: dict[Connection, None] = {}
        self._around: list[tuple[int, Connection]] = []
        self._exchanges: set[int] = set()
        self._sessions = SessionPlaces()
        self._upkeep: list[Upkeep] = []
        self._late: list[DataPacket] = []
        self._acks: list[tuple[int, int]] = []
        self._current = 0
        self._observer: Observer | None = None

    @property
    def unread(self) -> int:
        """How many bytes it keeps until it is known what they say."""
        return sum(stream.unread for stream in self._streams.values())

    def attend(self, observer: Observer) -> None:
        """Learn what reads the streams."""
        self._observer = observer

    def segments(
        self, segments: Iterator[Segment], reassembler: Reassembler
    ) -> Iterator[Segment]:
        """Note the place of each segment in its stream."""
        for segment in segments:
            self._current = segment.number
            yield segment
            direction = reassembler.direction_of(segment.flow)
            if direction is None or direction.connection.ignored:
                continue
            if segment.flags & CONTROL:
                self._around.append((segment.number, direction.connection))
            if self._redacted and segment.payload:
                seq = segment.seq + bool(segment.flags & TcpFlag.SYN)
                place = direction.place(seq)
                self._places[segment.number] = direction, place

    def items(self, items: Iterator[StreamItem]) -> Iterator[StreamItem]:
        """Note the bytes of a stream until they are read, and what is acknowledged."""
        for item in items:
            if isinstance(item, Acknowledgement):
                self._acks.append((self._current, item.packet.number))
            elif isinstance(item, Chunk) and self._redacted:
                direction = item.direction
                stream = self._streams.setdefault(direction, _Stream())
                stream.feed(item.data, direction.next)
                if direction.connection.ignored:
                    self._streams.pop(direction, None)
            yield item  # and all that is read with it is known when this goes on
            if isinstance(item, Chunk):
                self._forget(item.direction)
            elif isinstance(item, Closed):
                for direction in item.connection.directions:
                    self._forget(direction, over=True)

    def _forget(self, direction: Direction, *, over: bool = False) -> None:
        """Let go of what is not read any more: of what is encrypted, of all."""
        stream, observer = self._streams.get(direction), self._observer
        if stream is None or observer is None:
            return
        kept = observer.held(direction) if over else observer.kept(direction)
        if kept is not None:
            stream.keep(kept)

    def sightings(self, sightings: Iterator[SightingItem]) -> Iterator[SightingItem]:
        """Note of every unit what it says when it is redacted."""
        for item in sightings:
            if isinstance(item, Sighting | Upkeep):
                stream = self._streams.get(item.direction)
                if isinstance(item, Upkeep):
                    self._upkeep.append(item)
                if stream is not None:
                    stream.read(item)
            yield item
            if isinstance(item, Sighting) and item.ledger is not None:
                self._sessions.note(item.transfer, item.direction, item.ledger.number)
            if isinstance(item, Sighting) and _is_late(item):
                self._late += item.records

    def add(self, exchange: Exchange) -> None:
        """Learn that the packets of an exchange are to be written."""
        packets = [*exchange.request_packets, *exchange.reply_packets]
        if exchange.errands is not None:
            packets += exchange.errands.packets
        self._wanted.update(packet.number for packet in packets)
        self._chosen[exchange.connection] = None
        self._exchanges.add(exchange.number)
        self._chosen.update(self._sessions.connections(exchange.number))
        if exchange.passage is not None:
            for hop in exchange.passage.hops:
                self._chosen[hop.direction.connection] = None

    def wanted(self) -> set[int]:
        """Return the records to write: data, their ACKs, and what is around them.

        That is SYN, FIN and RST, and what the carrier does besides: without a handshake
        it may not be possible to read the rest. So are deliveries that came when their
        exchange was over: a gap in their place would put all around it in doubt.
        """
        numbers = set(self._wanted)
        for each in self._late:
            if each.owner is not None and each.owner.number in self._exchanges:
                numbers.add(each.number)
        numbers.update(ack for ack, packet in self._acks if packet in numbers)
        numbers.update(
            number for number, connection in self._around if connection in self._chosen
        )
        for upkeep in self._upkeep:
            ledger = upkeep.ledger
            others = ledger is not None and ledger.number not in self._exchanges
            if upkeep.direction.connection in self._chosen and not others:
                numbers.update(self._own(upkeep))
        return numbers

    def _own(self, upkeep: Upkeep) -> Iterator[int]:
        """Yield the records of what a carrier does besides.

        A head of HTTP travels with what an exchange polls: only if that is written.
        """
        polls = has_sessions(upkeep.carrier)
        for record in upkeep.records:
            owner = record.owner
            if not polls or owner is None or owner.number in self._exchanges:
                yield record.number

    # decision 42: A written capture that is redacted holds only what was read
    def patched(self, segment: Segment) -> bytes:
        """Return the payload of a segment as it may be shown."""
        known = self._places.get(segment.number)
        if known is None:
            return _BLANK * len(segment.payload)
        direction, place = known
        stream = self._streams.get(direction)
        if stream is None:
            return _BLANK * len(segment.payload)
        return stream.patched(place, segment.payload)
