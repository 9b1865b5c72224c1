"""``--sort``, ``--limit``, ``--last``: in which order, and how many of them.

What is shown of many is chosen in memory that holds no more than is shown: a heap of as
many as are wanted, or the last that came. Sorting alone holds all.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from inspector.shorthand import short
from inspector.words import plural

from .fields import ALL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from inspector.calls.exchanges import Exchange

Item = TypeVar("Item")

FIGURES = (
    "latency",
    "duration",
    "bytes",
    "request_bytes",
    "reply_bytes",
    "packets",
)
"""Words by which exchanges are sorted, the largest first: it is what one looks for."""

TEXTS = ("time", "route", "outcome", "client", "server")
"""Words by which they are sorted from the first to the last."""

SORTED_BY = (*FIGURES[:1], "time", *FIGURES[1:], *TEXTS[1:])
"""All words by which exchanges are sorted, in the order that a help text names them."""

_REVERSED = "-"


def _shown_route(exchange: Exchange) -> str | None:
    return None if exchange.route is None else short(exchange.route)


_READ = ALL | {"route": _shown_route}


@dataclass(frozen=True)
class Order:
    """An order of exchanges.

    Attributes:
        word: What they are sorted by, one of :data:`SORTED_BY`.
        descending: Whether the largest comes first.
    """

    word: str
    descending: bool

    @classmethod
    def parse(cls, text: str) -> Order:
        """Read ``latency``, or ``-latency`` for the other way round.

        Raises:
            LookupError: Exchanges are not sorted by this.
        """
        word = text.removeprefix(_REVERSED)
        if word not in SORTED_BY:
            raise LookupError(word)
        return cls(word, (word in FIGURES) is (word == text))

    def key(self, exchange: Exchange) -> tuple[bool, Any]:
        """Return what is compared; an exchange without a value comes last."""
        value = _READ[self.word](exchange)
        known = isinstance(value, int | float | str)
        return known is self.descending, value if known else 0


class Arrangement(Generic[Item]):
    """The order in which items are shown, and how many of them.

    Args:
        key: What they are sorted by; None for the order in which they come.
        descending: Whether the largest comes first.
        limit: How many of the first are shown; None for all.
        last: How many of the last are shown; None for all.

    Attributes:
        seen: How many there were, as far as they are counted …
        shown: … and how many of them are shown.
    """

    def __init__(
        self,
        key: Callable[[Item], Any] | None = None,
        *,
        descending: bool = False,
        limit: int | None = None,
        last: int | None = None,
    ) -> None:
        self.seen = 0
        self.shown = 0
        self._key = key
        self._descending = descending
        self._limit = limit
        self._last = last

    @property
    def parts(self) -> bool:
        """Whether it may leave some out."""
        return self._limit is not None or self._last is not None

    @property
    def option(self) -> str:
        """What says how many are shown: ``--limit 5``; empty where all are."""
        if self._limit is not None:
            return f"--limit {self._limit}"
        return "" if self._last is None else f"--last {self._last}"

    @property
    def waits(self) -> bool:
        """Whether the first is known only when all have come."""
        return self._key is not None or self._last is not None

    def arranged(self, items: Iterable[Item]) -> Iterator[Item]:
        """Return the items that are shown; all are read, so that they are counted.

        Where all are shown as they come, of which there may be millions, none is.
        """
        return self._arranged(items) if self.parts or self._key else iter(items)

    def _arranged(self, items: Iterable[Item]) -> Iterator[Item]:
        counted = self._counted(items)
        for item in self._sorted(counted) if self._key else self._cut(counted):
            self.shown += 1
            yield item
        for _ in counted:
            pass

    def left_out(self, noun: str) -> str | None:
        """Return the words for what is not shown; None where all of it is.

        Args:
            noun: What they are: ``exchange``.
        """
        if self.shown == self.seen:
            return None
        return f"left out {self.seen - self.shown:,} of {plural(self.seen, noun)}"

    def _counted(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            self.seen += 1
            yield item

    def _cut(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield the first of the items, or the last, as they come."""
        if self._last is not None:
            yield from deque(items, maxlen=self._last)
            return
        for item in items:
            if self._limit is not None and self.shown >= self._limit:
                return
            yield item

    def _sorted(self, items: Iterator[Item]) -> list[Item]:
        """Return the items in their order; of many only as many as are wanted."""
        assert self._key is not None
        if self._limit is not None:
            select = nlargest if self._descending else nsmallest
            return select(self._limit, items, self._key)
        if self._last is not None:
            # Of equals the last are at the end, as in the whole list.
            return self._end_of(items)
        return sorted(items, key=self._key, reverse=self._descending)

    def _end_of(self, items: Iterator[Item]) -> list[Item]:
        key, most = self._key, self._last
        assert key is not None
        assert most is not None
        select = nsmallest if self._descending else nlargest
        places = enumerate(items)
        sign = -1 if self._descending else 1
        found = select(most, places, lambda pair: (key(pair[1]), sign * pair[0]))
        return [item for _, item in reversed(found)]
