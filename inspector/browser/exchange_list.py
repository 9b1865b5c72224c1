"""The list of exchanges: those that a filter chose, in some order."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

from inspector.views.clock import Clock, Times
from inspector.views.exchanges_view import ExchangeCells

from .ordering import ASCENDING, SORTED_BY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .listed import Columns, Rows
    from .session import Session

_HEADERS = {
    "#": "number",
    "pattern": "pattern",
    "data": "data",
    "reply": "reply",
    "ms": "latency",
    "packets": "packets",
    "bytes": "bytes",
}
"""Heading → what a click on it sorts by; every other is of the time."""
_ROOM_OF_PACKETS = 90
"""Cells from which on packets are listed: where there are fewer, the details do."""
_OF_PACKETS = 2  # columns
_CYCLE = ("latency", "time", "packets", "bytes", "pattern")
_NARROW_CYCLE = ("latency", "time", "pattern")


class ExchangeList:
    """Exchanges, by their numbers.

    Args:
        session: Where they are from.

    Attributes:
        keys: What one key after the other sorts by: the columns that are shown.
        numbers: Those that are listed, in order.
        key: By what they are sorted.
        turned: Whether that is turned round.
    """

    def __init__(self, session: Session) -> None:
        self.keys: Sequence[str] = _CYCLE
        self.numbers: Sequence[int] = array("I")
        self.key, self.turned = "time", False
        self._session = session

    @property
    def count(self) -> int:
        """How many are listed."""
        return len(self.numbers)

    def number(self, place: int) -> int | None:
        """Return the number of the exchange in a place, if there is one."""
        if not 0 <= place < len(self.numbers):
            return None
        return self.numbers[-1 - place if self.turned else place]

    def place(self, number: int) -> int | None:
        """Return the place of an exchange, if it is listed."""
        numbers = self.numbers
        if self.key in {"number", "time"}:
            place = bisect_left(numbers, number)
            found = place < len(numbers) and numbers[place] == number
        else:
            found = number in numbers
            place = numbers.index(number) if found else 0
        if not found:
            return None
        return len(numbers) - 1 - place if self.turned else place

    def following(
        self, place: int, holds: Callable[[int], bool], step: int = 1
    ) -> int | None:
        """Return the next place whose exchange is one that is looked for.

        Args:
            place: Where to begin, after it; at the end of the list it goes on in front.
            holds: Whether the exchange of a number is.
            step: 1 to look down, -1 to look up.
        """
        for far in range(1, self.count + 1):
            there = (place + far * step) % self.count
            number = self.number(there)
            if number is not None and holds(number):
                return there
        return None

    def page(self, first: int, count: int, width: int) -> tuple[Columns, Rows]:
        """Return the columns, and the rows from a place on."""
        numbers = [self.number(first + place) for place in range(count)]
        shown = [each for each in numbers if each is not None]
        exchanges = list(self._session.store.exchanges(shown))
        session = self._session
        times = Times.RELATIVE if session.times is Times.DELTA else session.times
        several = len(session.carriers) > 1
        clock = Clock(session.first_ns, times)
        cells = ExchangeCells(exchanges, clock, width, several=several)
        rows = list(map(cells.row, exchanges))
        wide = width >= _ROOM_OF_PACKETS
        self.keys = _CYCLE if wide else _NARROW_CYCLE
        if wide:
            return cells.columns, rows
        return cells.columns[:-_OF_PACKETS], [row[:-_OF_PACKETS] for row in rows]

    def key_of(self, header: str) -> str | None:
        """Return by what a click on a header sorts."""
        return _HEADERS.get(header, "time" if header else None)

    def sort(self, key: str, *, turned: bool = False) -> None:
        """Remember by what they are sorted; who has the numbers sorts them."""
        assert key in SORTED_BY
        self.key, self.turned = key, turned

    def first_order(self, key: str) -> str:
        """Return in words how rows are sorted by a key: ``slowest first``."""
        words = {"latency": "slowest", "time": "time", "number": "time"}
        name = words.get(key, key)
        if self.turned:
            return f"{name}, turned round"
        return name if key in ASCENDING or key in words else f"most {name}"
