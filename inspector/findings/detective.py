"""What is seen and paired to findings.

::

    Exchange        ─► calls, payloads, habits of a pattern
    Anomaly, Remark ─► framing                               ─► Finding
    Gap, Limited    ─► what the capture lacks
    Closed          ─► what TCP had to do
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome
from inspector.calls.pairing import Doubled, ExchangeItem, Stray
from inspector.calls.seen import Anomaly, Remark
from inspector.streams.items import Closed, Gap, Limited
from protocol import (
    NEWEST,
    UNDEFINED,
    BufferLimitError,
    FramingError,
    InvalidJsonError,
    JsonText,
    NestVersion,
    SplitCharacterError,
)

from . import payloads
from .catalogue import Severity
from .finding import Finding, about, about_bytes
from .habits import Habits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.streams.packets import DataPacket

_MASKED = JsonText(b'{"status":"error","message":"Internal server error"}')
"""Source: ``exceptions/base-rpc-exception-filter.ts``, ``handleUnknownError``."""

_COMPLETED, _SENT = Outcome.COMPLETED, Outcome.SENT
_ORPHAN = Kind.ORPHAN


class Detective:
    """Find what is worth knowing in exchanges, as they end, and around them.

    Args:
        nest: The version of Nest whose behaviour is assumed where versions differ.
    """

    def __init__(self, nest: NestVersion = NEWEST) -> None:
        self._nest = nest
        self._habits = Habits()

    def investigate(self, item: ExchangeItem) -> Iterable[Finding]:
        """Return the findings about one item."""
        if isinstance(item, Exchange):
            return self._examine(item)
        if isinstance(item, Remark):
            return self._remark(item)
        if isinstance(item, Closed):
            return _trouble(item)
        return [_make(item)]

    def suspects(self, exchange: Exchange) -> bool:
        """Whether :meth:`investigate` may find something in an exchange.

        Nearly every exchange gives no cause for a finding, and a glance shows it.
        """
        outcome = exchange.outcome
        if outcome is not _COMPLETED and outcome is not _SENT:
            return True
        for packet in exchange.request_packets:
            if packet.held_ns:
                return True
        for packet in exchange.reply_packets:
            if packet.held_ns:
                return True
        for reply in exchange.replies:
            if reply.response is UNDEFINED or reply.extra:
                return True
        return (
            exchange.kind is _ORPHAN
            or payloads.remarkable(exchange)
            or not self._habits.usual(exchange)
        )

    def _examine(self, exchange: Exchange) -> Iterator[Finding]:
        for packet in exchange.request_packets:
            if packet.held_ns and packet.owner is exchange.ledger:
                yield _stall(exchange, packet, reply=False)
        for packet in exchange.reply_packets:
            if packet.held_ns and packet.owner is exchange.ledger:
                yield _stall(exchange, packet, reply=True)
        yield from payloads.examine(exchange)
        if exchange.outcome is not Outcome.COMPLETED or exchange.kind is Kind.ORPHAN:
            yield from self._ending(exchange)
        yield from self._replies(exchange)
        yield from self._habits.learn(exchange)

    def _ending(self, exchange: Exchange) -> Iterator[Finding]:
        outcome, kind = exchange.outcome, exchange.kind
        last = (exchange.reply_packets or exchange.request_packets)[-1]
        if exchange.gapped and outcome in {Outcome.UNANSWERED, Outcome.INCOMPLETE}:
            yield about(exchange, "in-doubt", last, reply=True)
        elif kind is Kind.ORPHAN:
            code = "in-doubt" if exchange.gapped else "orphan-reply"
            yield about(exchange, code, exchange.reply_packets[0], reply=True)
        elif outcome is Outcome.NO_HANDLER:
            meant = self._habits.suggest(exchange)
            yield about(exchange, "no-handler", last, reply=True, detail=meant)
        elif outcome is Outcome.ERROR and exchange.replies[-1].err == _MASKED:
            yield about(exchange, "masked-error", last, reply=True)
        elif outcome in {Outcome.UNANSWERED, Outcome.INCOMPLETE}:
            yield _endless(exchange, last)

    def _replies(self, exchange: Exchange) -> Iterator[Finding]:
        """Find replies that some versions of the client misread."""
        told: set[str] = set()
        strict = self._nest.strict_replies
        for reply, packet in zip(exchange.replies, exchange.reply_ends, strict=True):
            if reply.extra:
                code, harmless = "foreign-reply-key", not strict
            elif reply.response is UNDEFINED and not (
                reply.is_disposed or reply.failed
            ):
                code, harmless = "undefined-in-stream", strict
            else:
                continue
            if code not in told:
                told.add(code)
                severity = Severity.NOTE if harmless else Severity.WARNING
                keys = " ".join(reply.extra)
                yield about(
                    exchange, code, packet, reply=True, severity=severity, detail=keys
                )

    def _remark(self, item: Remark) -> Iterator[Finding]:
        nest, more = self._nest, {}
        if item.code == "many-frames" and nest.reads_by_recursion:
            more["severity"] = Severity.ERROR
        if item.code == "large-frame" and nest.max_units is None:
            return
        yield about_bytes(
            item.direction,
            item.code,
            item.record.number,
            subject=item.subject,
            detail=item.detail,
            size=item.size,
            duration_ns=item.duration_ns,
            exchange=item.exchange,
            route=item.route,
            nest=nest,
            **more,
        )


def _stall(exchange: Exchange, packet: DataPacket, *, reply: bool) -> Finding:
    """Nobody waits for an event, so its delay is only a note."""
    event = exchange.kind is Kind.EVENT
    return about(
        exchange,
        "nagle-stall",
        packet,
        reply=reply,
        severity=Severity.NOTE if event else Severity.WARNING,
        subject="reply" if reply else "event" if event else "request",
        duration_ns=packet.held_ns,
    )


def _endless(exchange: Exchange, last: DataPacket) -> Finding:
    unanswered = exchange.outcome is Outcome.UNANSWERED
    return about(
        exchange,
        "unanswered" if unanswered else "unfinished-stream",
        last,
        reply=True,
        subject=exchange.cause or "end",
        duration_ns=exchange.ended_ns - exchange.asked_ns,
    )


def _make(item: Stray | Doubled | Anomaly | Gap | Limited) -> Finding:
    """Return what an item says, which is always one finding."""
    if isinstance(item, Anomaly):
        return _anomaly(item)
    if isinstance(item, Gap):
        code = "capture-gap"
        return about_bytes(item.direction, code, item.packet, size=item.size)
    if isinstance(item, Limited):
        code, words = "analysis-limit", item.limit.replace("_", " ")
        return about_bytes(item.direction, code, item.packet, subject=words)
    return _told_apart(item)


def _told_apart(item: Stray | Doubled) -> Finding:
    """Return a finding about an id that stands for two exchanges."""
    return about_bytes(
        item.direction,
        "value-after-end" if isinstance(item, Stray) else "duplicate-id",
        item.record.number,
        exchange=item.ledger.number,
        route=item.ledger.route,
    )


def _anomaly(item: Anomaly) -> Finding:
    error = item.error
    if isinstance(error, BufferLimitError):
        code = "buffer-limit"
    elif isinstance(error, SplitCharacterError | InvalidJsonError):
        code = "invalid-json"
    elif isinstance(error, FramingError):
        code = "corrupted-length"
    else:
        code = "unknown-packet"
    return about_bytes(
        item.direction, code, item.record.number, detail=error.reason, size=item.lost
    )


def _trouble(closed: Closed) -> Iterator[Finding]:
    """Yield what TCP had to do on a connection that is over."""
    connection, counts = closed.connection, closed.connection.counts
    for trouble, (side, number) in connection.trouble.items():
        code, count = "connection-reset", 1
        if trouble == "retransmission":
            code, count = "retransmissions", counts.retransmissions
        elif trouble == "zero window":
            code, count = "zero-window", counts.zero_windows
        elif trouble == "copy":
            code, count = "captured-twice", counts.copies
        yield about_bytes(connection.directions[side], code, number, size=count)
