"""Calls of a pattern that fail one after the other on a server, or have no reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from inspector.findings.evidence import answer_place

from .silence import Silence

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.findings.finding import Place


class Counted(Protocol):
    """A row that counts calls, and knows when one was answered last."""

    count: int
    answered_ns: int


class Run:
    """Calls that failed with no other between them.

    Attributes:
        place: Where the first of them failed …
        first_ns: … and when.
        last_ns: When the last did.
        before: Calls before them that did not fail.
        length: How many they are.
    """

    __slots__ = ("before", "first_ns", "last_ns", "length", "place")

    def __init__(self, place: Place, first_ns: int, before: int) -> None:
        self.place = place
        self.first_ns = self.last_ns = first_ns
        self.before = before
        self.length = 0


class Stretch:
    """How the calls of a pattern go on a server, in the order in which they end.

    Args:
        server: The server, by what it is known by.

    Attributes:
        rows: The rows that count its calls, one for each client.
        failed: Those of them that failed, refusals aside.
        longest: Of the runs of calls that failed, the longest; None for none.
        silence: Those that have no reply; None for none.
    """

    __slots__ = ("_last", "_run", "failed", "longest", "rows", "server", "silence")

    def __init__(self, server: str = "") -> None:
        self.server = server
        self.rows: list[Counted] = []
        self.failed = 0
        self.longest: Run | None = None
        self.silence: Silence | None = None
        self._run: Run | None = None
        self._last = 0

    @property
    def calls(self) -> int:
        """Calls that are over."""
        return sum(row.count for row in self.rows)

    def fail(self, exchange: Exchange) -> None:
        """Note that the call that was counted last has failed."""
        run = self._run
        time_ns = exchange.last_reply_ns or exchange.ended_ns
        calls = self.calls
        if run is None or self._last != calls - 1:
            before = calls - 1 - self.failed
            run = self._run = Run(answer_place(exchange), time_ns, before)
        run.length += 1
        run.last_ns = max(run.last_ns, time_ns)
        self.failed += 1
        self._last = calls
        if self.longest is None or run.length > self.longest.length:
            self.longest = run

    def wait(self, exchange: Exchange, answered_ns: int) -> None:
        """Note that a call has no reply.

        Args:
            exchange: The call.
            answered_ns: When a call of its client was answered last, by what is known.
        """
        silence = self.silence = self.silence or Silence(self.server)
        silence.answered_ns = max(silence.answered_ns, answered_ns)
        silence.add(exchange)

    @property
    def answered_ns(self) -> int:
        """When a call was answered last; 0 for never."""
        return max((row.answered_ns for row in self.rows), default=0)

    @property
    def after(self) -> int:
        """How many calls did not fail after the longest run began."""
        before = self.longest.before if self.longest else 0
        return self.calls - self.failed - before
