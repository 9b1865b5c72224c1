"""Rows in order: what each is sorted by, as one integer with its number at the end.

Integers that begin with the key sort by it, and by their number where it is equal. They
are made and sorted chunk by chunk; what is sorted in runs is then merged soon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ASCENDING = {"number", "time", "pattern", "data", "reply"}
"""Keys of which the smallest comes first, unless turned round."""
LARGEST_NUMBER = (1 << 32) - 1
"""The largest number of an exchange, which is the end of each integer."""
NO_ROUTE = 0
"""The route of what has none."""
SORTED_BYTES = 24
"""Bytes of a payload by which rows are sorted."""
SORTED_BY = {
    "number": "number",
    "time": "number",
    "pattern": "route",
    "data": "data",
    "reply": "reply",
    "latency": "latency",
    "packets": "packets",
    "bytes": "request_bytes + reply_bytes",
}
"""What rows can be sorted by → its expression."""
BY_ARRIVAL = {"number", "time"}
"""Those by which they come: exchanges are numbered in the order of their requests."""
ORDERED_BY = {"pattern": "(SELECT name FROM routes WHERE id = rows.route)"}
"""… to sort by in SQL, where that is another."""
_BITS = 32
_LAST = 1 << (8 * SORTED_BYTES)  # after all texts
_MISSING = 2 * _LAST  # after all keys, turned round or not: what has none


class Keys:
    """Makes integers that sort as rows do.

    Args:
        key: What rows are sorted by.
        places: Number of a route → its place among all; empty where that is not the
            key.
    """

    def __init__(self, key: str, places: Mapping[int, int]) -> None:
        self._rising = key in ASCENDING
        self._places = places

    def placed(self, rows: Iterable[tuple[int, int | str | None]]) -> Iterator[int]:
        """Yield the integer of each row.

        Args:
            rows: The number of each, and what it is sorted by.
        """
        places = self._places
        for number, value in rows:
            if value is None or (places and value == NO_ROUTE):
                place = _MISSING
            elif isinstance(value, str):
                text = value.encode()[:SORTED_BYTES]
                place = int.from_bytes(text.ljust(SORTED_BYTES, b"\0"))
            else:
                place = places.get(value, value) if places else value
                place = place if self._rising else _LAST - 1 - place
            yield (place << _BITS) | number


def order_clause(key: str) -> str:
    """Return the clause of SQL that sorts rows by a key."""
    expression = ORDERED_BY.get(key, SORTED_BY[key])
    way = "" if key in ASCENDING else " DESC"
    return f"ORDER BY {expression}{way} NULLS LAST, number"
