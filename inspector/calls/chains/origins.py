"""Which values are rare: that came into the traffic once, and not again and again.

A text that many clients send proves little where two requests go on at a time; what one
request alone has brought proves much. Values are counted in a table of fixed size, so
that what shares a place with another is taken for common.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIZE = 1 << 17
_FULL = 255


class Origins:
    """Count how often values come into the traffic."""

    def __init__(self) -> None:
        self._counts = array("B", bytes(_SIZE))
        self._until = array("q", [-1]) * _SIZE

    def ask(self, tokens: Iterable[str]) -> None:
        """Learn of values that a request has, and nothing before it."""
        counts = self._counts
        for token in tokens:
            place = _place(token)
            counts[place] = min(counts[place] + 1, _FULL)

    def answer(self, tokens: Iterable[str], begin_ns: int, end_ns: int) -> None:
        """Learn of values that a reply has, and its request has not.

        What a reply passes on comes in once, with the replies of all that go on inside
        one another.
        """
        counts, until = self._counts, self._until
        for token in tokens:
            place = _place(token)
            if begin_ns > until[place]:
                counts[place] = min(counts[place] + 1, _FULL)
            until[place] = max(until[place], end_ns)

    def has_rare(self, tokens: Iterable[str]) -> bool:
        """Whether one of some values came in once."""
        counts = self._counts
        return any(counts[_place(token)] <= 1 for token in tokens)


def _place(token: str) -> int:
    """Return where a value is counted: in each run in the same place."""
    return crc32(token.encode("utf-8", "surrogatepass")) % _SIZE
