"""The longest call of a pattern: where it was, and what went on meanwhile."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from inspector.calls.serving import answered_in, asked_in, process_of
from inspector.findings.conclusions import LongCall, Stages
from inspector.findings.evidence import within

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange
    from inspector.calls.passages import Passage

LEAST_NS = 1_000_000
"""What a call has to take for anybody to ask what went on meanwhile."""
REMEMBERED = 512
"""Calls that are remembered, to see what else was completed."""

Completed: TypeAlias = "deque[tuple[int, str, int]]"
"""Numbers of connections, servers, and times of last replies; the last calls."""


def long_call(exchange: Exchange, server: str, completed: Completed) -> LongCall:
    """Return what is to be said of a call that was answered.

    Args:
        exchange: The call …
        server: … and its server, by what it is known by.
        completed: What was completed until now, by any server.
    """
    until_ns = exchange.first_reply_ns or 0
    process = completed_by(exchange, server)
    meanwhile = [
        connection
        for connection, other, time_ns in completed
        if exchange.asked_ns < time_ns <= until_ns and other == process
    ]
    passage = exchange.passage
    return LongCall(
        place=within(exchange, answered_in(exchange), reply=True),
        server=server,
        asked_ns=exchange.asked_ns,
        asked_in=asked_in(exchange).number,
        completed=len(meanwhile),
        beside=meanwhile.count(exchange.connection.number),
        whole=known_since(completed) <= exchange.asked_ns,
        resent=exchange.retransmitted,
        stages=None if passage is None else _stages(passage, exchange.latency_ns or 0),
    )


def _stages(passage: Passage, latency_ns: int) -> Stages:
    """Return how long each stage took.

    A handler that answered on another connection than it was asked on, as after a
    restart, took what the others did not.
    """
    queue_ns, return_ns = passage.queue_ns, passage.return_ns
    handler_ns = passage.handler_ns
    if handler_ns is None and queue_ns is not None and return_ns is not None:
        handler_ns = max(latency_ns - queue_ns - return_ns, 0)
    return Stages(queue_ns, handler_ns, return_ns)


def completed_by(exchange: Exchange, server: str) -> str:
    """Return which process completes an exchange; a queue group has several.

    Args:
        exchange: The exchange …
        server: … and its server, by what it is known by.
    """
    return server if exchange.passage is None else process_of(exchange)


def known_since(completed: Completed) -> int:
    """Return from when on all that was completed is remembered, in nanoseconds."""
    return completed[0][2] if len(completed) == REMEMBERED else 0


def nothing_completed() -> Completed:
    """Return that nothing was completed yet."""
    return deque(maxlen=REMEMBERED)
