"""Exchanges as spans: one for each, between who asks and who serves.

================  =========  ====================================================
exchange          kind       from, to
================  =========  ====================================================
a call            server     when its request was complete, to its last reply
… unanswered      server     … to when it was known that none comes
an event          consumer   when it was complete, to when a handler had it
… nobody had it   producer   when it was complete; it takes no time
================  =========  ====================================================

A call has one span, since one interval is seen: that of who serves, because the
caller's own span is what a ``traceparent`` names as its parent. Over a broker, the
moments at which it passes from hand to hand are events of the span.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.proto.trace.v1.trace_pb2 import Span, SpanFlags, Status

from inspector.calls.exchanges import Kind
from inspector.calls.passages import Leg, Way

from .conventions import (
    call_attributes,
    delivered,
    destination_of,
    is_wrong,
    message_attributes,
    method_of,
    name_of,
    place_attributes,
)
from .encoding import key_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.calls.exchanges import Exchange

    from .conventions import Attributes
    from .traces import Place

_BILLION = 1_000_000_000
_STAGES = (
    (Leg.REQUEST, Way.IN, "request to broker"),
    (Leg.REQUEST, Way.OUT, "request to handler"),
    (Leg.REPLY, Way.IN, "reply to broker"),
    (Leg.REPLY, Way.OUT, "reply to caller"),
)
_MOST_NS = (1 << 64) - 1  # that a time may be
_OURS = "protocol_inspect."


def span_of(exchange: Exchange, place: Place) -> Span:
    """Return the span of an exchange.

    Args:
        exchange: A call, or an event, that is over.
        place: Its place in a trace.
    """
    is_event = exchange.kind is Kind.EVENT
    begin_ns, end_ns = times_of(exchange)
    span = Span(
        trace_id=place.trace_id,
        span_id=place.span_id,
        parent_span_id=place.parent_id,
        flags=_flags(place),
        name=_event_name(exchange) if is_event else _call_name(exchange),
        kind=_event_kind(exchange) if is_event else Span.SPAN_KIND_SERVER,
        start_time_unix_nano=_time(begin_ns),
        end_time_unix_nano=_time(end_ns),
        attributes=key_values(_attributes(exchange)),
        events=list(_events(exchange)),
    )
    if is_wrong(exchange):
        span.status.code = Status.STATUS_CODE_ERROR
    return span


def times_of(exchange: Exchange) -> tuple[int, int]:
    """Return when the span of an exchange begins and ends, in nanoseconds since 1970.

    Where the clock of a capture was set back, both are the beginning.
    """
    begin_ns = exchange.asked_ns
    if exchange.untimed:
        return begin_ns, begin_ns
    if exchange.kind is Kind.EVENT:
        end_ns = begin_ns
        if exchange.passage is not None:
            end_ns = begin_ns + (exchange.passage.queue_ns or 0)
    elif exchange.last_reply_ns is not None:
        end_ns = exchange.last_reply_ns
    else:
        end_ns = exchange.ended_ns
    return begin_ns, max(begin_ns, end_ns)


def _flags(place: Place) -> int:
    """Return the flags of a span: whether its parent is of another process is known."""
    known = SpanFlags.SPAN_FLAGS_CONTEXT_HAS_IS_REMOTE_MASK if place.parent_id else 0
    return known | (SpanFlags.SPAN_FLAGS_CONTEXT_IS_REMOTE_MASK if place.remote else 0)


def _operation(exchange: Exchange) -> str:
    return "receive" if delivered(exchange) else "send"


def _call_name(exchange: Exchange) -> str:
    return method_of(exchange, name_of(exchange))


def _event_name(exchange: Exchange) -> str:
    return f"{_operation(exchange)} {destination_of(exchange)}"


def _event_kind(exchange: Exchange) -> Span.SpanKind.ValueType:
    had = delivered(exchange)
    return Span.SPAN_KIND_CONSUMER if had else Span.SPAN_KIND_PRODUCER


def _attributes(exchange: Exchange) -> Attributes:
    if exchange.kind is Kind.EVENT:
        named = message_attributes(
            exchange, destination_of(exchange), _operation(exchange)
        )
    else:
        named = call_attributes(exchange, name_of(exchange))
    return {**named, **place_attributes(exchange), **_own(exchange)}


def _own(exchange: Exchange) -> Attributes:
    """Return what no convention has a name for, as the JSON line calls it."""
    found: Attributes = {
        "carrier": exchange.carrier,
        "exchange": exchange.number,
        "connection": exchange.connection.number,
        "outcome": str(exchange.outcome or ""),
        "packets": exchange.packets,
        "request_bytes": exchange.request_bytes,
    }
    if exchange.kind is Kind.EVENT:
        found["route"] = name_of(exchange)
        found["handlers"] = delivered(exchange)
    else:
        found |= {"reply_bytes": exchange.reply_bytes, "values": exchange.values}
        found |= _seconds("latency", None if exchange.untimed else exchange.latency_ns)
    passage = exchange.passage
    if passage is not None:
        found |= _seconds("queue", passage.queue_ns)
        found |= _seconds("handler", passage.handler_ns)
        found |= _seconds("return", passage.return_ns)
    return {f"{_OURS}{key}": value for key, value in found.items()}


def _seconds(name: str, time_ns: int | None) -> Attributes:
    return {} if time_ns is None else {f"{name}_seconds": time_ns / _BILLION}


def _events(exchange: Exchange) -> Iterator[Span.Event]:
    """Yield the moments of a span that are worth a look."""
    passage = exchange.passage
    for leg, way, name in _STAGES if passage is not None else ():
        hop = passage.first(leg, way) if passage is not None else None
        if hop is not None:
            yield Span.Event(name=name, time_unix_nano=_time(hop.time_ns))
    first_ns = exchange.first_reply_ns
    if exchange.values > 1 and first_ns is not None:
        yield Span.Event(name="first reply", time_unix_nano=_time(first_ns))


def _time(time_ns: int) -> int:
    """Return a time that can be sent, of a damaged capture as well."""
    return min(max(time_ns, 0), _MOST_NS)
