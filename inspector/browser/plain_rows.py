"""Plain exchanges to rows, without an exchange in between.

::

    call, reply ─► what is compared and sorted by ─► store
              └──► the bytes that packing makes   ─► store

Nearly all exchanges are plain. What is kept of one is what :mod:`.packing` and
:mod:`.schema` make of the exchange that it would have been, which the tests compare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from inspector.calls.exchanges import Outcome
from protocol import UNDEFINED, dumps

from .packing import BETWEEN, Packed
from .schema import beginning

if TYPE_CHECKING:
    from inspector.calls.plain import PlainCall, PlainPlace
    from inspector.streams.packets import DataPacket
    from protocol import JsonText

    from .store import Store

_COMPLETED, _SENT = str(Outcome.COMPLETED), str(Outcome.SENT)
_OF_EVENT = ((), (0,), (), ())
"""Replies of an event, and which of its packets are whose."""
_OF_CALL = (((True, ()),), (0,), (1,), (1,))
"""The same of a call."""
_KNOWN = 4_096  # places whose routes and patterns are remembered as they are kept
_encode = msgspec.msgpack.Encoder().encode


class PlainRows:
    """Puts plain exchanges into a store.

    Args:
        store: The store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._spelled: dict[PlainPlace, tuple[int, bytes, bytes | None]] = {}

    def keep_event(self, event: PlainCall) -> None:
        """Keep an event, which is over with its only packet."""
        asked, data = event.record, event.data
        text, length = (b"", -1) if data is UNDEFINED else (bytes(data), len(data))
        known = ((asked.number, asked.time_ns, asked.frames),)
        rest = (_OF_EVENT, (length, -1), None, known)
        times = (None, None, asked.time_ns)
        self._put(event, times, 0, (_SENT, None, 1), rest, text, None)

    def keep_call(
        self, call: PlainCall, response: JsonText, size: int, record: DataPacket
    ) -> None:
        """Keep a call that is over.

        Args:
            call: The request.
            response: The value of its only reply.
            size: Bytes of the frame of that …
            record: … and the data packet that carried it.
        """
        asked, data, value = call.record, call.data, bytes(response)
        time_ns = record.time_ns
        if data is UNDEFINED:
            text, length = value, -1
        else:
            text, length = BETWEEN.join((bytes(data), value)), len(data)
        known = (
            (asked.number, asked.time_ns, asked.frames),
            (record.number, time_ns, record.frames),
        )
        lengths = (length, -1, len(value), -1, -1)
        rest = (_OF_CALL, lengths, dumps(call.id), known)
        ended = (_COMPLETED, time_ns - asked.time_ns, 2)
        self._put(call, (time_ns, time_ns, time_ns), size, ended, rest, text, response)

    def _put(  # noqa: PLR0913, PLR0917 — what both have in common
        self,
        call: PlainCall,
        times: tuple[int | None, int | None, int],
        size: int,
        ended: tuple[str, int | None, int],
        rest: tuple[Any, ...],
        text: bytes,
        response: JsonText | None,
    ) -> None:
        ledger, connection, time_ns = call.ledger, call.connection, call.record.time_ns
        number, kind, carrier = ledger.number, ledger.kind.value, ledger.carrier
        spelled = self._spelled.get(call.place) or self._spell(call)
        route, name, pattern = spelled
        outcome, waited_ns, packets = ended
        parts, lengths, identity, known = rest
        first_ns, last_ns, ended_ns = times
        head = (
            (
                number, time_ns, time_ns, call.size, first_ns, last_ns, ended_ns, 0,
                size, 0, 0, False, False, False, False, None, False, False, False,
            ),
            kind, outcome, carrier, connection.number, name, pattern, identity,
            lengths, *parts, None, None, None, known,
        )  # fmt: skip
        row = (
            number, time_ns, time_ns - connection.capture_ns, kind, outcome, carrier,
            route, connection.number, waited_ns, waited_ns, packets, call.size, size,
            False, b"\\" in text, False, beginning(call.data),
            None if response is None else beginning(response),
        )  # fmt: skip
        self._store.put(row, Packed(text, _encode(head)), connection)

    def _spell(self, call: PlainCall) -> tuple[int, bytes, bytes | None]:
        """Return the number of a route, the route and the pattern as they are kept."""
        if len(self._spelled) >= _KNOWN:
            self._spelled.clear()
        route, pattern = call.ledger.route or "", call.place.pattern
        spelled = self._spelled[call.place] = (
            self._store.route(route),
            route.encode("utf-8", "surrogatepass"),
            None if pattern is UNDEFINED else dumps(pattern),
        )
        return spelled
