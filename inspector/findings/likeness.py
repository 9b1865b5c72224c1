"""Which of the patterns of a service one without a handler may be meant for."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from protocol import loads

if TYPE_CHECKING:
    from collections.abc import Collection
    from difflib import SequenceMatcher

ALIKE = 0.6
"""Likeness from which on a name may be meant; that of ``difflib`` by default."""
LONGEST = 100
"""Characters of the longest name that is compared: comparing takes their square."""
MAX_NAMES = 256
"""Names without a handler that are remembered."""
MAX_WORK = 50_000_000
"""Pairs of characters that are compared in all; whoever sends so much gets no hint."""


class Likeness:
    """Find the name that is most like another, in bounded time.

    Args:
        most_names: Names that are remembered.
        most_work: Pairs of characters that are compared in all.
    """

    def __init__(self, most_names: int = MAX_NAMES, most_work: int = MAX_WORK) -> None:
        self._nearest: dict[tuple[str, str], _Nearest] = {}
        self._most_names, self._work = most_names, most_work

    def closest(self, service: str, name: str, names: Collection[str]) -> str:
        """Return the name of a service that is most like another; empty for none.

        Args:
            service: The service.
            name: The other name.
            names: Those of the service. From call to call there may only be more, at
                the end.
        """
        if len(name) > LONGEST or not names:
            return ""
        nearest = self._nearest.get((service, name))
        if nearest is None:
            if len(self._nearest) >= self._most_names:
                return ""
            nearest = self._nearest[service, name] = _Nearest(name)
        if nearest.seen < len(names) and self._work > 0:
            self._work -= nearest.look_at(names)
        return nearest.best[1]


class _Nearest:
    """The name that is most like another so far.

    Attributes:
        seen: How many names were looked at.
        best: The likeness of the best, and that name.
    """

    def __init__(self, name: str) -> None:
        self.seen = 0
        self.best = (ALIKE, "")
        self._name, self._method = _bare(name), _method(name)

    def look_at(self, names: Collection[str]) -> int:
        """Look at those that are new; return how many characters were compared."""
        # Most captures have no such pattern, and need not load what compares them.
        from difflib import SequenceMatcher  # noqa: PLC0415

        matcher = SequenceMatcher(b=self._name)
        work = 0
        for other in islice(names, self.seen, None):
            work += 1
            if len(other) <= LONGEST:
                work += self._compare(matcher, other)
        self.seen = len(names)
        return work

    def _compare(self, matcher: SequenceMatcher[str], other: str) -> int:
        matcher.set_seq1(_bare(other))
        least = self.best[0]
        if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
            return len(other)
        likeness = min(matcher.ratio(), self._likeness_of_methods(other))
        if likeness >= least:
            self.best = max(self.best, (likeness, other))
        return len(other) * len(self._name)

    def _likeness_of_methods(self, other: str) -> float:
        """Return how much alike the methods of two paths are, whatever is before them.

        All methods of one service of gRPC have its name in common.
        """
        method = _method(other)
        if not (self._method and method):
            return 1
        from difflib import SequenceMatcher  # noqa: PLC0415 — as above

        return SequenceMatcher(None, method, self._method).ratio()


def _method(name: str) -> str:
    """Return the method of a path as gRPC has it; empty for other names.

    Source: gRPC over HTTP/2, "Requests": ``"/" Service-Name "/" {method name}``.
    """
    begin, slash, method = name.rpartition("/")
    return method if slash and begin.startswith("/") else ""


def _bare(name: str) -> str:
    """Return what a pattern is called: of an object, its values.

    So ``sum`` and ``{"cmd":"sum"}`` are alike, which are often sent for each other.
    """
    if not name.startswith("{"):
        return name
    try:
        members = loads(name)
    except ValueError:
        return name
    values = members.values() if isinstance(members, dict) else ()
    return " ".join(value if isinstance(value, str) else "" for value in values) or name
