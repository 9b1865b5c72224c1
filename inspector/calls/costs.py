"""How many packets an exchange takes when nothing comes between."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from inspector.carriers.base import Taken
from inspector.carriers.registry import carriers

if TYPE_CHECKING:
    from inspector.carriers.base import Cost

    from .exchanges import Exchange, Kind


_FEW = 8
"""Errands of an exchange up to which what it takes is remembered."""


def expected(exchange: Exchange) -> int | None:
    """Return how many packets an exchange takes when nothing is split or streamed.

    None where no number can be expected, as of replies whose request the capture
    lacks.
    """
    if exchange.errands is None and not varies(exchange.carrier):
        return usual(exchange.carrier, exchange.kind)
    cost = cost_of(exchange)
    if cost is not None and has_streams(exchange.carrier):
        return min(cost.packets, exchange.packets)  # messages may travel together
    return None if cost is None else cost.packets


def cost_of(exchange: Exchange) -> Cost | None:
    """Return what an exchange takes by all that was seen of it."""
    verbs = () if exchange.errands is None else tuple(exchange.errands.verbs)
    cost = _cost if len(verbs) > _FEW else _usual_cost
    return cost(exchange.carrier, Taken(exchange.kind, _transfers_of(exchange), verbs))


def _transfers_of(exchange: Exchange) -> int:
    """Return how often a packet of an exchange passed, on whichever connection."""
    passage = exchange.passage
    if passage is None:
        return 1 + exchange.values
    return len(passage.hops) + passage.left_out


@cache
def usual(carrier: str, kind: Kind) -> int | None:
    """Return what every exchange of a kind takes over a direct carrier."""
    cost = plain_cost(carrier, kind)
    return None if cost is None else cost.packets


@cache
def varies(carrier: str) -> bool:
    """Whether exchanges of one kind may differ in what they should take.

    Over a broker they do: by how many it hands them to, and by what it confirms; in
    sessions of gateways by whether they are answered; where requests may be streams, by
    how many messages both sides send.
    """
    known = carriers().get(carrier)
    return known is not None and (
        known.brokered or has_sessions(carrier) or has_streams(carrier)
    )


@cache
def has_sessions(carrier: str) -> bool:
    """Whether a carrier's exchanges run in sessions, in which both sides may ask."""
    return bool(getattr(carriers().get(carrier), "sessions", False))


@cache
def has_streams(carrier: str) -> bool:
    """Whether requests of a carrier may be streams, several at once on a connection."""
    return bool(getattr(carriers().get(carrier), "streams", False))


@cache
def begins(carrier: str) -> bool:
    """Whether a carrier brings nothing of Nest's, but what may begin it: requests."""
    return bool(getattr(carriers().get(carrier), "begins", False))


@cache
def queues(carrier: str) -> bool:
    """Whether exchanges of a carrier wait in its broker until somebody takes them."""
    known = carriers().get(carrier)
    return known is not None and known.queued


def plain_words(carrier: str, kind: Kind) -> str:
    """Return what the packets of an exchange are; nothing where none can be expected.

    Such as ``request, reply``.
    """
    cost = plain_cost(carrier, kind)
    return "" if cost is None else cost.words


@cache
def plain_cost(carrier: str, kind: Kind) -> Cost | None:
    """Return what an exchange of a kind takes that has one handler, and one reply."""
    return _cost(carrier, Taken(kind))


def cost_of_taken(carrier: str, taken: Taken) -> Cost | None:
    """Return what exchanges take of which the same was seen."""
    return _cost(carrier, taken)


def _cost(carrier: str, taken: Taken) -> Cost | None:
    known = carriers().get(carrier)
    return None if known is None else known.cost(taken)


_usual_cost = lru_cache(maxsize=1_024)(_cost)
