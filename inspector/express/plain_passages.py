"""A plain exchange over a broker is figures, too.

::

    one hop in one packet, four of them for a call ─► its row: counts, bytes, times
    an event, and one who had it                   ─► its row
    all else                                       ─► the ordinary way, nothing lost

As :mod:`.plain_exchanges` has it for direct carriers. Here an exchange runs over
several connections, so each of its hops is joined as such first (by
:mod:`inspector.calls.joining.plain_hops`), and counted when it is over. What is
done then, :mod:`inspector.figures.report` and :mod:`inspector.findings.signs` do with
such an exchange. What else its carrier does for it is read the ordinary way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from inspector.calls.exchanges import Kind
from inspector.calls.joining.joining import Joining
from inspector.calls.joining.plain import HANDED, PlainPassage
from inspector.calls.joining.plain import TOLD as REPLIED
from inspector.calls.joining.plain_hops import PlainHops
from inspector.carriers.hopping import (
    ANSWERED,
    ASKED,
    ASKED_OF,
    CONFIRMED,
    EMITTED,
    LEFT,
    NOTED,
    NOTHING,
    POLLED,
    SETTLED,
    SPREAD,
    TO_BROKER,
    TOLD,
)
from inspector.figures.stage_times import StageTimes
from inspector.findings.signs import WAITED_NS
from protocol import REFUSED, UNDEFINED, Event, PacketError, Request, Response

from .broker_places import BrokerPlaces
from .plain_bodies import (
    ASKING,
    Asked,
    Bare,
    decode_answered,
    decode_asked,
    decode_bare,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.calls.joining.book import Book
    from inspector.calls.joining.joined import Joined
    from inspector.calls.matching import ExchangeItem, Matching
    from inspector.calls.tracking import Track
    from inspector.carriers.hopping import PlainHop
    from inspector.figures.report import Report
    from inspector.figures.rows import PatternRow
    from inspector.findings.signs import Signs
    from inspector.streams.connections import Direction
    from inspector.streams.packets import DataPacket

    from .broker_places import Place, Server, Spelling
    from .plain_bodies import Answered


_IDLE = frozenset({POLLED, NOTHING})
Ended: TypeAlias = "Sequence[ExchangeItem] | None"


def passages_of(
    matching: Matching, report: Report, signs: Signs, events: int
) -> PlainPassages | None:
    """Return what counts plain exchanges over brokers; None where others join them.

    Args:
        matching: What joins all others.
        report: The figures.
        signs: What an exchange shows that is worth a closer look.
        events: How many events are told before others are figures.
    """
    if not isinstance(matching, Joining):
        return None
    return PlainPassages(matching.book, report, signs, events)


# decision 138
class PlainPassages:
    """Count plain exchanges over brokers, and refuse all other hops.

    Args:
        book: What is known of the others.
        report: The figures.
        signs: What an exchange shows that is worth a closer look.
        events: How many events are told before others are figures.
    """

    def __init__(
        self, book: Book, report: Report, signs: Signs, events: int = 0
    ) -> None:
        self._report = report
        self._told_events = events
        self._signs = signs
        self._book = book
        self._memory = book.memory
        self._places = BrokerPlaces(book, report, signs)
        self._hops = hops = PlainHops(book)
        self._find = {
            ASKED: self._ask,
            ANSWERED: self._answer,
            EMITTED: self._emit,
            ASKED_OF: hops.ask_of,
            TOLD: hops.tell,
            SPREAD: hops.spread,
            LEFT: hops.leave,
            CONFIRMED: hops.confirm,
            SETTLED: hops.settle,
            NOTED: hops.settle,
        }
        self._stopped = False
        book.count = self._count

    def stop(self) -> None:
        """Refuse all hops from now on: somebody wants each exchange."""
        self._stopped, self._book.count = True, None

    def resume(self) -> None:
        """Count plain exchanges again."""
        self._stopped, self._book.count = False, self._count

    def take(self, track: Track, data: bytes, record: DataPacket) -> Ended:
        """Count a packet, if it and its exchange are plain; return what ends meanwhile.

        None is returned where the packet has to go the ordinary way.

        Args:
            track: Where it was seen; its plain hops can be read.
            data: What it carries.
            record: The packet.
        """
        reader, direction, memory = track.hops, track.direction, self._memory
        assert reader is not None
        hop = reader.read(data)
        if hop is None or record.held_ns or record.frames or self._stopped:
            return None
        what, size = hop.what, hop.size
        to_broker = direction.side == direction.connection.client
        if to_broker != (what <= TO_BROKER) or memory.held + size > memory.most_held:
            return None
        if what in _IDLE:
            return self._poll(track, data, record, hop)
        joined = self._find[what](direction, record, hop)
        if joined is None:
            return None
        record.frames, track.latest = 2 if size and hop.verb else 1, record
        tag = reader.pass_by(hop, len(data), record.time_ns)
        if not size or hop.verb:  # it is an errand, or one is before it
            track.errands += 1
        if size:
            track.frames += 1
            self._hops.add(joined, direction, record, size)
            if tag is not None:
                self._hops.tag(joined, direction, tag, requests=what != ANSWERED)
            if hop.exact is not None:
                self._hops.hand(joined, direction, hop)
            if joined.outcome is not None and not joined.awaited:
                self._see_to(joined)
        return self._hops.ready() if self._book.ready else ()

    def _poll(
        self, track: Track, data: bytes, record: DataPacket, hop: PlainHop
    ) -> Ended:
        """Count what asks for messages, or brings none; return what ends meanwhile."""
        reader = track.hops
        assert reader is not None
        track.latest = record
        self._hops.poll(track.direction, record, hop)
        track.idle += 1
        reader.pass_by(hop, len(data), record.time_ns)
        return self._hops.ready() if self._book.ready else ()

    def _see_to(self, joined: Joined) -> None:
        """Count one whose outcome is known, or wait for what is owed to it."""
        if joined.owes:
            self._memory.expect(joined, self._book.now_ns)
        else:
            self._book.settle(joined)

    def _ask(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Begin a call whose caller listens for its reply."""
        found = self._read(hop, self._places.messages)
        if found is None:
            return None
        spelling, asked = found
        if isinstance(asked, Event) or asked.id is UNDEFINED:
            return None
        passage = _passage(direction, hop, spelling, asked)
        if hop.verb:
            passage.verbs = (hop.verb,)
            passage.served.append((direction, record))
        identity = str(asked.id)
        return self._hops.ask(direction, record.time_ns, passage, identity, hop)

    def _emit(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Begin an event, if its payload is for no finding."""
        if self._report.kinds[Kind.EVENT] < self._told_events:
            return None
        found = self._read(hop, self._places.events)
        if found is None:
            return None
        spelling, asked = found
        if not (isinstance(asked, Event) or asked.id is UNDEFINED):
            return None
        passage = _passage(direction, hop, spelling, asked)
        if self._signs.promise(passage.data, ()):
            return None
        return self._hops.emit(direction, record.time_ns, passage, hop)

    def _read(
        self, hop: PlainHop, spellings: dict[bytes | str, Spelling]
    ) -> tuple[Spelling, Asked | Request | Event] | None:
        """Return the pattern of a request or an event, and the rest of it.

        None where it is not plain.
        """
        body, packet = hop.body, hop.packet
        if isinstance(packet, Request | Event):
            return self._places.name(hop.channel, spellings), packet
        if not body.startswith(ASKING):
            return None
        try:
            asked = decode_asked(body)
            text = bytes(asked.pattern)
            spelling = spellings.get(text) or self._places.spell(text, body, spellings)
        except (*REFUSED, PacketError):
            return None
        return spelling, asked

    def _answer(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Return the call that has its one and last reply with this."""
        answered = _answered(hop)
        if answered is None or not answered.is_disposed:
            return None
        identity = UNDEFINED if isinstance(answered, Bare) else answered.id
        joined = self._hops.asked_by(direction, hop)
        if joined is None or identity not in (UNDEFINED, joined.id):
            return None
        self._book.advance(record.time_ns)
        passage = joined.plain
        if passage is None:  # it was told meanwhile
            return None
        passage.reply, passage.reply_id = hop.body, identity
        passage.response = answered.response
        return joined

    def _count(self, joined: Joined) -> bool:
        """Count what is over, if it is plain to the end, and let go of it."""
        passage, book = joined.plain, self._book
        if passage is None:
            return False
        shared = joined.queued or passage.group is not None
        if shared and book.lacking.since(joined):  # another may have had it
            return False
        calls = joined.ledger.kind is Kind.MESSAGE
        if len(passage.hops) != (REPLIED if calls else HANDED):
            return False
        server = self._places.server_of(passage)
        place = (
            None if server is None else self._places.place_of(joined, passage, server)
        )
        if server is None or place is None:
            return False
        return (self._count_call if calls else self._count_event)(
            joined, passage, place, server
        )

    def _count_call(
        self, joined: Joined, passage: PlainPassage, place: Place, server: Server
    ) -> bool:
        """Count a call that is over with its reply."""
        (asked_in, asked, size), (_, handed, _), (_, answered, _), last = passage.hops
        told_ns = last[1].time_ns
        queue_ns, handler_ns = (
            handed.time_ns - asked.time_ns,
            answered.time_ns - handed.time_ns,
        )
        return_ns, waited_ns = told_ns - answered.time_ns, told_ns - asked.time_ns
        if (
            min(queue_ns, handler_ns, return_ns) < 0
            or self._stands_out(place.row, waited_ns)
            or self._signs.promise(passage.data, (passage,))
        ):
            return False
        self._add(joined, passage, place, size + last[2])
        _add_times(place.row, told_ns, waited_ns, handler_ns)
        number = asked_in.connection.number
        twin = server.connection.twin
        process = server.process if twin is None else twin.client_text
        self._report.note_completed((number, process, told_ns))
        return True

    def _stands_out(self, row: PatternRow, waited_ns: int) -> bool:
        """Whether a call took so long that it is looked at more closely."""
        report = self._report
        return (
            waited_ns > row.longest_ns
            or waited_ns >= report.long_ns
            or waited_ns > report.slowest.least_ns
        )

    def _count_event(
        self, joined: Joined, passage: PlainPassage, place: Place, _server: Server
    ) -> bool:
        """Count an event that somebody had, without waiting for it in a queue."""
        (_, emitted, size), (_, handed, _) = passage.hops
        if joined.queued and handed.time_ns - emitted.time_ns >= WAITED_NS:
            return False
        self._add(joined, passage, place, size)
        return True

    def _add(
        self, joined: Joined, passage: PlainPassage, place: Place, size: int
    ) -> None:
        """Count what calls and events have in common, and let go of it."""
        ledger, row, sharing = joined.ledger, place.row, self._report.sharing
        place.packet_row.add_plain(ledger, place.cost)
        row.count += 1
        row.bytes += size
        if sharing.failed:
            sharing.strike(passage.data, ledger.route)
        if joined.listens is not None:
            self._book.stop_waiting(joined)
        self._book.close(joined)


def _answered(hop: PlainHop) -> Answered | Bare | Response | None:
    """Return what a reply says; None where that is not plain."""
    if isinstance(hop.packet, Response):
        return hop.packet
    decode = decode_bare if hop.bare else decode_answered
    try:
        return decode(hop.body)
    except REFUSED:
        return None


def _passage(
    direction: Direction,
    hop: PlainHop,
    spelling: Spelling,
    asked: Asked | Request | Event,
) -> PlainPassage:
    passage = PlainPassage(
        hop.body,
        asked.data,
        spelling.route,
        hop.channel,
        hop.reply_channel,
        direction.connection.counts.retransmissions,
        [],
        spelling,
        (),
        [],
    )
    passage.reply_part = hop.reply_part
    if not isinstance(asked, Asked):
        passage.packet = asked
    return passage


def _add_times(row: PatternRow, told_ns: int, waited_ns: int, handler_ns: int) -> None:
    """Count how long a call took, and how long of that its handler did."""
    row.latencies.add(waited_ns)
    stages = row.stages
    if stages is None:
        stages = row.stages = StageTimes()
    stages.broker.add(waited_ns - handler_ns)
    stages.handler.add(handler_ns)
    row.answered_ns = told_ns
    silence = row.silence
    if silence is not None and told_ns > silence.answered_ns:
        silence.answered_ns = told_ns
