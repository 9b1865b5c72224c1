"""A capture as answers to give again: JSON lines that people edit.

::

    {"type":"answer","pattern":"sum","data":[1,2],"replies":[{"after_ms":1.2,"response":3}]}

``protocol-serve --from`` reads them; docs/fixtures.md describes the keys.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.calls.exchanges import Kind, Outcome
from inspector.filters.as_sent import (
    payload_as_sent,
    present,
    replies_as_sent,
    value_as_sent,
)
from protocol import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inspector.calls.exchanges import Exchange

_NS_PER_MS = 1_000_000
_DIGITS = 3  # of milliseconds: a capture has microseconds, if not more
_REMEMBERED = 100_000
"""Data of which it is known what was answered last; older ones are written again."""
_NOT_NEST = ("http", "ws", "socketio")  # no service of Nest answers those
_encode = msgspec.json.Encoder().encode


class FixtureLines:
    """Exchanges to lines, each answer and each event once.

    An answer is left out if the same data was answered with the same last time.

    Attributes:
        answers: How many lines are answers.
        events: How many are events.
        unanswered: Calls whose answer is that there is none.
        left_out: Why exchanges have no line → how many.
    """

    def __init__(self) -> None:
        self.answers = self.events = self.unanswered = 0
        self.left_out: dict[str, int] = {}
        self._last: OrderedDict[bytes, bytes] = OrderedDict()

    def of(self, exchange: Exchange) -> Iterator[bytes]:
        """Yield the line of an exchange, if it has one."""
        reason = _reason(exchange)
        if reason:
            self.left_out[reason] = self.left_out.get(reason, 0) + 1
        elif exchange.kind is Kind.EVENT:
            key = b"event " + _encode(value_as_sent(exchange.pattern))
            if self._is_new(key, b""):
                self.events += 1
                yield _line("event", exchange)
        elif self._is_new(_asked(exchange), _answered(exchange)):
            self.answers += 1
            self.unanswered += not exchange.replies
            yield _line("answer", exchange, replies=_replies(exchange))

    def _is_new(self, asked: bytes, answered: bytes) -> bool:
        key, value = _digest(asked), _digest(answered)
        before = self._last.pop(key, None)
        self._last[key] = value
        if len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)
        return before != value


def _may_be_lost(exchange: Exchange) -> bool:
    """Whether there may have been an answer that the capture lacks."""
    unended = exchange.outcome in {Outcome.UNANSWERED, Outcome.INCOMPLETE}
    return exchange.gapped and unended


_REASONS: dict[str, Callable[[Exchange], bool]] = {
    "over HTTP or WebSocket": lambda each: each.carrier in _NOT_NEST,
    "without their request, which the capture lacks": lambda each: (
        each.kind is Kind.ORPHAN
    ),
    "without a pattern": lambda each: each.pattern is UNDEFINED or each.pattern is None,
    "still in progress at the end of the capture": lambda each: each.in_flight,
    "whose answer the capture may have lost": _may_be_lost,
}
"""Why an exchange is left out → whether that is so of one."""


def _reason(exchange: Exchange) -> str:
    """Return why an exchange is left out; empty for one that is not."""
    return next((each for each, holds in _REASONS.items() if holds(exchange)), "")


def _line(kind: str, exchange: Exchange, **more: Any) -> bytes:  # noqa: ANN401
    pattern = value_as_sent(exchange.pattern)
    data = payload_as_sent(exchange.data)
    members = {"type": kind, "pattern": pattern, "data": data, **more}
    return _encode(present(members))


def _replies(exchange: Exchange) -> list[dict[str, Any]]:
    """Return replies with their times, in milliseconds after the request."""
    found = []
    for reply, end in zip(
        replies_as_sent(exchange.replies), exchange.reply_ends, strict=True
    ):
        waited_ns = exchange.waited_ns(end.time_ns)
        waited = None if waited_ns is None else round(waited_ns / _NS_PER_MS, _DIGITS)
        members = msgspec.to_builtins(
            reply, builtin_types=(msgspec.Raw,), enc_hook=lambda each: each
        )
        found.append({"after_ms": waited, **members} if waited is not None else members)
    return found


def _asked(exchange: Exchange) -> bytes:
    members = {"pattern": value_as_sent(exchange.pattern), "data": exchange.data}
    return _encode(present(members))


def _answered(exchange: Exchange) -> bytes:
    return _encode(replies_as_sent(exchange.replies))


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=16).digest()
