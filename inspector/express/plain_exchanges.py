"""A plain exchange is figures.

::

    request in one packet, reply in another  ─► its row: counts, bytes, latency
    event in one packet                      ─► its row
    all else                                 ─► the ordinary way, with nothing lost

Where only figures and findings are wanted, nearly every exchange is plain: its pattern
is known on its connection, it shows no sign of a finding, and it is neither the slowest
nor in doubt. Then no exchange is made of it. What is not plain is refused here before
anything is noted of it, and the calls of its connection that wait become exchanges
first (:meth:`~inspector.calls.waiting.Calls.settle`).

What is done here, :mod:`inspector.calls.pairing`, :mod:`inspector.figures.report` and
:mod:`inspector.findings.signs` do with such an exchange.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.calls.exchanges import Kind, Ledger
from inspector.calls.plain import PlainCall
from inspector.calls.unended import USUAL_NS
from protocol import (
    REFUSED,
    UNDEFINED,
    PacketError,
    parse_body,
)

from .direct_places import DirectPlaces
from .plain_bodies import ASKING, decode_answered, decode_asked

if TYPE_CHECKING:
    from inspector.calls.matching import Tally
    from inspector.calls.pairing import Pairing
    from inspector.calls.waiting import Calls
    from inspector.figures.report import Report
    from inspector.findings.signs import Signs
    from inspector.streams.connections import Connection, Direction
    from inspector.streams.packets import DataPacket

    from .direct_places import Place
    from .plain_bodies import Answered, Asked

_MESSAGE, _EVENT = Kind.MESSAGE, Kind.EVENT


# decision 132
class PlainExchanges:
    """Count plain exchanges, and refuse all others.

    Args:
        pairing: What pairs the others.
        tally: What both count in.
        report: The figures.
        signs: What an exchange shows that is worth a closer look.
    """

    def __init__(
        self, pairing: Pairing, tally: Tally, report: Report, signs: Signs
    ) -> None:
        self._calls = self._known = pairing.calls
        self._routes = pairing.routes
        self._tally = tally
        self._report = report
        self._signs = signs
        self._large = signs.large
        self._places = DirectPlaces(report, signs)
        self._of = self._places.of

    def stop(self) -> None:
        """Refuse all exchanges from now on: somebody wants each."""
        self._calls = {}

    def resume(self) -> None:
        """Count plain exchanges again."""
        self._calls = self._known

    def take(
        self,
        direction: Direction,
        body: bytes,
        size: int,
        record: DataPacket,
        wordless: bool = False,  # noqa: FBT001, FBT002 — keywords take time
    ) -> bool:
        """Count a packet, if it and its exchange are plain; return whether they are.

        Args:
            direction: Where it was seen.
            body: Its JSON text.
            size: Bytes of its frame …
            record: … and the data packet that carried that, and nothing else.
            wordless: Whether it is known to have none of the words that a finding about
                payloads looks for.
        """
        connection = direction.connection
        calls = self._calls.get(connection)
        if calls is None or connection.held:
            return False
        try:
            if body.startswith(ASKING):
                asked = decode_asked(body)
                if asked.id is UNDEFINED:
                    return self._emit(connection, asked, body, size, record, wordless)
                return self._ask(connection, calls, asked, body, size, record, wordless)
            answered = decode_answered(body)
        except REFUSED:
            return False
        return self._answer(connection, calls, answered, size, record, wordless)

    def _emit(  # noqa: PLR0913, PLR0917 — nothing is made for a call of it
        self,
        connection: Connection,
        event: Asked,
        body: bytes,
        size: int,
        record: DataPacket,
        wordless: bool,  # noqa: FBT001
    ) -> bool:
        places, pattern = self._of.get(connection.number), bytes(event.pattern)
        place = None if places is None else places.events.get(pattern)
        if place is None:
            place = self._find(connection, pattern, body, _EVENT)
        if place is None:
            return False
        if not (wordless and size < self._large) and self._signs.promise(
            event.data, ()
        ):
            return False
        tally, packet_row = self._tally, place.packet_row
        tally.exchanges = number = tally.exchanges + 1
        record.frames = 1
        record.owner = Ledger(
            number, 1, 0, packet_row, _EVENT, place.route, place.carrier, 1
        )
        packet_row.exchanges += 1
        packet_row.data += 1
        packet_row.plain += 1
        row = place.row
        row.count += 1
        row.bytes += size
        if self._report.sharing.failed:
            self._report.sharing.strike(event.data, place.route)
        return True

    def _ask(  # noqa: PLR0913, PLR0917 — nothing is made for a call of it
        self,
        connection: Connection,
        calls: Calls,
        request: Asked,
        body: bytes,
        size: int,
        record: DataPacket,
        wordless: bool,  # noqa: FBT001
    ) -> bool:
        places, pattern = self._of.get(connection.number), bytes(request.pattern)
        place = None if places is None else places.messages.get(pattern)
        if place is None:
            place = self._find(connection, pattern, body, _MESSAGE)
        identity = request.id
        if (
            place is None
            or identity in calls.plain
            or identity in calls.waiting
            or calls.early
        ):
            return False
        tally = self._tally
        tally.exchanges = number = tally.exchanges + 1
        record.frames = 1
        record.owner = ledger = Ledger(
            number, 1, 0, None, _MESSAGE, place.route, place.carrier
        )
        calls.plain[identity] = PlainCall(  # type: ignore[index]
            connection,
            ledger,
            record,
            size,
            connection.counts.retransmissions,
            place,
            identity,  # type: ignore[arg-type]
            request.data,
            wordless,
        )
        return True

    def _answer(  # noqa: PLR0913, PLR0917 — nothing is made for a call of it
        self,
        connection: Connection,
        calls: Calls,
        reply: Answered,
        size: int,
        record: DataPacket,
        wordless: bool,  # noqa: FBT001
    ) -> bool:
        identity = reply.id
        call = calls.plain.get(identity)
        if call is None or not reply.is_disposed:
            return False
        ledger, place, report = call.ledger, call.place, self._report
        row = place.row  # type: ignore[attr-defined]
        answered_ns = record.time_ns
        waited_ns = answered_ns - call.record.time_ns
        if (
            not 0 <= waited_ns <= USUAL_NS
            or waited_ns > row.longest_ns
            or waited_ns >= report.long_ns
            or waited_ns > report.slowest.least_ns
            or ledger.number <= calls.doubt
            or connection.counts.retransmissions != call.retransmissions
        ):
            return False
        plainly = (
            wordless
            and call.wordless  # type: ignore[union-attr]  # an id of text is of one
            and call.size + size < self._large
        )
        if not plainly and self._signs.promise(call.data, (reply,)):
            return False
        del calls.plain[identity]
        self._tally.replies += 1
        record.frames = 1
        record.owner = ledger
        packet_row = place.packet_row  # type: ignore[attr-defined]
        ledger.row = packet_row
        ledger.data_packets = ledger.packets = 2
        calls.end(identity, ledger)
        packet_row.exchanges += 1
        packet_row.data += 2
        packet_row.acks += ledger.acks
        packet_row.plain += 1
        row.count += 1
        row.bytes += call.size + size
        row.latencies.add(waited_ns)
        row.answered_ns = answered_ns
        silence = row.silence
        if answered_ns > silence.answered_ns:  # noqa: PLR1730 — a call costs more
            silence.answered_ns = answered_ns
        report.note_completed((connection.number, row.server, answered_ns))
        if report.sharing.failed:
            report.sharing.strike(call.data, ledger.route)
        return True

    def _find(
        self, connection: Connection, text: bytes, body: bytes, kind: Kind
    ) -> Place | None:
        """Return where such exchanges are counted, if nothing is to be learnt of them.

        Nothing is once one between their client and their server went the ordinary way.

        Args:
            connection: Where one was seen.
            text: Its pattern, as it was written.
            body: All that was written.
            kind: Whether it is a message or an event.
        """
        try:
            msgspec.json.decode(text)  # else it is read in an unusual way
            pattern = parse_body(body).pattern  # type: ignore[union-attr]
        except (*REFUSED, PacketError):
            return None
        route = self._routes.find(pattern)
        return self._places.find(connection, pattern, route, kind, text)
