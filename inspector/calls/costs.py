"""How many packets an exchange takes when nothing comes between."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from inspector.carriers.base import Taken
from inspector.carriers.registry import carriers

if TYPE_CHECKING:
    from .exchanges import Exchange, Kind


def expected(exchange: Exchange) -> int | None:
    """Return how many packets an exchange takes when nothing is split or streamed.

    None where no number can be expected, as of replies whose request the capture
    lacks.
    """
    if not varies(exchange.carrier):
        return usual(exchange.carrier, exchange.kind)
    return _cost(exchange.carrier, Taken(exchange.kind, 1 + exchange.values))


@cache
def usual(carrier: str, kind: Kind) -> int | None:
    """Return what every exchange of a kind takes over a direct carrier."""
    return _cost(carrier, Taken(kind))


@cache
def varies(carrier: str) -> bool:
    """Whether exchanges of one kind may differ in what they should take.

    Over a broker they do: by how many it hands them to, and by what it confirms.
    """
    known = carriers().get(carrier)
    return known is not None and known.brokered


def plain_words(carrier: str, kind: Kind) -> str:
    """Return what the packets of an exchange are; nothing where none can be expected.

    Such as ``request, reply``.
    """
    known = carriers().get(carrier)
    cost = None if known is None else known.cost(Taken(kind))
    return "" if cost is None else cost.words


def _cost(carrier: str, taken: Taken) -> int | None:
    known = carriers().get(carrier)
    cost = None if known is None else known.cost(taken)
    return None if cost is None else cost.packets
