"""Equal findings as one, in bounded memory."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.ranges import RangeSet

if TYPE_CHECKING:
    from .finding import Finding

_MAX_NAMES = 4
_MAX_PACKETS = 8
_MAX_DETAILS = 64


def group_key(finding: Finding) -> tuple[str, ...]:
    """Return what findings have in common that say the same of several places."""
    sender = "" if finding.rule.either_side else finding.sender
    return finding.code, finding.severity, finding.subject.lower(), sender


class FindingGroup:
    """Findings that say the same of several places.

    Attributes:
        first: The finding that came first.
        count: How many there are.
        details: What their details are, each with its count.
        shortest_ns: The shortest duration among them.
        longest_ns: The longest.
        size: The sum of their bytes.
    """

    def __init__(self, first: Finding) -> None:
        self.first = first
        self.count = 0
        self.details: Counter[str] = Counter()
        self.shortest_ns = first.duration_ns
        self.longest_ns = first.duration_ns
        self.size = 0
        self._exchanges = RangeSet()
        self._packets = RangeSet()
        self._routes: dict[str, list[int]] = {}

    def add(self, finding: Finding) -> None:
        """Take in one more."""
        self.count += 1
        if finding.detail in self.details or len(self.details) < _MAX_DETAILS:
            self.details[finding.detail] += 1
        self.shortest_ns = min(self.shortest_ns, finding.duration_ns)
        self.longest_ns = max(self.longest_ns, finding.duration_ns)
        self.size += finding.size
        self._packets.add(finding.packet)
        if finding.exchange is not None:
            self._exchanges.add(finding.exchange)
        if finding.route is not None and (
            finding.route in self._routes or len(self._routes) < _MAX_NAMES
        ):
            self._routes.setdefault(finding.route, []).append(finding.exchange or 0)
            del self._routes[finding.route][_MAX_NAMES:]

    def merge(self, other: FindingGroup, exchanges: int = 0, packets: int = 0) -> None:
        """Take in findings of a later part of the capture.

        Args:
            other: What was found there.
            exchanges: How many exchanges there were before that part.
            packets: How many records.
        """
        self.count += other.count
        for detail, count in other.details.items():
            if detail in self.details or len(self.details) < _MAX_DETAILS:
                self.details[detail] += count
        self.shortest_ns = min(self.shortest_ns, other.shortest_ns)
        self.longest_ns = max(self.longest_ns, other.longest_ns)
        self.size += other.size
        self._exchanges.merge(other._exchanges, exchanges)
        self._packets.merge(other._packets, packets)
        for route, numbers in other._routes.items():
            if route in self._routes or len(self._routes) < _MAX_NAMES:
                known = self._routes.setdefault(route, [])
                known += [number and number + exchanges for number in numbers]
                del known[_MAX_NAMES:]

    def exchanges(self, most: int = _MAX_NAMES) -> str:
        """Return the handles of the exchanges: ``#2 #4–#8 and 193 more``."""
        return self._exchanges.text(most, "#")

    def packets(self) -> str:
        """Return where to look, as the sentence ``Packets 19 26 31.``."""
        word = "Packet" if self.count == 1 else "Packets"
        return f"{word} {self._packets.text(_MAX_PACKETS)}."

    def named_routes(self) -> str:
        """Return the routes that it is about: ``err http throwStr``."""
        return " ".join(self._routes) or "An unknown pattern"

    def named_exchanges(self) -> str:
        """Return routes with their exchanges: ``nope (#7) and ping (#8 #9)``."""
        names = [
            f"{route} ({' '.join(f'#{number}' for number in numbers)})"
            for route, numbers in self._routes.items()
        ]
        if not names:
            return self.exchanges()
        rest = self.count - sum(map(len, self._routes.values()))
        if rest:
            names.append(f"{rest:,} more")
        return (
            names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        )
