"""Calls that waited until another was answered: a server that did nothing meanwhile.

Node runs one handler at a time. While one computes, the server reads nothing; when it
is done, its reply leaves, and those of all calls that came meanwhile right after it.
Handlers that only wait end each at its own time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from inspector.findings.evidence import within
from protocol.named_tuple import NamedTuple

from .longest import completed_by, known_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.calls.exchanges import Exchange
    from inspector.findings.finding import Place

    from .latency import Latencies
    from .longest import Completed

LEAST_NS = 100_000_000
"""What calls have to wait …"""
FEWEST = 2
"""… and how many, beside the one that they wait for."""
TOGETHER_NS = 10_000_000
"""Replies that leave one after the other do so within this time."""
_MOST = 100  # calls that are answered together, such times, and streams of a server


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
        """Whether it cannot be chance that it ended together with another call.

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

    def meets(self, streams: Iterable[tuple[int, int]]) -> bool:
        """Whether a stream of the server went on meanwhile, as far as is known."""
        end_ns = self.first.answered_ns
        return any(first < end_ns and last > self.begin_ns for first, last in streams)


class Turns:
    """Calls that servers answered together, after a time without an answer."""

    def __init__(self) -> None:
        self._together: dict[str, tuple[int, list[Wait]]] = {}
        self._found: dict[str, list[Blocked]] = {}
        self._streams: dict[str, list[tuple[int, int]]] = {}

    def add(self, exchange: Exchange, row: Answered, completed: Completed) -> None:
        """Take in a call that took long and was answered with one value.

        Args:
            exchange: The call.
            row: The row that counts it.
            completed: What was completed before it, by any server.
        """
        server = completed_by(exchange, row.server)
        answered_ns = exchange.first_reply_ns or 0
        place = within(exchange, exchange.reply_ends[0], reply=True)
        wait = Wait(place, exchange.asked_ns, answered_ns, row.latencies)
        _, together = self._together.get(server, (0, []))
        if together and answered_ns - together[0].answered_ns <= TOGETHER_NS:
            if len(together) < _MOST:
                together.append(wait)
            return
        self._judge(server)
        before = (ns for _, other, ns in reversed(completed) if other == server)
        self._together[server] = next(before, known_since(completed)), [wait]

    def stream(self, server: str, first_ns: int, last_ns: int) -> None:
        """Note when a server sent several values, of which none is remembered."""
        streams = self._streams.setdefault(server, [])
        if len(streams) < _MOST:
            streams.append((first_ns, last_ns))
        else:  # the last of them stands for all between
            begin_ns, end_ns = streams[-1]
            streams[-1] = min(begin_ns, first_ns), max(end_ns, last_ns)

    def blocked(self) -> Iterator[tuple[str, list[Blocked]]]:
        """Yield servers that answered nothing for some time, with all such times."""
        for server in list(self._together):
            self._judge(server)
        for server, found in self._found.items():
            streams = self._streams.get(server, ())
            quiet = [each for each in found if not each.meets(streams)]
            if quiet:
                yield server, quiet

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
        found = self._found.setdefault(server, [])
        enough = len(waiters) >= FEWEST and blocked.time_ns >= LEAST_NS
        if enough and len(found) < _MOST:
            found.append(blocked)
