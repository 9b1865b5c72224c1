"""What a developer should know: exchanges and anomalies to findings.

Every finding is about one place of the capture; equal ones are folded in the report.
Their words stand in :mod:`inspector.analysis.catalogue`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from inspector.capture.reassembly import Gap
from protocol import (
    UNDEFINED,
    BufferLimitError,
    FramingError,
    InvalidJsonError,
    JsonText,
    UndefinedType,
)

from .catalogue import RULES, Severity
from .exchanges import Exchange, Kind, Outcome
from .pairing import ExchangeItem, Stray
from .seen import Anomaly

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from inspector.capture.connections import Connection, DataPacket

_MASKED = b'{"status":"error","message":"Internal server error"}'
"""Source: ``exceptions/base-rpc-exception-filter.ts``, ``handleUnknownError``."""

_COMPLETED, _SENT = Outcome.COMPLETED, Outcome.SENT
_EVENT, _ORPHAN = Kind.EVENT, Kind.ORPHAN

_CREDENTIAL = re.compile(
    rb'"(password|passwd|secret|token|access_?token|refresh_?token|api_?key|authorization)"'
    rb'[\t\n\r ]*:[\t\n\r ]*"[^"]',
    re.IGNORECASE,
)


class Finding(msgspec.Struct, kw_only=True):
    """Something that a developer should know.

    Attributes:
        code: What it is; stable, see the catalogue.
        severity: How much it matters.
        connection: Where it happened.
        side: The side that caused it.
        packet: The record in which it shows.
        time_ns: When that was captured.
        exchange: The number of the exchange that it is about, if it is about one.
        route: The route of that exchange.
        subject: What it is about in a word, such as ``reply`` or ``password``.
        detail: What more there is to say, in words.
        duration_ns: How long something took.
        size: How many bytes it is about.
    """

    code: str
    severity: Severity
    connection: Connection
    side: int
    packet: int
    exchange: int | None = None
    route: str | None = None
    subject: str = ""
    detail: str = ""
    duration_ns: int = 0
    size: int = 0

    @property
    def sender(self) -> str:
        """The side that caused it: ``client`` or ``server``."""
        return "client" if self.side == (self.connection.client or 0) else "server"

    @property
    def message(self) -> str:
        """What happened, as one sentence."""
        return RULES[self.code].message(self)

    @property
    def hint(self) -> str:
        """What to do about it."""
        return RULES[self.code].hint(self)


class Detective:
    """Find what is worth knowing in exchanges, as they end."""

    def __init__(self) -> None:
        # Service → route → None once it has given a value, until then the first
        # finding that waits for that.
        self._answered: dict[str, dict[str, Finding | None]] = {}

    def investigate(self, item: ExchangeItem) -> Iterable[Finding]:
        """Return the findings about one item."""
        if isinstance(item, Exchange):
            return self._investigate_exchange(item)
        if isinstance(item, Anomaly):
            return [_anomaly(item)]
        if isinstance(item, Gap):
            return [_gap(item)]
        if isinstance(item, Stray):
            return [_stray(item)]
        return ()

    def _investigate_exchange(self, exchange: Exchange) -> Iterable[Finding]:
        # Nearly every exchange gives no cause for a finding, and a glance shows it.
        return self._examine(exchange) if self._suspicious(exchange) else ()

    def _suspicious(self, exchange: Exchange) -> bool:
        """Whether a closer look at an exchange may find something."""
        if (
            (exchange.outcome is not _COMPLETED and exchange.outcome is not _SENT)
            or exchange.kind is _ORPHAN
            or _sensitive(exchange.data)
        ):
            return True
        for packet in exchange.request_packets:
            if packet.held_ns:
                return True
        return exchange.kind is not _EVENT and self._suspicious_reply(exchange)

    def _suspicious_reply(self, exchange: Exchange) -> bool:
        for packet in exchange.reply_packets:
            if packet.held_ns:
                return True
        for reply in exchange.replies:
            if reply.response is UNDEFINED or _sensitive(reply.response):
                return True
        answered = self._answered.get(exchange.connection.server_endpoint, {})
        return exchange.route is None or answered.get(exchange.route, self) is not None

    def _examine(self, exchange: Exchange) -> Iterator[Finding]:
        for packet in exchange.request_packets:
            if packet.held_ns and packet.owner is exchange.ledger:
                yield _stall(exchange, packet, reply=False)
        for packet in exchange.reply_packets:
            if packet.held_ns and packet.owner is exchange.ledger:
                yield _stall(exchange, packet, reply=True)
        yield from _credentials(exchange)
        if exchange.kind is Kind.EVENT:
            return
        if exchange.outcome is not Outcome.COMPLETED or exchange.kind is Kind.ORPHAN:
            yield from _endings(exchange)
        for reply, packet in zip(exchange.replies, exchange.reply_ends, strict=True):
            if reply.response is UNDEFINED and not (reply.is_disposed or reply.failed):
                yield _about(exchange, "undefined-in-stream", packet, reply=True)
                break
        if exchange.outcome is Outcome.COMPLETED and exchange.route is not None:
            yield from self._missing_value(exchange, exchange.route)

    def _missing_value(self, exchange: Exchange, route: str) -> Iterator[Finding]:
        """Find replies without a value from a handler that gives one otherwise."""
        answered = self._answered.setdefault(exchange.connection.server_endpoint, {})
        if exchange.replies[0].response is not UNDEFINED:
            earlier = answered.get(route)
            answered[route] = None
            if earlier is not None:
                yield earlier
        elif len(exchange.replies) == 1:
            last = exchange.reply_packets[-1]
            finding = _about(exchange, "answer-without-value", last, reply=True)
            if answered.setdefault(route, finding) is None:
                yield finding


def _about(
    exchange: Exchange,
    code: str,
    packet: DataPacket,
    *,
    reply: bool,
    **more: Any,  # noqa: ANN401 — the fields of a Finding that it has besides
) -> Finding:
    """Return a finding about a packet of an exchange, of its reply or its request."""
    client = exchange.connection.client or 0
    more.setdefault("severity", RULES[code].severity)
    return Finding(
        code=code,
        connection=exchange.connection,
        side=1 - client if reply else client,
        packet=packet.number,
        exchange=exchange.number,
        route=exchange.route,
        **more,
    )


def _stall(exchange: Exchange, packet: DataPacket, *, reply: bool) -> Finding:
    """Nobody waits for an event, so its delay is only a note."""
    event = exchange.kind is Kind.EVENT
    return _about(
        exchange,
        "nagle-stall",
        packet,
        reply=reply,
        severity=Severity.NOTE if event else Severity.WARNING,
        subject="reply" if reply else "event" if event else "request",
        duration_ns=packet.held_ns,
    )


def _credentials(exchange: Exchange) -> Iterator[Finding]:
    name = _credential(exchange.data)
    if name:
        packet = exchange.request_packets[-1]
        word = "event" if exchange.kind is Kind.EVENT else "request"
        yield _about(
            exchange, "credentials", packet, reply=False, subject=name, detail=word
        )
    for reply, packet in zip(exchange.replies, exchange.reply_ends, strict=True):
        name = _credential(reply.response)
        if name:
            words = {"subject": name, "detail": "reply"}
            yield _about(exchange, "credentials", packet, reply=True, **words)
            break


def _credential(payload: JsonText | UndefinedType) -> str:
    """Return the name of a field that should not travel in clear text."""
    if payload is UNDEFINED or not _sensitive(payload):
        return ""
    found = _CREDENTIAL.search(payload)
    return found[1].decode() if found else ""


def _sensitive(payload: JsonText | UndefinedType) -> bool:
    """Whether a payload has a part of a name that should not travel in clear text.

    That is far quicker to look for than the names themselves, and in text twice as
    quick as in bytes.
    """
    if payload is UNDEFINED:
        return False
    text = payload.lower().decode("latin-1")
    return (
        "passw" in text
        or "token" in text
        or "secret" in text
        or "key" in text
        or "authorization" in text
    )


def _endings(exchange: Exchange) -> Iterator[Finding]:
    outcome = exchange.outcome
    if exchange.kind is Kind.ORPHAN:
        yield _about(exchange, "orphan-reply", exchange.reply_packets[0], reply=True)
    elif outcome is Outcome.NO_HANDLER:
        yield _about(exchange, "no-handler", exchange.reply_packets[-1], reply=True)
    elif outcome is Outcome.ERROR and exchange.replies[-1].err == _MASKED:
        yield _about(exchange, "masked-error", exchange.reply_packets[-1], reply=True)
    elif outcome in {Outcome.UNANSWERED, Outcome.INCOMPLETE}:
        code = "unanswered" if outcome is Outcome.UNANSWERED else "unfinished-stream"
        yield _about(
            exchange,
            code,
            (exchange.reply_packets or exchange.request_packets)[-1],
            reply=True,
            detail=exchange.cause or "end",
            duration_ns=exchange.ended_ns - exchange.asked_ns,
        )


def _stray(item: Stray) -> Finding:
    direction = item.sighting.direction
    return Finding(
        code="value-after-end",
        severity=RULES["value-after-end"].severity,
        connection=direction.connection,
        side=direction.side,
        packet=item.sighting.records[-1].number,
        exchange=item.ledger.number,
        route=item.ledger.route,
    )


def _anomaly(item: Anomaly) -> Finding:
    error = item.error
    if isinstance(error, BufferLimitError):
        code = "buffer-limit"
    elif isinstance(error, FramingError):
        code = "corrupted-length"
    elif isinstance(error, InvalidJsonError):
        code = "invalid-json"
    else:
        code = "unknown-packet"
    return Finding(
        code=code,
        severity=RULES[code].severity,
        connection=item.direction.connection,
        side=item.direction.side,
        packet=item.record.number,
        detail=error.reason,
        size=item.lost,
    )


def _gap(item: Gap) -> Finding:
    return Finding(
        code="capture-gap",
        severity=RULES["capture-gap"].severity,
        connection=item.direction.connection,
        side=item.direction.side,
        packet=item.packet,
        size=item.size,
    )
