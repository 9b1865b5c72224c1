"""A plain unary call over a carrier whose requests may be streams is figures, too.

::

    request, answer and end in a packet each ─► its row: counts, bytes, latency
    all else                                 ─► the ordinary way, with nothing lost

As :mod:`.plain_exchanges` has it for calls that end with a reply. What is done here,
:mod:`inspector.calls.streaming`, :mod:`inspector.figures.report` and
:mod:`inspector.findings.signs` do with such a call. Its messages are read as JSON only
where somebody might have something to say of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.costs import cost_of_taken
from inspector.calls.exchanges import Kind, Ledger
from inspector.calls.plain import PlainStep
from inspector.calls.unended import USUAL_NS
from inspector.carriers.base import Taken
from inspector.carriers.streamed import TRAILERS
from inspector.carriers.unary import ANSWERED, ASKED, GROWTH

from .direct_places import DirectPlaces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.calls.dispatching import Dispatcher
    from inspector.calls.matching import ExchangeItem
    from inspector.calls.tracking import Track
    from inspector.calls.waiting import Calls
    from inspector.carriers.base import Cost
    from inspector.carriers.unary import PlainUnit, Steps
    from inspector.figures.report import Report
    from inspector.findings.signs import Signs
    from inspector.streams.connections import Connection
    from inspector.streams.packets import DataPacket

_MESSAGE = Kind.MESSAGE
_PACKETS = 3
_TAKEN = Taken(_MESSAGE, 2, (TRAILERS,))
"""What is seen of such a call: a request, a reply, and its end."""


# decision 193
class PlainUnary:
    """Count plain unary calls, and refuse all other packets.

    Args:
        calls: What makes exchanges of the others.
        report: The figures.
        signs: What an exchange shows that is worth a closer look.
    """

    def __init__(self, calls: Dispatcher, report: Report, signs: Signs) -> None:
        pairing = calls.streams
        self._calls_of = pairing.calls.get
        self._routes = pairing.routes
        self._tally = calls.tally
        self._report = report
        self._signs = signs
        self._words = signs.words
        # A string has a character for each byte, or four for three of them, or fewer.
        self._small = min(signs.vast // GROWTH - 1, (signs.long - 4) * 3 // 4)
        self._places = DirectPlaces(report, signs, _PACKETS)
        self._of = self._places.of
        self._costs: dict[str, Cost | None] = {}
        self._stopped = False

    def stop(self) -> None:
        """Refuse all packets from now on: somebody wants each exchange."""
        self._stopped = True

    def resume(self) -> None:
        """Count plain calls again."""
        self._stopped = False

    def take(
        self, track: Track, data: bytes, record: DataPacket
    ) -> Sequence[ExchangeItem] | None:
        """Count a packet, if it and its call are plain; return that nothing ends.

        None is returned where the packet has to go the ordinary way.

        Args:
            track: Where it was seen; its steps can be read.
            data: What it carries.
            record: The packet.
        """
        steps, direction = track.steps, track.direction
        connection = direction.connection
        calls = self._calls_of(connection)
        if steps is None or calls is None or self._stopped:
            return None
        unit = steps.read(data)
        if unit is None or record.held_ns or record.frames or connection.held:
            return None
        asks, what = direction.side == connection.client, unit.what
        if connection.supposed or asks != (what == ASKED):
            return None
        size = len(data)
        if what == ASKED:
            counted = self._ask(connection, calls, unit, steps, size, record)
        elif what == ANSWERED:
            counted = self._answer(calls, unit, size, record)
        else:
            counted = self._end(connection, calls, unit.stream, size, record)
        if not counted:
            return None
        record.frames, track.latest = 1, record
        track.frames += 1
        steps.pass_by(unit, size)
        return ()

    def _ask(  # noqa: PLR0913, PLR0917 — a tuple for a call of it would cost more
        self,
        connection: Connection,
        calls: Calls,
        unit: PlainUnit,
        steps: Steps,
        size: int,
        record: DataPacket,
    ) -> bool:
        pattern, stream = unit.pattern, unit.stream
        places = self._of.get(connection.number)
        place = None if places is None else places.messages.get(pattern)
        if place is None:
            route = self._routes.find(pattern)
            place = self._places.find(connection, pattern, route, _MESSAGE, pattern)
        busy = stream in calls.plain or stream in calls.waiting or calls.early
        if place is None or busy:
            return False
        tally = self._tally
        tally.exchanges = number = tally.exchanges + 1
        record.owner = ledger = Ledger(
            number, 1, 0, None, _MESSAGE, place.route, place.carrier
        )
        calls.plain[stream] = PlainStep(
            connection,
            ledger,
            record,
            size,
            connection.counts.retransmissions,
            place,
            stream,
            unit.message,
            steps.text_of,
        )
        return True

    def _answer(
        self, calls: Calls, unit: PlainUnit, size: int, record: DataPacket
    ) -> bool:
        call = calls.plain.get(unit.stream)
        if call is None or not isinstance(call, PlainStep):
            return False
        if not 0 <= record.time_ns - call.record.time_ns <= USUAL_NS:
            return False
        self._tally.replies += 1
        record.owner = ledger = call.ledger
        ledger.data_packets = 2
        call.answer, call.answer_record, call.answer_size = unit.message, record, size
        return True

    def _end(
        self,
        connection: Connection,
        calls: Calls,
        stream: int,
        size: int,
        record: DataPacket,
    ) -> bool:
        call = calls.plain.get(stream)
        if not isinstance(call, PlainStep) or call.answer_record is None:
            return False
        ledger, place, report = call.ledger, call.place, self._report
        row = place.row  # type: ignore[attr-defined]
        answered_ns, ended_ns = call.answer_record.time_ns, record.time_ns
        waited_ns = answered_ns - call.record.time_ns
        if (
            not 0 <= ended_ns - answered_ns <= USUAL_NS
            or waited_ns > row.longest_ns
            or self._is_long(waited_ns)
            or ledger.number <= calls.doubt
            or connection.counts.retransmissions != call.retransmissions
            or (cost := self._cost_of(ledger.carrier)) is None
            or self._promises(call)
        ):
            return False
        del calls.plain[stream]
        record.owner = ledger
        ledger.data_packets = _PACKETS
        calls.end(stream, ledger)
        place.packet_row.add_plain(ledger, cost)  # type: ignore[attr-defined]
        row.count += 1
        row.bytes += call.size + call.answer_size + size
        row.latencies.add(waited_ns)
        row.answered_ns = ended_ns
        if ended_ns != answered_ns:
            row.streams += 1
            report.turns.stream(row.server, answered_ns, ended_ns)
        row.silence.answered_ns = max(row.silence.answered_ns, ended_ns)
        report.note_completed((connection.number, row.server, ended_ns))
        if report.sharing.failed:
            report.sharing.strike(call.data, ledger.route)
        return True

    def _is_long(self, waited_ns: int) -> bool:
        """Whether a time is one that a report names, or may come to name."""
        report = self._report
        return waited_ns >= report.long_ns or waited_ns > report.slowest.least_ns

    def _cost_of(self, carrier: str) -> Cost | None:
        """Return what such a call should take over a carrier, if just what it did."""
        if carrier not in self._costs:
            cost = cost_of_taken(carrier, _TAKEN)
            usual = cost is not None and cost.packets == _PACKETS
            self._costs[carrier] = cost if usual else None
        return self._costs[carrier]

    def _promises(self, call: PlainStep) -> bool:
        """Whether a finding about payloads may be for what a call says."""
        asked, answered, small = call.message, call.answer or b"", self._small
        if len(asked) < small and len(answered) < small:
            said = (asked + b"\0" + answered).lower()
            for word in self._words:
                if word in said:
                    break
            else:
                return False
        return self._signs.promise(call.data, (call,))
