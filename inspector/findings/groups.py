"""Equal findings as one, in bounded memory."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from inspector.ranges import RangeSet
from inspector.shorthand import short
from inspector.words import clock, listing, nouns

from .finding import Severity

if TYPE_CHECKING:
    from .finding import Finding

_MAX_NAMES = 4
_MAX_PACKETS = 8
_MAX_DETAILS = 64
_APART_NS = 1_000_000_000
"""Between the first and the last that a person tells apart in a log."""


def group_key(finding: Finding) -> tuple[str, ...]:
    """Return what findings have in common that say the same of several places."""
    sender = "" if finding.rule.either_side else finding.sender
    return finding.code, finding.severity, finding.subject.lower(), sender


class FindingGroup:
    """Findings that say the same of several places.

    Attributes:
        first: The finding that came first.
        count: How many there are.
        details: What their details are, each with its count; of many, the first.
        shortest_ns: The shortest duration among them, in nanoseconds.
        longest_ns: The longest …
        longest_exchange: … and the number of the exchange that it is of, if any.
        size: The sum of their sizes.
        first_ns: When it showed first, nanoseconds since 1970; 0 where nobody knows …
        last_ns: … and last.
        concluded: Those that were judged from many exchanges, which are few.
    """

    def __init__(self, first: Finding) -> None:
        self.first = first
        self.count = 0
        self.details: Counter[str] = Counter()
        self.shortest_ns = first.duration_ns
        self.longest_ns = first.duration_ns
        self.longest_exchange: int | None = None
        self.size = 0
        self.first_ns = self.last_ns = first.time_ns
        self.concluded: list[Finding] = []
        self._exchanges = RangeSet()
        self._packets = RangeSet()
        self._ended_in = RangeSet()
        self._routes: dict[str, list[int]] = {}
        self._more_routes = False
        self._services: dict[str, Finding] = {}  # by address: the first of each
        self._more_services = False

    def add(self, finding: Finding) -> None:
        """Take in one more."""
        self.count += 1
        if finding.detail in self.details or len(self.details) < _MAX_DETAILS:
            self.details[finding.detail] += 1
        self.shortest_ns = min(self.shortest_ns, finding.duration_ns)
        self._lengthen(finding.duration_ns, finding.exchange)
        self.size += finding.size
        self._span(finding.time_ns, max(finding.time_ns, finding.last_ns))
        if finding.conclusion is not None:
            self.concluded.append(finding)
        self._packets.add(finding.packet)
        if finding.further is not None:
            self._packets.merge(finding.further)
        if finding.ended_in:
            self._ended_in.add(finding.ended_in)
        self._name_service(finding)
        if finding.exchange is not None:
            self._exchanges.add(finding.exchange)
            if finding.route is not None:
                self._name(finding.route, [finding.exchange])
        if finding.others is not None:
            self._exchanges.merge(finding.others)

    def _lengthen(self, duration_ns: int, exchange: int | None) -> None:
        """Remember the longest duration; of equal ones the first."""
        if self.longest_exchange is None or duration_ns > self.longest_ns:
            self.longest_exchange = exchange
        self.longest_ns = max(self.longest_ns, duration_ns)

    def _span(self, first_ns: int, last_ns: int) -> None:
        """Take in when something showed first and last; 0 where nobody knows."""
        self.first_ns = min(filter(None, (self.first_ns, first_ns)), default=0)
        self.last_ns = max(self.last_ns, last_ns)

    def _name_service(self, finding: Finding) -> None:
        """Remember the service that a finding is about, of the first few."""
        server = finding.server
        if len(self._services) < _MAX_NAMES:
            self._services.setdefault(server, finding)
        elif server not in self._services:
            self._more_services = True

    def _name(self, route: str, exchanges: list[int]) -> None:
        """Remember exchanges of a route, of the first few."""
        known = self._routes.get(route)
        if known is None:
            if len(self._routes) == _MAX_NAMES:
                self._more_routes = True
                return
            known = self._routes[route] = []
        for number in exchanges:
            if len(known) < _MAX_NAMES and number not in known:
                known.append(number)

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
        longest = other.longest_exchange
        shifted = None if longest is None else longest + exchanges
        self._lengthen(other.longest_ns, shifted)
        self.size += other.size
        self._span(other.first_ns, other.last_ns)
        self.concluded += other.concluded
        self._exchanges.merge(other._exchanges, exchanges)
        self._packets.merge(other._packets, packets)
        self._ended_in.merge(other._ended_in, packets)
        for route, numbers in other._routes.items():
            self._name(route, [number + exchanges for number in numbers])
        self._more_routes = self._more_routes or other._more_routes
        for finding in other._services.values():
            self._name_service(finding)
        self._more_services = self._more_services or other._more_services

    @property
    def names(self) -> int:
        """How many names :meth:`named_exchanges` lists; a verb after it agrees."""
        more = self._exchanges.count > sum(map(len, self._routes.values()))
        return len(self._routes) + more if self._routes else self._exchanges.count

    @property
    def numbers(self) -> list[int]:
        """The numbers of the exchanges that they are about; of many, the smallest."""
        return list(self._exchanges.numbers())

    def exchanges(self, most: int = _MAX_NAMES) -> str:
        """Return the numbers of the exchanges: ``#2 #4–#8 and 193 more``."""
        return self._exchanges.text(most, "#")

    def packets(self) -> str:
        """Return where to look, as the sentence ``Packets 19 26 31.``."""
        word = nouns(self._packets.count, "Packet")
        return f"{word} {self._packets.text(_MAX_PACKETS)}."

    def dated(self, cause: str, fix: str) -> str:
        """Return a cause, and when it showed, to look up in the log of a service.

        Nothing is said of notes, of warnings that came at once, of what is the same
        whichever side caused it, which no log has, nor where the words have a time.
        """
        first = self.first
        known = self.first_ns and not first.rule.either_side
        if not known or first.severity is Severity.NOTE or "UTC" in cause + fix:
            return cause
        several = self.last_ns - self.first_ns >= _APART_NS
        if several:
            last = clock(self.last_ns)
            return f"{cause} First at {clock(self.first_ns)}, last at {last} UTC."
        if first.severity is Severity.ERROR:
            return f"{cause} At {clock(self.first_ns)} UTC."
        return cause

    def ended_in(self) -> str:
        """Return the records that ended their connections: ``packet 12``."""
        word = nouns(self._ended_in.count, "packet")
        return f"{word} {self._ended_in.text(_MAX_NAMES)}"

    @property
    def known_routes(self) -> list[str]:
        """The routes that they are about; of many, the first."""
        return list(self._routes)

    def routes(self) -> str:
        """Return the routes that they are about: ``err, http and throwStr``."""
        more = "others" if self._more_routes else ""
        return listing(list(map(short, self._routes)), more) or "an unknown pattern"

    def services(self) -> str:
        """Return the services that they are about: ``:8888, :8889 and :9000``."""
        names = dict.fromkeys(each.service for each in self._services.values())
        return listing(list(names), "others" if self._more_services else "")

    def named_exchanges(self) -> str:
        """Return routes with their exchanges: ``nope (#7) and ping (#8 #9)``."""
        names = [
            f"{short(route)} ({' '.join(f'#{number}' for number in numbers)})"
            for route, numbers in self._routes.items()
        ]
        if not names:
            return self.exchanges()
        rest = self._exchanges.count - sum(map(len, self._routes.values()))
        return listing(names, f"{rest:,} more" if rest else "")

    def example(self) -> str:
        """Return the detail of the first, and that there are others if there are."""
        others = ", for example" if len(self.details) > 1 else ""
        return self.first.detail + others
