"""Calls whose requests may be streams: packets to exchanges, as over any connection.

::

    Request                  ─► an exchange that waits, as in Pairing
    message of its client    ─► … its data: one message, or an array of several
    value, value … the end   ─► its replies; the end belongs to the last of them
    cancel                   ─► an exchange that nobody waits for any longer

What the status of a call says stays in its last reply; where no method has its name, it
is an exchange without a handler.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from inspector.carriers.streamed import (
    TRAILERS,
    UNREAD_BEGINNING,
    UNREAD_STATUS,
    CallErrand,
)
from protocol import UNDEFINED, JsonText, Request, Response, loads

from .exchanges import Exchange, Outcome
from .identities import identity_key
from .pairing import Pairing
from .seen import Sighting, Upkeep
from .settling import MAX_EARLY, MAX_REPLIES, end, tend
from .steps import forget_times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.streams.connections import Direction
    from protocol import Json, UndefinedType

    from .matching import ExchangeItem, Tally
    from .observing import SightingItem
    from .waiting import Calls

_UNIMPLEMENTED = 12
"""The status that says that there is no such method.

Source: https://grpc.github.io/grpc/core/md_doc_statuscodes.html.
"""
_MOST_SENT = 4 << 20
"""Bytes of the messages of one client's stream that are kept."""
_LEFT = "left"


class _Sent(msgspec.Struct, gc=False):
    """The messages of a client's stream.

    Attributes:
        texts: As JSON.
        size: Bytes of these.
    """

    texts: list[bytes]
    size: int = 0

    def add(self, text: JsonText) -> None:
        """Add a message, if there is room for it."""
        if len(self.texts) < MAX_REPLIES and self.size < _MOST_SENT:
            self.texts.append(bytes(text))
            self.size += len(text)


class Streaming(Pairing):
    """Pair what is seen on all connections whose calls may be streams."""

    def __init__(self, tally: Tally | None = None) -> None:
        super().__init__(tally)
        self._sent: dict[int, _Sent] = {}  # by the numbers of exchanges

    def hear(self, item: SightingItem) -> Iterable[ExchangeItem]:
        """Return what ends with one item, and what belongs to no exchange."""
        found = list(super().hear(item))
        if isinstance(item, Sighting) and isinstance(item.packet, Request):
            self._look_at_beginning(item, item.packet.id, found)
        if isinstance(item, Upkeep) and isinstance(item.unit, CallErrand):
            found += self._hear_errand(item, item.unit)
        for each in found:
            if isinstance(each, Exchange):
                self._complete(each)
        if isinstance(item, Sighting):
            self._look_at_end(item, found)
        return found

    def _look_at_beginning(
        self, sighting: Sighting, identity: Json, found: list[ExchangeItem]
    ) -> None:
        """Learn whether a call had begun before its request was seen.

        A server may answer before its client has said anything, and a call may have
        begun before the capture: neither is out of order.
        """
        calls = self._calls_of(sighting.direction.connection)
        same = calls.waiting.get(identity_key(identity))
        exchange = same[-1] if same else next(iter(found), None)
        if not isinstance(exchange, Exchange):
            return
        facts = sighting.transfer.facts
        unread = bool(facts and UNREAD_BEGINNING in facts)
        first = exchange.reply_packets[0] if exchange.reply_packets else None
        begun = first is not None and sighting.records[0].number < first.number
        exchange.early = exchange.early and not (unread or begun)
        exchange.gapped = exchange.gapped or unread

    @staticmethod
    def _look_at_end(sighting: Sighting, found: list[ExchangeItem]) -> None:
        """Learn what the last packet of a call says, and whether it can be read."""
        ended = found[0] if found else None
        if isinstance(ended, Exchange):
            sighting.reply = min(sighting.reply, ended.values)
            facts = sighting.transfer.facts
            ended.gapped = ended.gapped or bool(facts and UNREAD_STATUS in facts)

    def _hear_errand(self, upkeep: Upkeep, errand: CallErrand) -> Iterable[Exchange]:
        """Learn what else both sides of a call say."""
        connection = upkeep.direction.connection
        calls = self._calls_of(connection)
        (key,) = (identity_key(each) for each in errand.about if isinstance(each, int))
        waiting = calls.waiting.get(key)
        if waiting is None:
            return ()
        exchange, size = waiting[0], errand.end - errand.begin
        if upkeep.direction.side == (connection.client or 0):
            exchange.request_bytes += size
        else:
            exchange.reply_bytes += size
        if errand.message is not UNDEFINED:
            self._add(exchange, errand.message, listed=errand.listed)
        if not errand.ends:
            return ()
        del calls.waiting[key]
        calls.early.pop(key, None)
        calls.end(key, exchange.ledger)
        return (self._leave(exchange, upkeep, calls),)

    @staticmethod
    def _leave(exchange: Exchange, upkeep: Upkeep, calls: Calls) -> Exchange:
        """Return a call that nobody waits for any longer."""
        exchange.cause = _LEFT
        if exchange.number <= calls.doubt:
            exchange.gapped = exchange.gapped or exchange.number <= calls.gap
            forget_times(exchange)
        outcome = Outcome.INCOMPLETE if exchange.replies else Outcome.UNANSWERED
        return end(exchange, outcome, upkeep.records[-1].time_ns)

    def _add(self, exchange: Exchange, message: JsonText, *, listed: bool) -> None:
        """Add a message of the client to the data of a call."""
        sent = self._sent.get(exchange.number)
        if sent is None:
            if exchange.data is UNDEFINED and not listed:
                exchange.data = message
                return
            sent = self._sent[exchange.number] = _Sent([])
            if exchange.data is not UNDEFINED:  # of a list the first is one already
                first = bytes(exchange.data)
                sent.add(JsonText(first[1:-1] if listed else first))
        sent.add(message)

    def _complete(self, exchange: Exchange) -> None:
        """Say all that a call was, now that it is over."""
        sent = self._sent.pop(exchange.number, None)
        if sent is not None:
            exchange.data = JsonText(b"[" + b",".join(sent.texts) + b"]")
        replies = exchange.replies
        if not replies:
            return
        last = replies[-1]
        if len(replies) > 1 and _is_end(last):
            replies.pop()
            exchange.reply_ends.pop()
            self._tally.replies -= 1
            replies[-1] = msgspec.structs.replace(replies[-1], is_disposed=True)
            tend(exchange, TRAILERS, [])
        elif exchange.outcome is Outcome.ERROR and _code_of(last.err) == _UNIMPLEMENTED:
            exchange.outcome = Outcome.NO_HANDLER

    def _may_hold(self, direction: Direction, identity: Json, calls: Calls) -> bool:
        """Whether a reply is held: the id of a stream is not used twice."""
        if calls.gap < 0 and direction.connection.unseen is None:
            return len(calls.early) < MAX_EARLY
        return super()._may_hold(direction, identity, calls)


def _is_end(reply: Response) -> bool:
    """Whether a reply says nothing but that no more will come."""
    return reply.is_disposed and reply.response is UNDEFINED and reply.err is UNDEFINED


def _code_of(err: JsonText | UndefinedType) -> Json:
    if err is UNDEFINED:
        return None
    value = loads(err)
    return value.get("code") if isinstance(value, dict) else None
