"""Why an exchange took the packets that it took, in words of a fixed vocabulary."""

from __future__ import annotations

from .costs import expected
from .exchanges import Exchange, Kind, Outcome

# decision 27: The reasons of a row of packets stand in a fixed order
REASONS = (
    "orphan",
    "no reply",
    "in flight",
    "stream",
    "split",
    "shared",
    "retransmitted",
    "capture gap",
    "one direction",
)
"""All words, in the order in which they are named: what it is, then what happened."""

# Looking a member up in an enumeration costs more than in a module.
_ORPHAN, _UNANSWERED = Kind.ORPHAN, Outcome.UNANSWERED


def ordinary(exchange: Exchange) -> bool:
    """Whether a glance at one that took what its kind takes shows no reason to give."""
    return not (
        exchange.seats
        or exchange.retransmitted
        or exchange.gapped
        or exchange.in_flight
        or len(exchange.replies) > 1
        or exchange.outcome is _UNANSWERED
    )


def reasons_of(exchange: Exchange) -> list[str]:
    """Return why an exchange took its number of packets, from a fixed vocabulary.

    None is needed for a request in one packet and its reply in another, and for an
    event in one.
    """
    words = []
    kind = exchange.kind
    if kind is _ORPHAN:
        words.append("orphan")
    elif exchange.in_flight:
        words.append("in flight")
    elif exchange.outcome is _UNANSWERED and not exchange.gapped:
        words.append("no reply")
    if len(exchange.replies) > 1:
        words.append("stream")
    elif exchange.packets > (expected(exchange) or 1):
        words.append("split")
    if exchange.seats and exchange.shared:
        words.append("shared")
    if exchange.retransmitted:
        words.append("retransmitted")
    if exchange.gapped:
        unseen = exchange.connection.unseen is not None
        words.append("one direction" if unseen else "capture gap")
    return words
