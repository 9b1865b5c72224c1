"""Which trace an exchange belongs to, and by what its span is known there.

=============================================  =====================================
what is on the wire, or known                  trace and parent of its span
=============================================  =====================================
a ``traceparent``                              those that it names
… the same as that of the exchange's parent    its trace; the span of that parent
none, and one exchange that caused it          those of the span of that exchange
none of these                                  a new trace, without a parent
=============================================  =====================================

Ids of our own are made of what an exchange is, and not at random: whoever sends a
capture twice sends each span once. A parent is named where it is beyond doubt alone;
of several that may be, none is, not even as a link, which would claim as much.

Source: W3C Trace Context, section 3.2 (``traceparent``).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from inspector.calls.chains.traces import LARGEST
from protocol import UNDEFINED, loads
from protocol.lazy_regex import lazy_regex
from protocol.named_tuple import NamedTuple

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from protocol import Json, JsonText, UndefinedType

_TRACEPARENT = lazy_regex(
    r"(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?"
)
_KEY = "traceparent"
_FIRST_VERSION = "00"
_PERSON = b"nest-exchange"


class Remote(NamedTuple):
    """What a ``traceparent`` names.

    Attributes:
        trace_id: 16 bytes, not all 0.
        span_id: That of the span of who sent it, 8 bytes, not all 0.
    """

    trace_id: bytes
    span_id: bytes


class Place(NamedTuple):
    """The place of a span in its trace.

    Attributes:
        trace_id: 16 bytes.
        span_id: 8 bytes.
        parent_id: The span above it, 8 bytes; empty for none.
        remote: Whether that was named on the wire, so that somebody else sends it.
    """

    trace_id: bytes
    span_id: bytes
    parent_id: bytes = b""
    remote: bool = False


def remote_of(exchange: Exchange) -> Remote | None:
    """Return what the ``traceparent`` of a request names; None if it has no valid one.

    Over TCP, HTTP and gRPC it is in the metadata of the request, over a broker in its
    headers or user properties.
    """
    passage = exchange.passage
    found = None if passage is None else remote_in(passage.trace)
    return found or remote_in(_text(exchange.metadata))


def remote_in(traceparent: str) -> Remote | None:
    """Return what a ``traceparent`` names; None if it is malformed."""
    found = _TRACEPARENT.fullmatch(traceparent)
    if found is None or (found[1] == _FIRST_VERSION and found[4]):
        return None
    remote = Remote(bytes.fromhex(found[2]), bytes.fromhex(found[3]))
    return remote if any(remote.trace_id) and any(remote.span_id) else None


# decision 186: A parent is on the wire, or beyond doubt
def place_of(
    exchange: Exchange,
    remote: Remote | None,
    parent: tuple[Remote | None, Place] | None,
) -> Place:
    """Return the place of the span of an exchange.

    Args:
        exchange: The exchange.
        remote: What its own ``traceparent`` names.
        parent: The same of the exchange that caused it, and the place of the span of
            that; None where that is not known beyond doubt.
    """
    trace_id, span_id = _ids_of(exchange)
    if parent is not None and parent[0] == remote:
        # Whoever was asked has passed on what he got: his own span is the nearer one.
        above = parent[1]
        return Place(above.trace_id, span_id, above.span_id)
    if remote is not None:
        return Place(remote.trace_id, span_id, remote.span_id, remote=True)
    if parent is not None:
        above = parent[1]
        return Place(above.trace_id, span_id, above.span_id)
    return Place(trace_id, span_id)


def is_sampled(trace_id: bytes, share: float) -> bool:
    """Whether a trace is among a share of all: all spans of one are, or none.

    The last 7 bytes of a trace id are random, which samplers of other programs go by
    as well: of two with the same share, both choose the same.

    Args:
        trace_id: 16 bytes.
        share: Of all traces, from 0 to 1.

    Source: W3C Trace Context Level 2, section 3.2.2.5; OpenTelemetry, "TraceState:
    Probability Sampling".
    """
    return int.from_bytes(trace_id[9:]) >= round((1 - share) * (1 << 56))


def _ids_of(exchange: Exchange) -> tuple[bytes, bytes]:
    """Return ids of a trace and a span that no other exchange has."""
    what = (
        exchange.client_text,
        exchange.server_text,
        exchange.time_ns,
        exchange.number,
        exchange.route,
    )
    digest = blake2b(repr(what).encode(), digest_size=24, person=_PERSON).digest()
    return digest[:16], digest[16:]


def _text(metadata: JsonText | UndefinedType) -> str:
    """Return the ``traceparent`` in metadata, or in its ``headers``; empty for none."""
    if metadata is UNDEFINED or len(metadata) > LARGEST:
        return ""
    found: Json = loads(metadata)
    for _ in range(2):
        if not isinstance(found, dict):
            return ""
        for key, value in found.items():
            text = value[0] if isinstance(value, list) and value else value
            if key.lower() == _KEY and isinstance(text, str):
                return text
        found = found.get("headers")
    return ""
