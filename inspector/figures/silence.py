"""Calls to a server that have no reply, since it last answered any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.findings.evidence import place_of
from inspector.findings.phrases import end_of
from inspector.ranges import RangeSet

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.findings.finding import Place


class Silence:
    """What a server has not answered, in the order in which calls are over.

    Args:
        server: The server, by what it is known by.

    Attributes:
        server: The server.
        answered_ns: When it answered last, whoever asked, and for what; 0 for never.
        place: The first call that has no reply …
        first_ns: … and when it was asked …
        last_ns: … and when the last of them was given up.
        numbers: The numbers of these calls.
    """

    __slots__ = ("answered_ns", "first_ns", "last_ns", "numbers", "place", "server")

    def __init__(self, server: str = "") -> None:
        self.server = server
        self.answered_ns = 0
        self.place: Place | None = None
        self.first_ns = self.last_ns = 0
        self.numbers = RangeSet()

    def add(self, exchange: Exchange) -> None:
        """Take in a call that has no reply, if its server has answered none since.

        One that closed the connection is not silent, but gone.
        """
        if end_of(exchange).startswith("server"):
            return
        if self.answered_ns >= self.first_ns:  # it was silent for a time, and no longer
            self.place, self.last_ns, self.numbers = None, 0, RangeSet()
        if exchange.asked_ns <= self.answered_ns:
            return
        if self.place is None or exchange.asked_ns < self.first_ns:
            self.place, self.first_ns = place_of(exchange), exchange.asked_ns
        self.numbers.add(exchange.number)
        self.last_ns = max(self.last_ns, exchange.ended_ns)

    @property
    def goes_on(self) -> bool:
        """Whether it has answered nothing since the first of these calls."""
        return self.place is not None and self.answered_ns < self.first_ns
