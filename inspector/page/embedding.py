"""Data as JSON in an element of HTML: how it is written, and what room that takes.

What is between a ``<`` and what follows it could end the element, so some characters
are escaped, and take six bytes there. A page is bounded by bytes as they are in it.
"""

from __future__ import annotations

import msgspec

from protocol import REFUSED, dumps

_SPECIAL = "<>&\u2028\u2029"
_ESCAPED = {ord(each): f"\\u{ord(each):04x}" for each in _SPECIAL}
_ESCAPE = 6  # bytes
_QUOTES = 2  # bytes
_MORE = "…"


def embedded(data: object) -> str:
    """Return data as JSON that may be in an element of HTML."""
    return encoded(data).translate(_ESCAPED)


def encoded(data: object) -> str:
    """Return data as JSON, lone surrogates of a capture included."""
    try:
        return msgspec.json.encode(data).decode()
    except REFUSED:
        return dumps(data).decode()


def embedded_size(data: object) -> int:
    """Return how many bytes data take in a page."""
    raw = encoded(data).encode()
    size = len(raw)
    for each in _SPECIAL:
        plain = each.encode()
        size += raw.count(plain) * (_ESCAPE - len(plain))
    return size


def clipped(text: str, most: int) -> str:
    """Return a text as far as it takes no more bytes than that in a page."""
    if _ESCAPE * len(text) <= most or _room(text) <= most:
        return text
    left = most - _room(_MORE)
    for place, each in enumerate(text):
        left -= _room(each)
        if left < 0:
            return text[:place] + _MORE
    return text


def _room(text: str) -> int:
    return embedded_size(text) - _QUOTES
