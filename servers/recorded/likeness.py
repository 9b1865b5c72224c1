"""How much of two payloads is the same, to find the nearest of several."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from protocol import UNDEFINED, dumps

from .normalizing import DEEPEST

if TYPE_CHECKING:
    from protocol import Json

    from .json_paths import Place

_MOST = 256  # values of a payload that are looked at
_PLACE_ALONE = 0.25
"""What the same place with another value counts, where the same value counts 1."""


class Likeness:
    """The values of a payload with their places.

    Args:
        value: The payload; UNDEFINED for none.
    """

    __slots__ = ("_count", "_places", "_values")

    def __init__(self, value: Json) -> None:
        leaves = _leaves(value)
        self._values = Counter(leaves)
        self._places = Counter(place for place, _ in leaves)
        self._count = len(leaves)

    def to(self, other: Likeness) -> float:
        """Return how alike two payloads are: from 0 to 1, where all is the same."""
        longest = max(self._count, other._count)
        if not longest:
            return 1.0
        same = (self._values & other._values).total()
        placed = (self._places & other._places).total()
        return (same + _PLACE_ALONE * (placed - same)) / longest


def _leaves(value: Json) -> list[tuple[Place, bytes]]:
    """Return the first values that hold no others, or are empty, with their places.

    Items of a list have one place, so that those of a longer one are found again. What
    lies deeper than others are walked through is one value.
    """
    found: list[tuple[Place, bytes]] = []
    if value is UNDEFINED:
        return found
    waiting: list[tuple[Place, Json]] = [((), value)]
    while waiting and len(found) < _MOST:
        place, each = waiting.pop()
        holds = isinstance(each, dict | list) and each and len(place) < DEEPEST
        if not holds:
            found.append((place, _text(each)))
            continue
        inner: list[tuple[Place, Json]]
        if isinstance(each, dict):
            inner = [((*place, key), member) for key, member in each.items()]
        else:
            inner = [((*place, 0), item) for item in each[:_MOST]]
        waiting += reversed(inner)
    return found


def _text(value: Json) -> bytes:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return dumps(value)
