"""What is remarkable about some requests of a route: of which, and of which most."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from inspector.findings.finding import Place
from inspector.ranges import RangeSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inspector.calls.chains.paths import Needless, Repeated, Waiting
    from inspector.calls.chains.trees import Node

MAX_TEXTS = 16
"""Texts of errors that are told apart."""


class Case(msgspec.Struct):
    """Requests of a route of which something is remarkable.

    Attributes:
        numbers: Their numbers …
        packets: … and the records in which their calls ended.
        cost_ns: What that costs all of them, in nanoseconds …
        worst_ns: … and one of them, at most …
        whole_ns: … of so much.
        place: Where that one was.
        example: The number of its call.
        least: The least that was counted in one of them …
        most: … and the most …
        sum: … and all.
        always: What holds of all of them, as far as a kind of case has such.
        names: The calls of the worst one.
        texts: What was said; of many, the first.
    """

    numbers: RangeSet = msgspec.field(default_factory=RangeSet)
    packets: RangeSet = msgspec.field(default_factory=RangeSet)
    cost_ns: int = 0
    worst_ns: int = -1
    whole_ns: int = 0
    place: Place | None = None
    example: int = 0
    least: int = 0
    most: int = 0
    sum: int = 0
    always: tuple[bool, ...] = ()
    names: list[str] = msgspec.field(default_factory=list)
    texts: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def requests(self) -> int:
        """How many there are."""
        return self.numbers.count

    def add(self, request: Node, calls: Iterable[Node], cost_ns: int) -> bool:
        """Take in one more; return whether it is the worst so far."""
        self.numbers.add(request.number)
        for each in calls:
            if isinstance(each.place, Place):
                self.packets.add(each.place.packet)
        self.cost_ns += cost_ns
        worst = cost_ns > self.worst_ns and isinstance(request.place, Place)
        if worst:
            assert isinstance(request.place, Place)
            self.worst_ns, self.place = cost_ns, request.place
            self.whole_ns = request.end_ns - request.begin_ns
        return worst

    def count(self, count: int) -> None:
        """Count something in one of them."""
        self.least = min(self.least or count, count)
        self.most = max(self.most, count)
        self.sum += count

    def hold(self, *facts: bool) -> None:
        """Learn what holds of one of them."""
        known = self.always or facts
        self.always = tuple(a and b for a, b in zip(known, facts, strict=True))


def add_repeated(case: Case, request: Node, several: Repeated) -> None:
    """Take in a request that makes the same call several times."""
    calls, count = several.calls, len(several.calls)
    case.count(count)
    case.hold(several.alike, several.in_turn)
    if case.add(request, calls, several.spent_ns):
        case.example = calls[0].number


def add_needless(case: Case, request: Node, needless: Needless) -> None:
    """Take in a request whose independent calls wait for one another."""
    calls = [each for each in request.children if request.waits_for(each)]
    if case.add(request, calls, needless.saved_ns):
        case.names = needless.routes
        case.most = needless.waited_ns


def add_failed(case: Case, request: Node, reason: Node) -> None:
    """Take in a request that failed after a call had failed for it."""
    if case.add(request, [reason], 0):
        case.example = reason.number
    case.hold(request.refused)
    if reason.error in case.texts or len(case.texts) < MAX_TEXTS:
        case.texts[reason.error] += 1


def add_awaited(case: Case, request: Node, waiting: Waiting) -> None:
    """Take in a request that waited for one call nearly all of its time."""
    if case.add(request, [waiting.node], waiting.waited_ns):
        case.example = waiting.node.number
