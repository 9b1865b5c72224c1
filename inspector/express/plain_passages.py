"""A plain exchange over a broker is figures, too.

::

    one hop in one packet, five of them for a call ─► its row: counts, bytes, times
    an event, and one who had it                   ─► its row
    all else                                       ─► the ordinary way, nothing lost

As :mod:`.plain_exchanges` has it for direct carriers. Here an exchange runs over
several connections, so each of its hops is joined as such first (by
:mod:`inspector.calls.joining.plain_hops`), and counted when it is over. What is
done then, :mod:`inspector.figures.report` and :mod:`inspector.findings.signs` do with
such an exchange.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.joining.plain import HANDED, PlainPassage
from inspector.calls.joining.plain_hops import PlainHops
from inspector.carriers.hopping import (
    ANSWERED,
    ASKED,
    ASKED_OF,
    EMITTED,
    LEFT,
    SPREAD,
    TO_BROKER,
    TOLD,
)
from inspector.figures.stage_times import StageTimes
from protocol import REFUSED, UNDEFINED, PacketError

from .broker_places import BrokerPlaces
from .plain_bodies import ASKING, decode_answered, decode_asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.calls.joining.book import Book
    from inspector.calls.joining.joined import Joined
    from inspector.calls.matching import ExchangeItem
    from inspector.calls.tracking import Track
    from inspector.carriers.hopping import PlainHop
    from inspector.figures.report import Report
    from inspector.figures.rows import PatternRow
    from inspector.findings.signs import Signs
    from inspector.streams.connections import Direction
    from inspector.streams.packets import DataPacket

    from .broker_places import Place, Spelling
    from .plain_bodies import Asked


# decision 138
class PlainPassages:
    """Count plain exchanges over brokers, and refuse all other hops.

    Args:
        book: What is known of the others.
        report: The figures.
        signs: What an exchange shows that is worth a closer look.
    """

    def __init__(self, book: Book, report: Report, signs: Signs) -> None:
        self._report = report
        self._signs = signs
        self._book = book
        self._memory = book.memory
        self._places = BrokerPlaces(book, report, signs)
        self._hops = hops = PlainHops(book, self._count_event)
        self._find = {
            ASKED: self._ask,
            ANSWERED: self._answer,
            EMITTED: self._emit,
            ASKED_OF: hops.ask_of,
            TOLD: hops.tell,
            SPREAD: hops.spread,
        }

    def take(
        self, track: Track, data: bytes, record: DataPacket
    ) -> Sequence[ExchangeItem] | None:
        """Count a packet, if it and its exchange are plain.

        Returns:
            What ends meanwhile; None where the packet has to go the ordinary way.

        Args:
            track: Where it was seen; its plain hops can be read.
            data: What it carries.
            record: The packet.
        """
        reader, direction = track.hops, track.direction
        assert reader is not None
        hop = reader.read(data)
        if hop is None or record.held_ns or record.frames:
            return None
        what, size = hop.what, hop.size
        to_broker = direction.side == direction.connection.client
        memory = self._memory
        if to_broker != (what <= TO_BROKER) or memory.held + size > memory.most_held:
            return None
        if what == LEFT:
            if not self._leave(direction, record, hop):
                return None
            track.errands += 1
        else:
            joined = self._find[what](direction, record, hop)
            if joined is None:
                return None
            self._hops.add(joined, direction, record, size)
            track.frames += 1
        record.frames = 1
        if what == ASKED:  # with the errand before it
            record.frames = 2
            track.errands += 1
        reader.pass_by(hop, len(data))
        return self._hops.ready() if self._book.ready else ()

    def _ask(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Begin a call whose caller has just begun to listen."""
        found = self._read(hop, self._places.messages) if hop.verb else None
        if found is None or found[1].id is UNDEFINED:
            return None
        passage = _passage(direction, hop, *found)
        return self._hops.ask(direction, record.time_ns, passage, str(found[1].id))

    def _emit(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Begin an event, if its payload is for no finding."""
        found = self._read(hop, self._places.events)
        if found is None or found[1].id is not UNDEFINED:
            return None
        passage = _passage(direction, hop, *found)
        if self._signs.promise(passage.data, ()):
            return None
        return self._hops.emit(direction, record.time_ns, passage)

    def _read(
        self, hop: PlainHop, spellings: dict[bytes, Spelling]
    ) -> tuple[Spelling, Asked] | None:
        """Return the pattern of a request or an event, and the rest of it.

        None where it is not plain, or not sent where its pattern says.
        """
        body = hop.body
        if not body.startswith(ASKING):
            return None
        try:
            asked = decode_asked(body)
            text = bytes(asked.pattern)
            spelling = spellings.get(text) or self._places.spell(text, body, spellings)
        except (*REFUSED, PacketError):
            return None
        return (spelling, asked) if hop.channel == spelling.route else None

    def _answer(
        self, direction: Direction, record: DataPacket, hop: PlainHop
    ) -> Joined | None:
        """Return the call that has its one and last reply with this."""
        joined = self._hops.asked_by(direction, hop)
        if joined is None or joined.plain is None:
            return None
        try:
            answered = decode_answered(hop.body)
        except REFUSED:
            return None
        if not answered.is_disposed or answered.id != joined.id:
            return None
        joined.plain.reply, joined.plain.response = hop.body, answered.response
        self._hops.advance(record.time_ns)
        return joined

    def _leave(self, direction: Direction, record: DataPacket, hop: PlainHop) -> bool:
        """Count a call that is over because its caller listens no more."""
        joined = self._hops.told(hop, record.time_ns)
        passage = None if joined is None else joined.plain
        if joined is None or passage is None:
            return False
        (asked_in, asked, size), (_, handed, _), (_, answered, _), last = passage.hops
        told_ns = last[1].time_ns
        queue_ns, handler_ns = (
            handed.time_ns - asked.time_ns,
            answered.time_ns - handed.time_ns,
        )
        return_ns, waited_ns = told_ns - answered.time_ns, told_ns - asked.time_ns
        if asked_in is not direction or min(queue_ns, handler_ns, return_ns) < 0:
            return False
        server = self._places.server_of(passage)
        if server is None:
            return False
        verbs = passage.opened, hop.verb
        place = self._places.place_of(joined, passage, server, verbs)
        if (
            place is None
            or self._stands_out(place.row, waited_ns)
            or self._signs.promise(passage.data, (passage,))
        ):
            return False
        ledger = joined.ledger
        record.owner = ledger
        ledger.data_packets += 1
        ledger.acks += record.acks
        self._count(joined, passage, place, size + last[2])
        _add_times(place.row, told_ns, waited_ns, handler_ns)
        number = direction.connection.number
        self._report.note_completed((number, server.process, told_ns))
        return True

    def _stands_out(self, row: PatternRow, waited_ns: int) -> bool:
        """Whether a call took so long that it is looked at more closely."""
        report = self._report
        return (
            waited_ns > row.longest_ns
            or waited_ns >= report.long_ns
            or waited_ns > report.slowest.least_ns
        )

    def _count_event(self, joined: Joined) -> bool:
        """Count an event that somebody had; return whether it is plain."""
        passage = joined.plain
        if passage is None or len(passage.hops) != HANDED:
            return False
        server = self._places.server_of(passage)
        if server is None:
            return False
        place = self._places.place_of(joined, passage, server, ())
        if place is None:
            return False
        self._count(joined, passage, place, passage.hops[0][2])
        return True

    def _count(
        self, joined: Joined, passage: PlainPassage, place: Place, size: int
    ) -> None:
        """Count what calls and events have in common, and let go of it."""
        ledger, row, sharing = joined.ledger, place.row, self._report.sharing
        place.packet_row.add_plain(ledger, place.cost)
        row.count += 1
        row.bytes += size
        if sharing.failed:
            sharing.strike(passage.data, ledger.route)
        self._hops.end(joined, passage)


def _passage(
    direction: Direction, hop: PlainHop, spelling: Spelling, asked: Asked
) -> PlainPassage:
    return PlainPassage(
        hop.body,
        asked.data,
        spelling.route,
        hop.channel,
        hop.reply_channel,
        hop.verb,
        direction.connection.counts.retransmissions,
        [],
        spelling,
    )


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
