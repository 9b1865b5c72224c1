"""What calls of a route have in common: how soon they are made, and with what data."""

from __future__ import annotations

from .lanes import HELD

MAX_CUSTOMS = 10_000
"""Routes and receivers that are known."""
ALIKE = 20
"""Calls of a route that all have to have the data of what they may be made for."""
_TIMES = 10  # the longest that it took before, from when on it is too late …
_AT_LEAST_NS = 50_000_000  # … and this


class Customs:
    """Learn what calls have in common."""

    def __init__(self) -> None:
        self._delays: dict[str, list[int]] = {}  # by receiver → count, longest
        self._alike: dict[str, list[int]] = {}  # by route → unlike, alike

    def add(self, receiver: str, delay_ns: int) -> None:
        """Learn how soon after a request its receiver has made a call for it."""
        known = self._delays.get(receiver)
        if known is None and len(self._delays) < MAX_CUSTOMS:
            known = self._delays[receiver] = [0, 0]
        if known is not None:
            known[0] += 1
            known[1] = max(known[1], delay_ns)

    def is_late(self, receiver: str, delay_ns: int) -> bool:
        """Whether a receiver has made its calls much sooner so far."""
        count, longest_ns = self._delays.get(receiver, (0, 0))
        return count >= HELD and delay_ns > max(_TIMES * longest_ns, _AT_LEAST_NS)

    def compare(self, route: str, *, alike: bool) -> None:
        """Learn whether a call has the data of something that was handled."""
        known = self._alike.get(route)
        if known is None and len(self._alike) < MAX_CUSTOMS:
            known = self._alike[route] = [0, 0]
        if known is not None:
            known[alike] += 1

    def is_alike(self, route: str) -> bool:
        """Whether all calls of a route have the data of what they are made for."""
        unlike, alike = self._alike.get(route, (0, 0))
        return alike >= ALIKE and not unlike
