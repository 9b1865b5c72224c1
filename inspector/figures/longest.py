"""The longest call of a pattern: where it was, and what went on meanwhile."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from inspector.findings.evidence import within

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.findings.finding import Place

LEAST_NS = 1_000_000
"""What a call has to take for anybody to ask what went on meanwhile."""
REMEMBERED = 512
"""Answers that are remembered, to see what else was answered."""

Answers: TypeAlias = "deque[tuple[int, str, int]]"
"""Numbers of connections, servers, and times of first replies; the last ones."""


class Longest(NamedTuple):
    """The longest call of a pattern.

    Attributes:
        place: Where it was answered.
        server: The server that did, by its endpoint.
        asked_ns: When it was asked.
        asked_in: The record that completed its request.
        answered: Calls that the server answered meanwhile …
        beside: … and how many of them on the same connection.
        resent: Whether bytes of its connection were sent again meanwhile.
    """

    place: Place
    server: str
    asked_ns: int
    asked_in: int
    answered: int
    beside: int
    resent: bool

    @classmethod
    def of(cls, exchange: Exchange, server: str, answers: Answers) -> Longest:
        """Return what is to be said of a call that was answered.

        Args:
            exchange: The call …
            server: … and its server, by what it is known by.
            answers: What was answered until now, by any server.
        """
        until_ns = exchange.first_reply_ns or 0
        meanwhile = [
            connection
            for connection, other, time_ns in answers
            if exchange.asked_ns < time_ns <= until_ns and other == server
        ]
        return cls(
            place=within(exchange, exchange.reply_ends[0], reply=True),
            server=server,
            asked_ns=exchange.asked_ns,
            asked_in=exchange.request_packets[-1].number,
            answered=len(meanwhile),
            beside=meanwhile.count(exchange.connection.number),
            resent=exchange.retransmitted,
        )


def no_answers() -> Answers:
    """Return that nothing was answered yet."""
    return deque(maxlen=REMEMBERED)
