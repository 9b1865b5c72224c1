"""What the replies of an exchange say: a value, ``error: …``, ``no handler``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome, error_text
from inspector.words import duration
from protocol import UNDEFINED, Response

from .layout import Cell
from .rendering import safe, short_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_VALUES = 20


def reply_cell(exchange: Exchange) -> Cell:
    """Return the replies of an exchange; a failure decides the role of the cell."""
    if exchange.outcome in {Outcome.UNDELIVERED, Outcome.REJECTED}:
        return Cell(exchange.outcome, "warning")
    if exchange.kind is Kind.EVENT:
        return Cell("event", "muted")
    if exchange.outcome is Outcome.UNANSWERED:
        if exchange.gapped:
            return Cell("in doubt", "warning")
        word, role = (
            ("in flight", "muted") if exchange.in_flight else ("unanswered", "error")
        )
        if (left_ns := left_at(exchange)) is not None:
            word = "caller left"
        waited = exchange.waited_ns(exchange.ended_ns if left_ns is None else left_ns)
        return Cell(f"{word} {duration(waited) if waited else ''}".strip(), role)
    words = list(reply_words(exchange))
    text = ", ".join(words)
    if exchange.outcome in {Outcome.ERROR, Outcome.NO_HANDLER}:
        return Cell(text, "error")
    endless = exchange.outcome is Outcome.INCOMPLETE and not exchange.in_flight
    unusual = endless or any(word in {"no value", "undefined"} for word in words)
    return Cell(text, "warning" if unusual else "")


def reply_words(exchange: Exchange) -> Iterator[str]:
    """Yield what each reply of an exchange says."""
    if exchange.outcome is Outcome.NO_HANDLER:
        yield "nobody subscribed" if is_refused(exchange) else "no handler"
        return
    replies = exchange.replies
    for reply in replies[:_MAX_VALUES]:
        yield reply_word(reply, alone=len(replies) == 1)
    if len(replies) > _MAX_VALUES:
        yield f"… ({len(replies):,})"
    if exchange.outcome is Outcome.INCOMPLETE:
        yield "in flight" if exchange.in_flight else "no end"


def is_refused(exchange: Exchange) -> bool:
    """Whether a broker said that nobody had subscribed to what an exchange is for."""
    return exchange.passage is not None and exchange.passage.unwanted


def left_at(exchange: Exchange) -> int | None:
    """Return when the caller stopped listening, if that came before the last reply."""
    if exchange.cause != "left" or exchange.passage is None:
        return None
    return exchange.passage.left_ns


def reply_word(reply: Response, *, alone: bool) -> str:
    """Return what a reply says; ``alone`` where it is the only one of its exchange."""
    if reply.err is not UNDEFINED and reply.failed:
        return f"error: {safe(error_text(reply.err))}"
    if reply.response is not UNDEFINED:
        return short_text(reply.response)
    if reply.is_disposed:
        return "no value" if alone else "end"
    return "undefined"
