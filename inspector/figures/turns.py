"""Calls that waited until another was answered: a server that did nothing meanwhile.

Node runs one handler at a time. While one computes, the server reads nothing; when it
is done, its reply leaves, and those of all calls that came meanwhile right after it.
Handlers that only wait end each at its own time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from inspector.findings.evidence import within

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.findings.finding import Place

    from .latency import Latencies
    from .longest import Answers

LEAST_NS = 100_000_000
"""What calls have to wait …"""
FEWEST = 2
"""… and how many, beside the one that they wait for."""
TOGETHER_NS = 10_000_000
"""Replies that leave one after the other do so within this time."""
_MOST = 1_000  # calls that are answered together


class Wait(NamedTuple):
    """A call that took long.

    Attributes:
        place: Where it was answered.
        asked_ns: When it was asked …
        answered_ns: … and when it was answered.
        usual: What calls of its pattern take.
    """

    place: Place
    asked_ns: int
    answered_ns: int
    usual: Latencies

    def waited_for(self, other: Wait) -> bool:
        """Whether it is no chance that it ended together with another call.

        Calls that were asked together and take the same time end together, too.
        """
        waited_ns = self.answered_ns - self.asked_ns
        quickest_ns = self.usual.quantile(1 / self.usual.count) or 0
        return (
            self.asked_ns - other.asked_ns > TOGETHER_NS or quickest_ns * 2 <= waited_ns
        )


class Answered(Protocol):
    """A row that counts calls to a server."""

    server: str
    latencies: Latencies


class Blocked(NamedTuple):
    """A time in which a server answered nothing.

    Attributes:
        first: The call that was answered at the end of it.
        waiters: Those that had come since the last answer, and were answered with it.
        begin_ns: When the first of those had come.
    """

    first: Wait
    waiters: list[Wait]
    begin_ns: int

    @property
    def time_ns(self) -> int:
        """How long nothing was answered while a call waited."""
        return self.first.answered_ns - self.begin_ns


class Turns:
    """Calls that servers answered together, after a time without an answer.

    Attributes:
        blocked: Server → the longest such time …
        times: … and how many there were.
    """

    def __init__(self) -> None:
        self.blocked: dict[str, Blocked] = {}
        self.times: dict[str, int] = {}
        self._together: dict[str, tuple[int, list[Wait]]] = {}

    def add(self, exchange: Exchange, row: Answered, answers: Answers) -> None:
        """Take in a call that took long.

        Args:
            exchange: The call.
            row: The row that counts it.
            answers: What was answered before it, by any server.
        """
        server, answered_ns = row.server, exchange.first_reply_ns or 0
        place = within(exchange, exchange.reply_ends[0], reply=True)
        wait = Wait(place, exchange.asked_ns, answered_ns, row.latencies)
        _, together = self._together.get(server, (0, []))
        if together and answered_ns - together[0].answered_ns <= TOGETHER_NS:
            if len(together) < _MOST:
                together.append(wait)
            return
        self._judge(server)
        before = (ns for _, other, ns in reversed(answers) if other == server)
        self._together[server] = next(before, 0), [wait]

    def end(self) -> None:
        """Judge the last calls of each server."""
        for server in list(self._together):
            self._judge(server)

    def _judge(self, server: str) -> None:
        quiet_ns, together = self._together.pop(server, (0, []))
        if len(together) <= FEWEST:
            return
        first, *others = together
        since = max(first.asked_ns, quiet_ns)
        waiters = [
            each for each in others if each.asked_ns > since and each.waited_for(first)
        ]
        begin_ns = min((each.asked_ns for each in waiters), default=0)
        blocked = Blocked(first, waiters, begin_ns)
        if len(waiters) < FEWEST or blocked.time_ns < LEAST_NS:
            return
        self.times[server] = self.times.get(server, 0) + 1
        known = self.blocked.get(server)
        if known is None or blocked.time_ns > known.time_ns:
            self.blocked[server] = blocked
