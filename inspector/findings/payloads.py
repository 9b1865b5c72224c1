"""Payloads that should not travel as they do: credentials, and binary data as text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from inspector.calls.exchanges import Exchange, Kind
from protocol import UNDEFINED, JsonText, UndefinedType

from .finding import about

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inspector.streams.packets import DataPacket

    from .finding import Finding

_BLOATED = 1_000
"""Bytes of a payload from which on it matters how binary data is written."""
_SHORTEST = len('{"token":"x"}')
"""Bytes of the shortest payload with a credential."""
_VARIED = 24
"""Different characters that binary data shows in base64; "xxxx…" is none."""
_BUFFER = re.compile(rb'"type":"Buffer","data":\[[0-9,]{1000}')
_BASE64 = re.compile(rb"(?:data:[^,]{1,80},)?[A-Za-z0-9+/_-]{1000,}={0,2}")

_CREDENTIAL = re.compile(
    rb'"(password|passwd|secret|token|access_?token|refresh_?token|api_?key|authorization)"'
    rb'[\t\n\r ]*:[\t\n\r ]*"[^"]',
    re.IGNORECASE,
)


def remarkable(exchange: Exchange) -> bool:
    """Whether a closer look at the payloads of an exchange may find something.

    Small ones are looked at together, since each look has its price.
    """
    data = exchange.data
    text = "" if data is UNDEFINED else str(data, "latin-1")
    for reply in exchange.replies:
        if reply.response is UNDEFINED:
            continue
        other = str(reply.response, "latin-1")
        if len(text) + len(other) < _BLOATED:
            text += other
        elif _promising(text):
            return True
        else:
            text = other
    return _promising(text)


def _promising(text: str) -> bool:
    """Whether some payloads may hold a credential, or binary data.

    A part of each name is far quicker to look for than the names themselves, in text
    twice as quick as in bytes, and what several have in common quicker still.
    """
    if len(text) < _SHORTEST:
        return False
    lower = text.lower() if text.isascii() else _lower(text)
    return (
        "secret" in lower
        or ("w" in lower and "passw" in lower)
        or ("ke" in lower and ("token" in lower or "key" in lower))
        or ("z" in lower and "authorization" in lower)
        or (len(text) >= _BLOATED and bool(_binary(text.encode("latin-1"))))
    )


def _lower(text: str) -> str:
    """Return bytes as text in small letters, of which ASCII alone has any here."""
    return text.encode("latin-1").lower().decode("latin-1")


def examine(exchange: Exchange) -> Iterator[Finding]:
    """Yield what there is to say about the payloads of an exchange."""
    if exchange.request_packets:
        word = "event" if exchange.kind is Kind.EVENT else "request"
        packet = exchange.request_packets[-1]
        yield from _look(exchange, exchange.data, packet, word)
    told: set[str] = set()  # the values of a stream are alike
    for reply, packet in zip(exchange.replies, exchange.reply_ends, strict=True):
        for finding in _look(exchange, reply.response, packet, "reply"):
            if finding.code not in told:
                told.add(finding.code)
                yield finding


def _look(
    exchange: Exchange,
    payload: JsonText | UndefinedType,
    packet: DataPacket,
    word: str,
) -> Iterator[Finding]:
    if payload is UNDEFINED or not _promising(str(payload, "latin-1")):
        return
    text = bytes(payload)
    reply = word == "reply"
    found = _CREDENTIAL.search(text)
    if found:
        words = {"subject": found[1].decode(), "detail": word}
        yield about(exchange, "credentials", packet, reply=reply, **words)
    kind = _binary(text) if len(text) >= _BLOATED else ""
    if kind:
        yield about(
            exchange,
            "bloated-payload",
            packet,
            reply=reply,
            subject=kind,
            detail=word,
            size=len(text),
        )


def _binary(payload: bytes) -> str:
    """Return how a payload writes binary data: numbers, base64, or not at all."""
    if b'"Buffer"' in payload and _BUFFER.search(payload):
        return "numbers"
    # Looking at whole strings only is much quicker than searching for long runs.
    longest = max(payload.split(b'"'), key=len)
    varied = len(set(longest[:_BLOATED])) >= _VARIED
    if len(longest) >= _BLOATED and varied and _BASE64.fullmatch(longest):
        return "base64"
    return ""
