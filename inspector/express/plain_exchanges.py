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
from inspector.calls.plain import PlainCall, PlainPlace
from inspector.calls.unended import USUAL_NS
from inspector.figures.traffic import pair_of
from protocol import (
    REFUSED,
    UNDEFINED,
    PacketError,
    parse_body,
)

from .plain_bodies import ASKING, decode_answered, decode_asked

if TYPE_CHECKING:
    from inspector.calls.matching import Tally
    from inspector.calls.pairing import Pairing
    from inspector.calls.waiting import Calls
    from inspector.figures.report import Report
    from inspector.figures.rows import PacketRow, PatternRow
    from inspector.figures.traffic import Pair, Table
    from inspector.findings.signs import Signs
    from inspector.streams.connections import Connection, Direction
    from inspector.streams.packets import DataPacket
    from protocol import Json

    from .plain_bodies import Answered, Asked

_REMEMBERED = 20_000
"""Places, after which all are looked for anew."""
_MESSAGE, _EVENT = Kind.MESSAGE, Kind.EVENT


class _Place(PlainPlace):
    """Where plain exchanges of a pattern between a client and a server are counted.

    Attributes:
        route: Its route.
        carrier: What carries them.
        row: What happens there.
        packet_row: Their packets.
    """

    __slots__ = ("carrier", "packet_row", "route", "row")

    def __init__(
        self,
        pattern: Json,
        route: str,
        carrier: str,
        row: PatternRow,
        packet_row: PacketRow,
    ) -> None:
        super().__init__(pattern)
        self.route = route
        self.carrier = carrier
        self.row = row
        self.packet_row = packet_row


class _Places:
    """The places between a client and a server.

    Attributes:
        table: Their rows, by route and kind.
        messages: Pattern, as it was written → the place of its calls …
        events: … and of its events.
    """

    __slots__ = ("events", "messages", "table")

    def __init__(self, table: Table) -> None:
        self.table = table
        self.messages: dict[bytes, _Place] = {}
        self.events: dict[bytes, _Place] = {}


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
        self._found = 0  # places
        self._of_pairs: dict[Pair, _Places] = {}
        self._of: dict[int, _Places] = {}  # by number of the connection

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
        plainly = wordless and call.wordless and call.size + size < self._large
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
    ) -> _Place | None:
        """Return where such exchanges are counted, if nothing is to be learnt of them.

        Nothing is once one between their client and their server went the ordinary way.

        Args:
            connection: Where one was seen.
            text: Its pattern, as it was written.
            body: All that was written.
            kind: Whether it is a message or an event.
        """
        places = self._of.get(connection.number) or self._places_of(connection)
        try:
            msgspec.json.decode(text)  # else it is read in an unusual way
            pattern = parse_body(body).pattern  # type: ignore[union-attr]
        except (*REFUSED, PacketError):
            return None
        route, service = self._routes.find(pattern), connection.server_text
        row = places.table.get((route, kind))
        if row is None or not self._signs.is_usual(service, route, kind, pattern):
            return None
        carrier, packets = connection.carrier, 1 if kind is _EVENT else 2
        packet_row = self._report.packet_row(carrier, kind, packets)
        place = _Place(pattern, route, carrier, row, packet_row)
        found = places.events if kind is _EVENT else places.messages
        found[text] = place
        self._found += 1
        return place

    def _places_of(self, connection: Connection) -> _Places:
        """Return the places of whom a connection is between, of those remembered."""
        if max(self._found, len(self._of)) >= _REMEMBERED:
            self._found = 0
            self._of_pairs.clear()
            self._of.clear()
        pair = pair_of(connection)
        places = self._of_pairs.get(pair)
        if places is None:
            table = self._report.traffic.tables.get(pair)
            places = _Places({} if table is None else table)
            if table is not None:
                self._of_pairs[pair] = places
        if places.table:
            self._of[connection.number] = places
        return places
