"""An exchange as the ``protocol-call`` line that makes it again, quoted for a shell."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

import msgspec

from inspector.calls.exchanges import Kind
from protocol import REFUSED, UNDEFINED, Json, JsonText, dumps, loads
from protocol.lazy_regex import lazy_regex

from .rendering import safe

if TYPE_CHECKING:
    from inspector.calls.exchanges import Exchange

MOST_DATA = 4096
"""Bytes of data that fit on a command line; more are read from a pipe."""
_CARRIER = "tcp"  # which protocol-call speaks
_BLANKS = str.maketrans("\t\n\r", "   ")  # JSON has them between its tokens alone
_BARE = lazy_regex(r"[A-Za-z_][A-Za-z0-9_.:/-]*")


def call_words(exchange: Exchange) -> list[str] | None:
    """Return the words of the line, each quoted; None for what cannot be made again.

    The data is ``-`` where it is long: it comes through a pipe.

    Args:
        exchange: A request or an event over TCP, whose pattern is known.
    """
    known = exchange.kind is not Kind.ORPHAN and exchange.pattern is not UNDEFINED
    if not known or exchange.carrier != _CARRIER:
        return None
    words = ["protocol-call", "emit" if exchange.kind is Kind.EVENT else "send"]
    if exchange.values > 1:
        words.append("--stream")
    if exchange.metadata is not UNDEFINED:
        words += ["--metadata", _json(exchange.metadata)]
    arguments = [_pattern(exchange.pattern)]
    if reads_stdin(exchange):
        arguments.append("-")
    elif exchange.data is not UNDEFINED:
        arguments.append(_json(exchange.data))
    if any(each.startswith("-") and each != "-" for each in arguments):
        words.append("--")
    words += [str(exchange.connection.server_endpoint), *arguments]
    return [quote(word) for word in words]


def reads_stdin(exchange: Exchange) -> bool:
    """Whether its data is too long for a command line."""
    return exchange.data is not UNDEFINED and len(bytes(exchange.data)) > MOST_DATA


def _pattern(pattern: Json) -> str:
    """Return a pattern as protocol-call reads it: JSON, or else a plain string."""
    if isinstance(pattern, str) and _BARE.fullmatch(pattern) and not _is_json(pattern):
        return pattern
    return safe(dumps(pattern).decode())


def _is_json(text: str) -> bool:
    try:
        loads(text.encode())
    except ValueError:
        return False
    return True


def _json(payload: JsonText) -> str:
    """Return a payload on one line; what a terminal would obey is escaped.

    Lone surrogates and deep nesting, which JavaScript accepts, keep the blanks as well.
    """
    text = bytes(payload).decode("utf-8", "replace")
    try:
        return safe(msgspec.json.format(text.encode(), indent=-1).decode())
    except REFUSED:
        return safe(text.translate(_BLANKS))
