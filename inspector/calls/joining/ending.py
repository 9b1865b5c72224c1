"""How an exchange over a broker ends, by what was seen of it until then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Kind, Outcome
from inspector.calls.settling import answer, end, outcome_of
from inspector.calls.steps import contradict, forget_times
from inspector.calls.unended import USUAL_NS
from protocol import UNDEFINED

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.calls.passages import Hop
    from inspector.calls.unended import Patience
    from inspector.streams.items import Closed
    from protocol import Response

    from .joined import Joined


def tell(joined: Joined, packet: Response, hop: Hop, patience: Patience) -> None:
    """Count a reply with its call, and learn how that ends with it.

    Args:
        joined: The call.
        packet: What the reply says.
        hop: The reply, as it reached the caller, or as far as that is known.
        patience: What learns how long replies take.
    """
    exchange = joined.exchange
    assert exchange is not None
    seats = exchange.seats
    waited_ns = answer(exchange, packet, hop.size, hop.records)
    exchange.seats = seats  # which are counted with the hop
    if exchange.reply_packets is hop.records:  # which are the hop's alone
        exchange.reply_packets = list(hop.records)
    if waited_ns < 0:
        contradict(exchange, waited_ns)
    elif waited_ns > USUAL_NS and exchange.kind is not Kind.ORPHAN:
        patience.note(exchange)
    if packet.is_disposed or packet.failed:
        joined.outcome = (
            Outcome.COMPLETED if packet.err is UNDEFINED else outcome_of(packet)
        )


def had_undefined(exchange: Exchange) -> bool:
    """Whether the last reply to a call has neither a value nor an error.

    Nest 10 and 11 take that for the last one, and leave.

    Source: ``deserializers/incoming-response.deserializer.ts``.
    """
    if not exchange.replies:
        return False
    last = exchange.replies[-1]
    return last.response is UNDEFINED and last.err is UNDEFINED


def conclude(
    joined: Joined, time_ns: int, *, lacking: bool, patience: Patience
) -> Exchange:
    """End an exchange with what is known of it, and return it.

    Args:
        joined: The exchange.
        time_ns: When that was known, in nanoseconds since 1970.
        lacking: Whether the capture lacks bytes that may have been of it.
        patience: What tells a call that is merely in flight.
    """
    exchange, closed = joined.exchange, joined.closed
    assert exchange is not None
    if lacking and joined.outcome is None:
        _take_for_told(joined, patience)
    outcome = joined.outcome
    if outcome is None:
        outcome = _without_end(exchange, closed)
        exchange.gapped = exchange.gapped or lacking
        if exchange.cause is None and closed is not None:
            exchange.in_flight = patience.lasts(exchange, closed)
            exchange.cause = closed.cause
    passage = exchange.passage
    if passage is not None and any(each.is_supposed for each in passage.hops):
        exchange.gapped = True
    if outcome is Outcome.SENT and passage is not None and passage.rejected:
        kept = passage.accepted + (joined.unsettled if passage.dead else 0)
        # decision 143: Who has dead letters keeps them; the event is rejected
        outcome = Outcome.SENT if kept > passage.dead else Outcome.REJECTED
    forget_times(exchange)
    if exchange.seats and not exchange.shared:  # but with what its own caller did
        exchange.seats = 0
    return end(exchange, outcome, max(time_ns, exchange.last_reply_ns or 0))


def _take_for_told(joined: Joined, patience: Patience) -> None:
    """Take replies that the broker had for told, where the way back was not captured.

    What the broker was handed for a caller that is still there has reached it, unless
    that has left meanwhile, which the capture may lack as well: it is in doubt.
    """
    exchange = joined.exchange
    while joined.pending and joined.outcome is None:
        pending = joined.pending.pop(0)
        if not (pending.told or pending.hop.elsewhere):
            tell(joined, pending.packet, pending.hop, patience)
            assert exchange is not None
            exchange.gapped = True


def _without_end(exchange: Exchange, closed: Closed | None) -> Outcome:
    """Return how one ends of which the end was not seen."""
    if exchange.kind is Kind.EVENT:
        return Outcome.SENT
    passage = exchange.passage
    if passage is not None and passage.left_ns is not None:
        exchange.cause = "left"
    elif closed is None:
        exchange.cause = "limit"
    return Outcome.INCOMPLETE if exchange.replies else Outcome.UNANSWERED
