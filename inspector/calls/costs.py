"""How many packets an exchange takes when nothing comes in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .exchanges import Kind

if TYPE_CHECKING:
    from .exchanges import Exchange

_PLAIN = {Kind.MESSAGE: 2, Kind.EVENT: 1}


def expected(exchange: Exchange) -> int | None:
    """Return how many packets an exchange takes when nothing is split or streamed.

    A request and its reply are a packet each, and so is an event. None where no
    number can be expected, as of replies whose request the capture lacks.
    """
    return _PLAIN.get(exchange.kind)
