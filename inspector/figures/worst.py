"""The exchange of those that are listed at which a person should look first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.costs import begins
from inspector.calls.exchanges import Exchange, Kind, Outcome, last_error
from inspector.calls.statuses import REFUSED, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeVar

    Item = TypeVar("Item")

_TOOK, _WAITED, _FAILED = range(1, 4)


class Worst:
    """The worst of some calls: one that failed, one without a reply, or the slowest.

    That is the first that failed, and not for a fault of its caller; then the call
    without a reply that waited for longest; then the slowest.

    Attributes:
        number: Its number; None while there is no call.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._weight = 0, 0

    def add(self, exchange: Exchange) -> None:
        """Take in one more exchange."""
        if exchange.kind is not Kind.MESSAGE or begins(exchange.carrier):
            return
        weight = _weight(exchange)
        if weight > self._weight:
            self.number, self._weight = exchange.number, weight

    def watched(self, items: Iterable[Item]) -> Iterator[Item]:
        """Pass on what is listed, and take in the exchanges among it."""
        for item in items:
            if isinstance(item, Exchange):
                self.add(item)
            yield item


def _weight(call: Exchange) -> tuple[int, int]:
    """Return how much a call deserves a look: the kind of trouble, and how long."""
    if is_failure(call):
        return _FAILED, 0
    if call.outcome is Outcome.UNANSWERED and not (call.in_flight or call.gapped):
        return _WAITED, call.waited_ns(call.ended_ns) or 0
    return _TOOK, call.latency_ns or 0


def is_failure(exchange: Exchange) -> bool:
    """Whether an exchange failed, and not for a fault of its caller."""
    if exchange.outcome is Outcome.NO_HANDLER:
        return True
    failed = exchange.outcome is Outcome.ERROR
    return failed and status_of(last_error(exchange)) not in REFUSED
