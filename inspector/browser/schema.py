"""The tables in which exchanges are kept, and what a row of them has.

``rows`` is narrow, so that all of it is soon read: what is compared and sorted by. The
payloads are in ``texts``, many in each, which a search for a word reads; ``bodies``
says where, and has what else is packed of an exchange, for a row that is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind, Outcome
from protocol import UNDEFINED

from .ordering import SORTED_BYTES
from .packing import Packed, pack

if TYPE_CHECKING:
    from typing import TypeAlias

    from protocol import JsonText, UndefinedType

    Row: TypeAlias = tuple[object, ...]

TABLES = """
CREATE TABLE rows (
    number INTEGER PRIMARY KEY, time_ns INTEGER, time INTEGER, kind TEXT, outcome TEXT,
    carrier TEXT, route INTEGER, connection INTEGER, latency INTEGER, duration INTEGER,
    packets INTEGER, request_bytes INTEGER, reply_bytes INTEGER, turned INTEGER,
    escaped INTEGER, failed INTEGER, data TEXT, reply TEXT
);
CREATE TABLE bodies (
    number INTEGER PRIMARY KEY, block INTEGER, start INTEGER, length INTEGER, head BLOB
);
CREATE TABLE texts (id INTEGER PRIMARY KEY, numbers BLOB, starts BLOB, text BLOB);
CREATE TABLE routes (id INTEGER PRIMARY KEY, route TEXT UNIQUE, name TEXT);
CREATE TABLE connections (
    number INTEGER PRIMARY KEY, client TEXT, server TEXT, packed BLOB
);
"""
INSERT_ROW = f"INSERT OR REPLACE INTO rows VALUES ({', '.join('?' * 18)})"
_FAILED = {Outcome.ERROR, Outcome.NO_HANDLER, Outcome.REJECTED, Outcome.UNDELIVERED}


def columns_of(exchange: Exchange, route: int, packed: Packed) -> Row:
    """Return what the narrow table has of an exchange.

    Args:
        exchange: The exchange.
        route: The number of its route.
        packed: The same as bytes.
    """
    connection = exchange.connection
    replies = exchange.replies
    answer: JsonText | UndefinedType = UNDEFINED
    if replies:
        answer = replies[0].response if replies[0].err is UNDEFINED else replies[0].err
    return (
        exchange.number,
        exchange.time_ns,
        exchange.time_ns - connection.capture_ns,
        str(exchange.kind),
        None if exchange.outcome is None else str(exchange.outcome),
        exchange.ledger.carrier,
        route,
        connection.number,
        exchange.latency_ns,
        exchange.duration_ns,
        exchange.packets,
        exchange.request_bytes,
        exchange.reply_bytes,
        exchange.client_text != connection.client_text,
        b"\\" in packed.text,
        is_failed(exchange),
        beginning(exchange.data),
        beginning(answer),
    )


def body_of(exchange: Exchange) -> Packed:
    """Return an exchange as bytes."""
    return pack(exchange)


def is_failed(exchange: Exchange) -> bool:
    """Whether an exchange is one that people look for when they look for failures."""
    if exchange.outcome in _FAILED:
        return True
    missing = exchange.outcome in {Outcome.UNANSWERED, Outcome.INCOMPLETE}
    return missing and not exchange.in_flight and exchange.kind is not Kind.EVENT


def beginning(payload: JsonText | UndefinedType) -> str | None:
    """Return the beginning of a payload, by which rows are sorted.

    It has as many bytes at most: a character that is cut, or malformed, is left out.
    """
    if payload is UNDEFINED:
        return None
    return bytes(payload)[:SORTED_BYTES].decode("utf-8", "ignore")
