"""A call that waits and is plain so far: an exchange only when somebody asks.

Nearly every call is a request in one packet and a reply in another, and of it nothing
is wanted but figures. An exchange costs several times as much as what is kept here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from protocol import UNDEFINED, JsonText, Response

from .exchanges import Exchange, Kind, Outcome
from .settling import answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from inspector.streams.connections import Connection
    from inspector.streams.packets import DataPacket
    from protocol import Json, UndefinedType

    from .exchanges import Ledger

_MESSAGE, _EVENT = Kind.MESSAGE, Kind.EVENT
_COMPLETED, _SENT = Outcome.COMPLETED, Outcome.SENT


class PlainCall(msgspec.Struct, gc=False, eq=False):
    """A request that is one frame in one packet, and has no reply yet.

    Attributes:
        connection: Where it was asked.
        ledger: Its packets; it has the number and the route.
        record: The packet that carried the request.
        size: Bytes of its frame.
        retransmissions: Of its connection, when it began.
        place: What is the same for all calls of its pattern.
        id: Its id.
        data: Its payload.
        wordless: Whether that is known to have no word that any finding looks for.
    """

    connection: Connection
    ledger: Ledger
    record: DataPacket
    size: int
    retransmissions: int
    place: PlainPlace
    id: str
    data: JsonText | UndefinedType
    wordless: bool

    def exchange(self) -> Exchange:
        """Return the exchange that it is."""
        record, place = self.record, self.place
        exchange = Exchange(
            self.ledger.number,
            _MESSAGE,
            self.connection,
            self.ledger,
            record.time_ns,
            record.time_ns,
            [record],
            self.size,
            self.retransmissions,
            place.pattern,
            self.ledger.route,
            self.data,
        )
        exchange.id = self.id
        return exchange


class PlainExchange(msgspec.Struct, gc=False, eq=False):
    """A plain exchange that is over: an exchange only for whoever looks at it.

    Attributes:
        call: The request, or the event.
        response: The value of the only reply; UNDEFINED for an event.
        size: Bytes of the frame of that …
        record: … and the packet that carried it; None for an event.
    """

    call: PlainCall
    response: JsonText | UndefinedType = UNDEFINED
    size: int = 0
    record: DataPacket | None = None

    @property
    def number(self) -> int:
        """The number of the exchange."""
        return self.call.ledger.number

    @property
    def latency_ns(self) -> int | None:
        """From the request to the reply; None for an event."""
        record = self.record
        return None if record is None else record.time_ns - self.call.record.time_ns

    @property
    def payload_bytes(self) -> int:
        """How many bytes its payloads take."""
        data, response = self.call.data, self.response
        asked = 0 if data is UNDEFINED else len(data)
        return asked if response is UNDEFINED else asked + len(response)

    def exchange(self) -> Exchange:
        """Return the exchange that it is."""
        exchange, record = self.call.exchange(), self.record
        if record is None:
            exchange.kind, exchange.id, exchange.outcome = _EVENT, UNDEFINED, _SENT
            exchange.ended_ns = self.call.record.time_ns
            return exchange
        said = Response(self.call.id, self.response, is_disposed=True)
        answer(exchange, said, self.size, [record])
        exchange.outcome, exchange.ended_ns = _COMPLETED, record.time_ns
        return exchange


class PlainStep(msgspec.Struct, gc=False, eq=False):
    """A call whose requests may be streams, with one message of its client so far.

    Attributes:
        connection: Where it was asked.
        ledger: Its packets; it has the number and the route.
        record: The packet that carried the request.
        size: Bytes of that.
        retransmissions: Of its connection, when it began.
        place: What is the same for all calls of its pattern.
        id: Its id.
        message: What was asked, as it was sent.
        text_of: What messages say, as JSON.
        answer: What was answered likewise; None until that has come …
        answer_record: … and the packet that carried it …
        answer_size: … and bytes of that.
    """

    connection: Connection
    ledger: Ledger
    record: DataPacket
    size: int
    retransmissions: int
    place: PlainPlace
    id: int
    message: bytes
    text_of: Callable[[bytes], bytes]
    answer: bytes | None = None
    answer_record: DataPacket | None = None
    answer_size: int = 0

    @property
    def data(self) -> JsonText:
        """What was asked."""
        return JsonText(self.text_of(self.message))

    @property
    def response(self) -> JsonText:
        """What was answered."""
        return JsonText(self.text_of(self.answer or b""))

    def exchange(self) -> Exchange:
        """Return the exchange that it is."""
        record, place = self.record, self.place
        exchange = Exchange(
            self.ledger.number,
            _MESSAGE,
            self.connection,
            self.ledger,
            record.time_ns,
            record.time_ns,
            [record],
            self.size,
            self.retransmissions,
            place.pattern,
            self.ledger.route,
            self.data,
        )
        exchange.id = self.id
        if self.answer_record is not None:
            said = Response(self.id, self.response)
            answer(exchange, said, self.answer_size, [self.answer_record])
        return exchange


class PlainPlace:
    """What is the same for all plain exchanges of a pattern.

    Args:
        pattern: The pattern, as it was sent.
    """

    __slots__ = ("pattern",)

    def __init__(self, pattern: Json) -> None:
        self.pattern = pattern
