"""Plain exchanges that somebody keeps: figures, and besides what makes a row of each.

::

    a plain exchange ─► figures
                    └─► keeper: the call, the value of its reply

No :class:`~inspector.calls.exchanges.Exchange` is made of them here either. Whoever
keeps them can make it later of what is kept, if somebody looks at it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from inspector.calls.plain import PlainCall

from .plain_exchanges import PlainExchanges

if TYPE_CHECKING:
    from inspector.calls.exchanges import Ledger
    from inspector.calls.matching import Tally
    from inspector.calls.pairing import Pairing
    from inspector.calls.waiting import Calls
    from inspector.carriers.base import Concealment
    from inspector.figures.report import Report
    from inspector.findings.signs import Signs
    from inspector.streams.connections import Connection, Direction
    from inspector.streams.packets import DataPacket
    from protocol import JsonText

    from .plain_bodies import Answered, Asked


class Keeper(Protocol):
    """What keeps plain exchanges."""

    def keep_event(self, event: PlainCall) -> None:
        """Keep an event, which is over with its only packet."""

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


# decision 194: Plain exchanges are kept without being made
class KeptExchanges(PlainExchanges):
    """Count plain exchanges, hand them on, and refuse all others.

    Args:
        pairing: What pairs the others.
        tally: What both count in.
        report: The figures.
        signs: What an exchange shows that is worth a closer look.
        keeper: What keeps them.
        conceal: What hides secrets: what has any goes the ordinary way.
    """

    def __init__(  # noqa: PLR0913, PLR0917 — all that it looks at
        self,
        pairing: Pairing,
        tally: Tally,
        report: Report,
        signs: Signs,
        keeper: Keeper,
        conceal: Concealment | None = None,
    ) -> None:
        super().__init__(pairing, tally, report, signs)
        self._keeper, self._conceal = keeper, conceal

    def take(
        self,
        direction: Direction,
        body: bytes,
        size: int,
        record: DataPacket,
        wordless: bool = False,  # noqa: FBT001, FBT002 — as what it overrides
    ) -> bool:
        """Count a packet, if it and its exchange are plain and have no secret."""
        conceal = self._conceal
        if conceal is not None and conceal.addressed(body) is not body:
            return False
        return super().take(direction, body, size, record, wordless)

    def _emit(  # noqa: PLR0913, PLR0917 — as what it overrides
        self,
        connection: Connection,
        event: Asked,
        body: bytes,
        size: int,
        record: DataPacket,
        wordless: bool,  # noqa: FBT001
    ) -> bool:
        if not super()._emit(connection, event, body, size, record, wordless):
            return False
        ledger: Ledger = record.owner  # type: ignore[assignment]  # it was just given
        place = self._of[connection.number].events[bytes(event.pattern)]
        before = connection.counts.retransmissions
        self._keeper.keep_event(
            PlainCall(
                connection,
                ledger,
                record,
                size,
                before,
                place,
                "",
                event.data,
                wordless,
            )
        )
        return True

    def _answer(  # noqa: PLR0913, PLR0917 — the same
        self,
        connection: Connection,
        calls: Calls,
        reply: Answered,
        size: int,
        record: DataPacket,
        wordless: bool,  # noqa: FBT001
    ) -> bool:
        call = calls.plain.get(reply.id)
        if not super()._answer(connection, calls, reply, size, record, wordless):
            return False
        if isinstance(call, PlainCall):  # which it is, if it was counted
            self._keeper.keep_call(call, reply.response, size, record)
        return True
