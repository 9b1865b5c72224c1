"""Why an exchange took the packets that it took, in words of a fixed vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .costs import expected
from .exchanges import Exchange, Kind, Outcome

if TYPE_CHECKING:
    from .passages import Passage

# decision 27: The reasons of a row of packets stand in a fixed order
REASONS = (
    "orphan",
    "no reply",
    "in flight",
    "nobody subscribed",
    "stream",
    "fan-out",
    "surplus",
    "overheard",
    "redelivered",
    "retained",
    "dead letter",
    "split",
    "apart",
    "merged",
    "shared",
    "retransmitted",
    "capture gap",
    "one direction",
    "one side",
)
"""All words, in the order in which they are named: what it is, then what happened."""

# Looking a member up in an enumeration costs more than in a module.
_ORPHAN, _UNANSWERED = Kind.ORPHAN, Outcome.UNANSWERED
_UNFINISHED = {Outcome.UNANSWERED, Outcome.INCOMPLETE, None}


def ordinary(exchange: Exchange) -> bool:
    """Whether a glance at one that took what its kind takes shows no reason to give."""
    return not (
        exchange.seats
        or exchange.retransmitted
        or exchange.gapped
        or exchange.in_flight
        or len(exchange.replies) > 1
        or exchange.outcome is _UNANSWERED
        or (exchange.passage is not None and not exchange.passage.plain)
    )


def reasons_of(exchange: Exchange) -> list[str]:
    """Return why an exchange took its number of packets, from a fixed vocabulary.

    None is needed where nothing comes between: for a request in one packet and its
    reply in another, and for an event in one; through a broker for one packet of each
    hop, and of each errand.
    """
    passage = exchange.passage
    words = _of_end(exchange)
    if len(exchange.replies) > 1:
        words.append("stream")
    if passage is not None:
        words += _of_passage(passage)
        words += _of_count(exchange)
    elif words[-1:] != ["stream"] and exchange.packets > (expected(exchange) or 1):
        words.append("split")
    if exchange.seats and exchange.shared:
        words.append("shared")
    if exchange.retransmitted:
        words.append("retransmitted")
    if exchange.gapped:
        unseen = exchange.connection.unseen is not None
        words.append("one direction" if unseen else "capture gap")
    if passage is not None and passage.one_sided:
        words.append("one side")
    return words


# decision 123
def irregular(exchange: Exchange) -> bool:
    """Whether an exchange over a broker has other hops than a plain one of its kind."""
    passage = exchange.passage
    return passage is not None and (
        exchange.values > 1 or exchange.outcome in _UNFINISHED or not passage.plain
    )


def _of_end(exchange: Exchange) -> list[str]:
    if exchange.kind is _ORPHAN:
        return ["orphan"]
    if exchange.in_flight:
        return ["in flight"]
    if exchange.outcome is _UNANSWERED and not exchange.gapped:
        return ["no reply"]
    return []


def _of_passage(passage: Passage) -> list[str]:
    """Return what a broker did besides handing one request and its reply on."""
    words = []
    if passage.unwanted:
        words.append("nobody subscribed")
    if passage.reached - passage.dead > 1:
        words.append("fan-out")
    if passage.surplus:
        words.append("surplus")
    if passage.overheard:
        words.append("overheard")
    if passage.again:
        words.append("redelivered")
    if passage.retained:
        words.append("retained")
    if passage.dead:
        words.append("dead letter")
    return words


def _of_count(exchange: Exchange) -> list[str]:
    """Return whether its units took more packets than they should, or fewer.

    More, because some took several (they were split), or because some had packets of
    their own that travel in one as a rule (they came apart).
    """
    passage = exchange.passage
    wanted = expected(exchange) or exchange.packets
    if exchange.packets == wanted or passage is None:
        return []
    if exchange.packets < wanted:
        return ["merged"]
    more = passage.further_packets
    if passage.left_out:  # of which nobody knows whether they were split
        return ["split"]
    apart = exchange.packets - more > wanted
    return ["split"] * bool(more) + ["apart"] * apart
